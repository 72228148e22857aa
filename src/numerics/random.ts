/** Seeded random numbers: the same seed gives the same numbers on every machine and Node version. */

const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

/** State of xoshiro128**: four 32-bit words, not all zero. */
export type XoshiroState = readonly [number, number, number, number];

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/**
 * The generator xoshiro128** 1.1: whole numbers uniform in [0, 2^32), period 2^128 - 1.
 *
 * Source: D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47 (2021).
 *
 * @throws RangeError when all four words are zero, the one state that repeats itself for ever
 */
export function xoshiro128(state: XoshiroState): () => number {
  let [a, b, c, d] = state;
  if ((a | b | c | d) === 0) throw new RangeError('A state of four zeros gives only zeros.');
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result >>> 0;
  };
}

/**
 * MurmurHash3 (32 bits) of the UTF-16 code units of a text, one block a unit.
 *
 * Source: A. Appleby, MurmurHash3, public domain.
 */
function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) {
    const block = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    hash ^= Math.imul(rotateLeft(block, 15), 0x1b873593);
    hash = (Math.imul(rotateLeft(hash, 13), 5) + 0xe6546b64) | 0;
  }
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/**
 * A uniform source in [0, 1) with 53 random bits a number: xoshiro128** seeded by a hash of the seed.
 *
 * A number and its decimal text are the same seed, so that `--seed 7` needs no care about types.
 */
export function createRandom(seed: number | string): () => number {
  const text = String(seed);
  // The last word is kept odd, so that no seed can reach the forbidden state of four zeros.
  const next = xoshiro128([hashText(text, 1), hashText(text, 2), hashText(text, 3), hashText(text, 4) | 1]);
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / TWO_53;
}

/**
 * One draw from the standard normal distribution N(0, 1).
 *
 * The second value of the pair is thrown away, so that the function keeps no state between calls.
 *
 * Source: G. E. P. Box, M. E. Muller, "A Note on the Generation of Random Normal Deviates" (1958).
 */
export function normal(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/** A whole number uniform in [0, count), for count up to 2^32. */
export function randomIndex(random: () => number, count: number): number {
  if (!(count >= 1 && count <= TWO_32)) throw new RangeError(`Cannot choose among ${count} values.`);
  return Math.floor(random() * count);
}

/** Shuffles in place, every order equally likely (Fisher and Yates, as in Knuth, TAOCP 2, 3.4.2 P). */
export function shuffle(values: Float64Array, random: () => number): Float64Array {
  for (let last = values.length - 1; last > 0; last--) {
    const other = randomIndex(random, last + 1);
    const kept = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = kept;
  }
  return values;
}

/**
 * One seed from several parts (run seed, loss, check, purpose).
 *
 * Different lists give different texts: ['a', 'bc'] is not ['ab', 'c'], and the number 1 is not '1'.
 */
export function deriveSeed(...parts: readonly (string | number)[]): string {
  return parts.map((part) => (typeof part === 'number' ? String(part) : JSON.stringify(part))).join('/');
}
