import type { CheckContext } from '../../contracts/check.ts';
import type { Trace } from '../../contracts/engine.ts';
import type { InputSpec } from '../../contracts/domain.ts';
import { domainBounds } from '../../numerics/domains.ts';
import { judgeInput, type InputVerdict } from '../../numerics/verdict.ts';
import { tensorOf } from '../point.ts';
import { aroundPoint, type Around } from './around.ts';
import { compareCoordinates, type Comparison } from './compare.ts';
import { roundingMagnitude, traceNear } from './conditioning.ts';
import type { Place } from './places.ts';
import type { CoordinateTable } from './table.ts';

/** Gradients at points of the domain, compared with finite differences and judged. */

/** Numbers computed for one value of every coordinate: what keeps a comparison within seconds. */
const MOST_ENTRIES = 2 ** 27;
/** Coordinates times elements, where each coordinate takes calls of the loss of its own. */
const MOST_ENTRIES_ALONE = 2e6;
const MOST_ALONE = 2048;
const FEWEST = 4;

/** Before all points are known: how small a zero must be is seen from the others. */
export type Unjudged = Omit<Compared, 'verdict'>;

export interface Compared {
  readonly place: Place;
  readonly input: string;
  readonly size: number;
  readonly shape: readonly number[];
  readonly coordinates: CoordinateTable;
  /** Why coordinates were evaluated one at a time; null when they were not. */
  readonly alone: string | null;
  readonly verdict: InputVerdict;
}

/** One input at one point: autograd's gradient, and what it takes to compare it. */
export interface Measured extends Comparison {
  readonly place: Place;
  readonly gradient: ArrayLike<number>;
  readonly trace: Trace;
}

/** @param beside the trace of another point that was measured: its weights stand for those a step away */
export function measuredAt(context: CheckContext, place: Place, beside: Trace | null = null): readonly Measured[] {
  const { point } = place;
  const trace = context.reference.trace(point, context.differentiable);
  const { evaluation, gradients } = trace;
  if (evaluation.kind !== 'tensor' || gradients === null) return [];
  // At an edge the value itself may be infinite: that is for edge-stability to say.
  if (!place.isRandom && !evaluation.tensor.data.every(Number.isFinite)) return [];
  const near = beside ?? traceNear(context, point);
  const magnitude = once(() => roundingMagnitude(trace, near));
  return context.differentiable.flatMap((input) => {
    const gradient = gradients[input] ?? null;
    if (gradient === null) return [];
    const around = aroundPoint(context, point, trace, near, input, beside !== null);
    const { length } = tensorOf(point, input).data;
    const positions = choose(length, Math.min(place.coordinates, limitOf(around)), context.random(`coordinates ${place.label} ${input}`));
    const { lower, upper } = domainBounds(specOf(context, input)?.domain ?? 'real');
    return [{ place, point, input, gradient: gradient.data, around, positions, lower, upper, magnitude, rtol: context.rtol, trace }];
  });
}

export function compareAt(context: CheckContext, place: Place): readonly Unjudged[] {
  return measuredAt(context, place).map(compareMeasured);
}

export function compareMeasured(measured: Measured): Unjudged {
  const { place, input, gradient, around } = measured;
  return { place, input, size: gradient.length, shape: tensorOf(measured.point, input).shape, alone: around.alone, coordinates: compareCoordinates(measured, gradient) };
}

/** What lanes could do decides as well where they are only turned off, so that the same coordinates are compared. */
function limitOf({ changes, entriesEach }: Around): number {
  if (changes !== null) return Math.max(FEWEST, Math.floor(MOST_ENTRIES / entriesEach));
  return Math.min(MOST_ALONE, Math.max(FEWEST, Math.floor(MOST_ENTRIES_ALONE / entriesEach)));
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | null = null;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

export function specOf(context: CheckContext, input: string): InputSpec | undefined {
  return context.inputs.find(({ name }) => name === input);
}

/** All positions, or a random choice without repetition where there are too many. */
function choose(size: number, limit: number, random: () => number): Int32Array {
  const all = new Int32Array(size);
  for (let index = 0; index < size; index++) all[index] = index;
  if (size <= limit) return all;
  for (let index = 0; index < limit; index++) {
    const other = index + Math.floor(random() * (size - index));
    const swapped = all[index] ?? 0;
    all[index] = all[other] ?? 0;
    all[other] = swapped;
  }
  return all.slice(0, limit);
}

/** A zero is confirmed when its bound is below this share of the gradient that the input has elsewhere. */
const ZERO_SHARE = 1e-3;

/**
 * The verdict of each input at each point, with zeros weighed first.
 *
 * Zero on both sides of a flat spot says only that the derivative is below the bound. Beside a gradient of
 * 1e-5 a bound of 0.03 says nothing: such a zero is not resolved.
 */
export function judge(compared: readonly Unjudged[]): readonly Compared[] {
  const scales = new Map<string, number>();
  for (const { input, coordinates } of compared) scales.set(input, Math.max(scales.get(input) ?? 0, coordinates.largestSlope()));
  return compared.map((one) => {
    one.coordinates.doubtFlatZeros(ZERO_SHARE * (scales.get(one.input) ?? 0));
    return { ...one, verdict: judgeInput(one.coordinates.forJudging()) };
  });
}
