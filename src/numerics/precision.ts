/** Digits of float32 arithmetic. */

const SMALLEST_NORMAL_EXPONENT_32 = -126;
const FRACTION_BITS_32 = 23;
/** Bits of a float32 number, the leading one included. */
const BITS_32 = 24;
/** Half a unit in the last place of a float32 near 1: what one correctly rounded operation may lose. */
const HALF_ULP_32 = 2 ** -BITS_32;

/** floor(log2(magnitude)) without the rounding of `Math.log2` near powers of two. */
function exponentOf(magnitude: number): number {
  const guess = Math.floor(Math.log2(magnitude));
  if (2 ** guess > magnitude) return guess - 1;
  return 2 ** (guess + 1) <= magnitude ? guess + 1 : guess;
}

/**
 * Unit in the last place: the distance between neighbouring float32 numbers at x.
 *
 * 2^(max(floor(log2|x|), -126) - 23); the sign of x does not matter.
 * Special cases: 0, -0 and subnormal numbers give 2^-149, ±Infinity gives Infinity, NaN gives NaN.
 * A finite x beyond the largest float32 gives the spacing that float32 would have there.
 */
export function ulp32(x: number): number {
  const magnitude = Math.abs(x);
  if (!Number.isFinite(magnitude)) return magnitude;
  const exponent = magnitude === 0 ? SMALLEST_NORMAL_EXPONENT_32 : exponentOf(magnitude);
  return 2 ** (Math.max(exponent, SMALLEST_NORMAL_EXPONENT_32) - FRACTION_BITS_32);
}

/**
 * Bits that float32 lost: log2(error / (size 2^-24)), and 0 where that is negative.
 *
 * 0 is a correctly rounded result, 24 a result without one right bit.
 * Special cases: no error gives 0 whatever the size; an error beside a size of 0 gives Infinity.
 */
export function bitsLost(error: number, size: number): number {
  return error === 0 ? 0 : Math.max(0, Math.log2(error / size / HALF_ULP_32));
}

/** Decimal digits of float32 that are left when so many bits are lost: 7.2 of them at 0 bits, none from 24 on. */
export function digitsLeft(bits: number): number {
  return Math.max(0, BITS_32 - bits) * Math.log10(2);
}

/** Euclidean length. */
export function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += (values[index] ?? 0) ** 2;
  return Math.sqrt(sum);
}

/** Euclidean length of the difference of two lists of one length. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += ((a[index] ?? 0) - (b[index] ?? 0)) ** 2;
  return Math.sqrt(sum);
}

/** Whether float32 has fewer than 2^bits numbers between two ends; never for an interval without width. */
export function isCoarse(low: number, high: number, bits: number): boolean {
  const spacing = ulp32(Math.max(Math.abs(low), Math.abs(high)));
  return high > low && (high - low) / spacing < 2 ** bits;
}
