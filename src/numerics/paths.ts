/** Ways through a domain: from one of its points towards another, and back into it. */

import type { Domain } from '../contracts/domain.ts';
import { domainBounds } from './domains.ts';

/** Beyond the end of a way, probabilities stay this far from 0 and 1, where logarithms have no value. */
const EDGE_MARGIN = 1e-3;

/**
 * The point at `share` of the way between two points of a domain; below 0 and above 1 it lies beyond them.
 *
 * Straight, but for positive numbers and the sides of boxes, which go by their logarithms, and for unit vectors, whose
 * rows are brought back to length 1. Rows of a distribution keep their sum of 1.
 */
export function between(
  domain: Domain,
  shape: readonly number[],
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  share: number,
): Float64Array {
  if (domain === 'boxes') return asBoxes(between('real', shape, asCornerAndSides(from), asCornerAndSides(to), share));
  const isScale = domain === 'positive' || domain === 'nonnegative';
  const way = Float64Array.from(from, (start, index) => {
    const end = to[index] ?? start;
    if (isScale && start > 0 && end > 0) return start * (end / start) ** share;
    return start + share * (end - start);
  });
  if (domain === 'unit-vector') return perRow(way, shape, normalised);
  if (share >= 0 && share <= 1) return way;
  if (domain === 'distribution') return perRow(way.map(offTheEdge), shape, summingToOne);
  return domain === 'probability' ? way.map(offTheEdge) : inside(domain, way);
}

/** (x1, y1, x2, y2) as (x1, y1, log width, log height), so that no box on the way is turned inside out. */
function asCornerAndSides(boxes: ArrayLike<number>): Float64Array {
  return Float64Array.from(boxes, (value, index) => (index % 4 < 2 ? value : Math.log(value - (boxes[index - 2] ?? NaN))));
}

function asBoxes(corners: Float64Array): Float64Array {
  return corners.map((value, index) => (index % 4 < 2 ? value : Math.exp(value) + (corners[index - 2] ?? NaN)));
}

/** The values with each coordinate moved to the nearest one that the domain allows. */
export function inside(domain: Domain, values: Float64Array): Float64Array {
  const { lower, upper } = domainBounds(domain);
  return values.map((value) => Math.min(upper, Math.max(lower, value)));
}

/** The same with rows that must have length 1 or sum to 1 brought back to it. */
export function backInto(domain: Domain, shape: readonly number[], values: Float64Array): Float64Array {
  if (domain === 'unit-vector') return perRow(values, shape, normalised);
  const clamped = inside(domain, values);
  return domain === 'distribution' ? perRow(clamped, shape, summingToOne) : clamped;
}

function offTheEdge(value: number): number {
  return Math.min(1 - EDGE_MARGIN, Math.max(EDGE_MARGIN, value));
}

function perRow(values: Float64Array, shape: readonly number[], change: (row: Float64Array) => Float64Array): Float64Array {
  const width = Math.max(1, shape.at(-1) ?? 1);
  const changed = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += width) changed.set(change(values.subarray(start, start + width)), start);
  return changed;
}

/** A row without a direction stays as it is. */
function normalised(row: Float64Array): Float64Array {
  const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? row.map((value) => value / length) : row.slice();
}

function summingToOne(row: Float64Array): Float64Array {
  const sum = row.reduce((total, value) => total + value, 0);
  return sum > 0 ? row.map((value) => value / sum) : row.map(() => 1 / row.length);
}
