/** Digits of float32 arithmetic. */

const SMALLEST_NORMAL_EXPONENT_32 = -126;
const FRACTION_BITS_32 = 23;
/** Half a unit in the last place of a float32 near 1: what one correctly rounded operation may lose. */
const HALF_ULP_32 = 2 ** -24;

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
 * Bits that float32 lost: log2(|v32 - v64| / (|v64| 2^-24)), and 0 where that is negative.
 *
 * 0 is a correctly rounded result, 24 a result without one right bit.
 * Special cases: equal values, the same infinity twice and NaN twice give 0 (0 and -0 are equal);
 * Infinity when exactly one is finite, when two non-finite values differ, and when v64 is 0 but v32 is not.
 */
export function bitsLost(value32: number, value64: number): number {
  if (value32 === value64 || Object.is(value32, value64)) return 0;
  if (!Number.isFinite(value32) || !Number.isFinite(value64)) return Infinity;
  const relative = Math.abs(value32 - value64) / Math.abs(value64);
  return Math.max(0, Math.log2(relative / HALF_ULP_32));
}
