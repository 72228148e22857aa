/** Points along a line, for pictures of a function of one variable. */

import type { Bounds } from './domains.ts';

/** How far a picture reaches from its middle, relative to max(1, |x|): past the kinks of losses of residuals of size 1. */
const REACH = 2;

/**
 * `count` points around x in ascending order, evenly spaced but for x itself, which takes the place of the nearest.
 *
 * They lie within `REACH`·max(1, |x|) and within the bounds, half a spacing from either end: on the edge of its
 * domain a logarithm has no value.
 */
export function lineThrough(x: number, { lower, upper }: Bounds, count: number): Float64Array {
  const reach = REACH * Math.max(1, Math.abs(x));
  const low = Math.max(lower, x - reach);
  const spacing = (Math.min(upper, x + reach) - low) / count;
  const points = Float64Array.from({ length: count }, (_, index) => low + (index + 0.5) * spacing);
  const nearest = Math.min(count - 1, Math.max(0, Math.floor((x - low) / spacing)));
  points[nearest] = x;
  return points;
}
