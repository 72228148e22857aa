import type { CheckContext } from '../../contracts/check.ts';
import type { GradientEvaluation } from '../../contracts/engine.ts';
import type { TensorData } from '../../contracts/tensor.ts';
import { bitsLost, distance, norm } from '../../numerics/precision.ts';
import { nonFinite } from '../point.ts';
import type { Place } from './points.ts';

/** The value of the loss (null), or its gradient with respect to an input. */
export type Quantity = string | null;

/** What the two engines make of the same point. */
export interface Pair {
  readonly single: TensorData;
  readonly exact: TensorData;
}

export interface Reading {
  readonly place: Place;
  /** Those that are finite floats on both engines; what is not is for other checks. */
  readonly pairs: ReadonlyMap<Quantity, Pair>;
}

export function readingAt({ production, reference, differentiable }: CheckContext, place: Place): Reading {
  const single = production.gradient(place.point, differentiable);
  const exact = reference.gradient(place.point, differentiable);
  const pairs = [
    ...paired(null, valueOf(single), valueOf(exact)),
    ...differentiable.flatMap((name) => paired(name, single.gradients?.[name], exact.gradients?.[name])),
  ];
  // A gradient beside a value that is not finite is not looked at.
  return { place, pairs: new Map(pairs[0]?.[0] === null ? pairs : []) };
}

function valueOf({ evaluation }: GradientEvaluation): TensorData | null {
  return evaluation.kind === 'tensor' ? evaluation.tensor : null;
}

function paired(quantity: Quantity, single: TensorData | null | undefined, exact: TensorData | null | undefined): readonly (readonly [Quantity, Pair])[] {
  if (single == null || exact == null || exact.dtype !== 'float32' || single.data.length !== exact.data.length) return [];
  return nonFinite(single.data) === null && nonFinite(exact.data) === null ? [[quantity, { single, exact }]] : [];
}

/** The bits of one reading that are wrong, beside what the quantity amounts to there, or beside `scale` if that is more. */
export function bitsOf(pair: Pair, scale: number): number {
  return bitsLost(errorOf(pair), Math.max(scale, sizeOf(pair)));
}

export function errorOf({ single, exact }: Pair): number {
  return distance(single.data, exact.data);
}

export function sizeOf({ exact }: Pair): number {
  return norm(exact.data);
}

/**
 * A loss of either sign comes close to zero by chance, and so does a gradient: no more digits are asked for
 * than there are where it is this much larger.
 */
const SMALLEST_SHARE = 1 / 4;

/** The least that an error of the quantity is measured by. */
export function scaleOf(readings: readonly Reading[], quantity: Quantity): number {
  if (quantity === null) return SMALLEST_SHARE * largest(readings, (reading) => sizeIn(reading, null));
  // An input that hardly moves the loss (a factor before a normalisation) is not asked for more than the others.
  const inputs = new Set(readings.flatMap(({ pairs }) => [...pairs.keys()]).filter((name) => name !== null));
  const strongest = Math.max(0, ...[...inputs].map((name) => largest(readings, (reading) => sizeIn(reading, name)) * extent(readings, name)));
  return (SMALLEST_SHARE * strongest) / extent(readings, quantity);
}

function largest(readings: readonly Reading[], measure: (reading: Reading) => number): number {
  return Math.max(0, ...readings.map(measure));
}

function sizeIn({ pairs }: Reading, quantity: Quantity): number {
  const pair = pairs.get(quantity);
  return pair === undefined ? 0 : sizeOf(pair);
}

/** How large an input is, so that gradients of different inputs can be compared; a parameter of zeros counts as ones. */
function extent(readings: readonly Reading[], name: string): number {
  const most = largest(readings, ({ place }) => norm(place.point[name]?.data ?? []));
  return most > 0 ? most : Math.sqrt(readings[0]?.place.point[name]?.data.length ?? 1);
}

/** The number in the middle; of two the lower, so that more than half are no less. */
export function lowerMedian(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? 0;
}

/** The entry with the largest error. */
export function worstEntry({ single, exact }: Pair): number {
  const errors = Array.from(exact.data, (value, index) => Math.abs((single.data[index] ?? 0) - value));
  return errors.reduce((worst, error, index) => (error > (errors[worst] ?? 0) ? index : worst), 0);
}
