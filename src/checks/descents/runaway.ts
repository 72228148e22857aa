import type { CheckContext } from '../../contracts/check.ts';
import type { InputSpec } from '../../contracts/domain.ts';
import type { Point } from '../../contracts/tensor.ts';
import { randomIndex } from '../../numerics/random.ts';
import { freshPoint } from '../fresh-point.ts';
import { withPrediction } from './perfect.ts';
import { isLarge, largestMagnitude, tensorOf } from '../point.ts';
import { isAbove, isLinear } from './turned.ts';

/**
 * Does the loss fall for ever?
 *
 * A distance or a likelihood with the wrong sign does, and when any single element of the prediction moves alone. Right
 * losses may too: those of critics, which are linear, and rewards times likelihoods, which fall for ever only where the
 * reward has one of its signs. Hence each element is asked by itself.
 */

export interface Fall {
  readonly input: string;
  readonly start: number;
  readonly end: number;
  readonly distance: number;
  readonly from: Point;
  readonly point: Point;
}

/** How far out, in steps of the size of a sample. Two decades twice. */
const NEAR = 10;
const FAR = 1e3;
const FARTHER = 1e5;
/** At constant slope the second stretch falls 100 times as far as the first; a logarithm as far again, a root 10 times. */
const GROWTH = 50;
/** Elements that are asked by themselves. */
const ELEMENTS = 8;
/** Random points beside the samples at which the fall must be seen. */
const CONFIRMING_POINTS = 8;

/** The falls from all points that were tried; null unless the loss falls from each of them. */
export function findFalls(context: CheckContext): readonly Fall[] | null {
  const { inputs, samples } = context;
  if (isLarge(inputs) || !inputs.some(({ role }) => role === 'target')) return null;
  // A weight of either sign turns a right loss upside down.
  if (inputs.some(({ role, domain }) => role === 'weight' && !isNeverNegative(domain))) return null;
  for (const prediction of inputs) {
    if (prediction.role !== 'prediction' || (prediction.domain !== 'real' && prediction.domain !== 'logit')) continue;
    const found = fallsFrom(context, prediction, samples.map(({ point }) => point));
    const [first] = found ?? [];
    if (found === null || first === undefined || isLinear(context, prediction, first.from) || !everyElementFalls(context, prediction)) continue;
    const more = Array.from({ length: CONFIRMING_POINTS }, (_, index) => freshPoint(context, `runaway ${index}`, 'initial'));
    const confirmed = fallsFrom(context, prediction, more);
    if (confirmed !== null) return [...found, ...confirmed];
  }
  return null;
}

function isNeverNegative(domain: InputSpec['domain']): boolean {
  if (typeof domain === 'object') return domain.min >= 0;
  return ['positive', 'nonnegative', 'probability', 'binary', 'distribution', 'one-hot'].includes(String(domain));
}

function fallsFrom(context: CheckContext, prediction: InputSpec, points: readonly Point[]): readonly Fall[] | null {
  const falls = points.map((point) => fallFrom(context, prediction, point));
  return falls.includes(null) ? null : falls.filter((fall) => fall !== null);
}

/** Against the gradient at a point, straight on. */
function fallFrom({ reference }: CheckContext, prediction: InputSpec, point: Point): Fall | null {
  const { name } = prediction;
  const { evaluation, gradients } = reference.gradient(point, [name]);
  const slope = gradients?.[name]?.data;
  if (slope === undefined || evaluation.kind !== 'tensor') return null;
  const steepest = largestMagnitude(slope);
  if (!(steepest > 0)) return null;
  const { data } = tensorOf(point, name);
  const at = (distance: number): Point =>
    withPrediction(point, prediction, Float64Array.from(data, (value, index) => value - (distance * (slope[index] ?? 0)) / steepest));
  if (!isFalling((distance) => reference.scalar(at(distance)))) return null;
  const end = at(FAR);
  return { input: name, start: reference.scalar(point), end: reference.scalar(end), distance: FAR, from: point, point: end };
}

/** Falls at a constant or a growing rate. */
function isFalling(f: (distance: number) => number): boolean {
  const [near, far] = [f(NEAR), f(FAR)];
  if (!isAbove(near, far)) return false;
  if (far === -Infinity) return true;
  const farther = f(FARTHER);
  return far - farther >= GROWTH * (near - far);
}

/** One element, moved in one of the two directions, lets the loss fall for ever. Those that it ignores are left out. */
function everyElementFalls({ reference, samples, random }: CheckContext, prediction: InputSpec): boolean {
  const source = random('runaway elements');
  return samples.every(({ point }) => {
    const { data } = tensorOf(point, prediction.name);
    const base = reference.scalar(point);
    const chosen = data.length <= ELEMENTS ? Array.from(data.keys()) : Array.from({ length: ELEMENTS }, () => randomIndex(source, data.length));
    const fates = chosen.map((position) => {
      const at = (distance: number): number => {
        const moved = Float64Array.from(data);
        moved[position] = (moved[position] ?? 0) + distance;
        return reference.scalar(withPrediction(point, prediction, moved));
      };
      if (at(FAR) === base && at(-FAR) === base) return 'ignored';
      return isFalling(at) || isFalling((distance) => at(-distance)) ? 'falls' : 'stays';
    });
    return fates.includes('falls') && !fates.includes('stays');
  });
}
