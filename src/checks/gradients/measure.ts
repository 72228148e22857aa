import type { CheckContext } from '../../contracts/check.ts';
import type { InputSpec } from '../../contracts/domain.ts';
import type { TensorData } from '../../contracts/tensor.ts';
import { domainBounds } from '../../numerics/domains.ts';
import { judgeInput, type InputVerdict, type JudgedCoordinate } from '../../numerics/verdict.ts';
import { tensorOf } from '../point.ts';
import { carrierOf } from './carried.ts';
import { compareCoordinate, lossAlong, type AlongCoordinate, type Bounds, type ComparedCoordinate } from './compare.ts';
import { roundingMagnitude } from './conditioning.ts';
import type { Place } from './places.ts';

/** Gradients at points of the domain, compared with finite differences and judged. */

/** Coordinates times elements: what keeps an input of half a million elements within seconds. */
const MAX_WORK = 2e6;
const MIN_COORDINATES = 4;

/** Before all points are known: how small a zero must be is seen from the others. */
export type Unjudged = Omit<Compared, 'verdict'>;

export interface Compared {
  readonly place: Place;
  readonly input: string;
  readonly size: number;
  readonly coordinates: readonly ComparedCoordinate[];
  readonly verdict: InputVerdict;
}

/** One input at one point: autograd's gradient, and what it takes to compare it. */
export interface Measured {
  readonly place: Place;
  readonly input: string;
  readonly gradient: ArrayLike<number>;
  /** The coordinates that are compared. */
  readonly positions: readonly number[];
  readonly bounds: Bounds;
  readonly along: (position: number) => AlongCoordinate;
}

export function measuredAt(context: CheckContext, place: Place): readonly Measured[] {
  const trace = context.reference.trace(place.point, context.differentiable);
  const { evaluation, gradients } = trace;
  if (evaluation.kind !== 'tensor' || gradients === null) return [];
  // At an edge the value itself may be infinite: that is for edge-stability to say.
  if (!place.isRandom && !evaluation.tensor.data.every(Number.isFinite)) return [];
  const magnitude = roundingMagnitude(context, place.point, trace);
  return context.differentiable.flatMap((input) => {
    const gradient: TensorData | null = gradients[input] ?? null;
    if (gradient === null) return [];
    const { data } = tensorOf(place.point, input);
    const limit = Math.min(place.coordinates, Math.max(MIN_COORDINATES, Math.floor(MAX_WORK / data.length)));
    const positions = choose(data.length, limit, context.random(`coordinates ${place.label} ${input}`));
    // Where a point does not decide, what rounding hides there is not missed.
    const carrier = place.decides ? carrierOf(context, place.point, trace, input) : null;
    const along = lossAlong(context.reference, place.point, input, carrier);
    return [{ place, input, gradient: gradient.data, positions, bounds: boundsOf(context, input, magnitude), along }];
  });
}

export function compareAt(context: CheckContext, place: Place): readonly Unjudged[] {
  return measuredAt(context, place).map(({ input, gradient, positions, bounds, along }) => ({
    place,
    input,
    size: gradient.length,
    coordinates: positions.map((position) => compareCoordinate(along(position), gradient[position] ?? NaN, position, bounds, context.rtol)),
  }));
}

function boundsOf(context: CheckContext, input: string, magnitude: number): Bounds {
  const { lower, upper } = domainBounds(specOf(context, input)?.domain ?? 'real');
  return { lower, upper, magnitude };
}

export function specOf(context: CheckContext, input: string): InputSpec | undefined {
  return context.inputs.find(({ name }) => name === input);
}

/** All positions, or a random choice without repetition where there are too many. */
function choose(size: number, limit: number, random: () => number): readonly number[] {
  const all = Array.from({ length: size }, (_, index) => index);
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
  for (const { input, coordinates } of compared) {
    const seen = coordinates.filter(({ flat, kind }) => kind === 'plain' && !flat).map(({ numeric }) => Math.abs(numeric));
    scales.set(input, Math.max(scales.get(input) ?? 0, ...seen.filter(Number.isFinite)));
  }
  return compared.map((one) => {
    const limit = ZERO_SHARE * (scales.get(one.input) ?? 0);
    const coordinates = one.coordinates.map((coordinate) =>
      isFlatZero(coordinate) && !(coordinate.errorBound <= limit) ? { ...coordinate, kind: 'doubtful' as const, verdict: 'inconclusive' as const } : coordinate,
    );
    return { ...one, coordinates, verdict: judgeInput(coordinates.map(toJudged)) };
  });
}

function isFlatZero({ kind, verdict, flat, analytic, numeric, errorBound }: ComparedCoordinate): boolean {
  return kind === 'plain' && verdict === 'pass' && flat && Math.max(Math.abs(analytic), Math.abs(numeric)) <= errorBound;
}

/** Kinks, jumps and stationary points carry their own verdict; what is plain is judged by its numbers. */
function toJudged({ kind, verdict, ...numbers }: ComparedCoordinate): JudgedCoordinate {
  return kind === 'plain' ? numbers : { ...numbers, verdict };
}
