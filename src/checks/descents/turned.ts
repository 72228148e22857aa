import type { CheckContext } from '../../contracts/check.ts';
import type { InputSpec } from '../../contracts/domain.ts';
import type { Point } from '../../contracts/tensor.ts';
import { between } from '../../numerics/paths.ts';
import { oppositeValues, perfectValues, withPrediction, type Encoding } from './perfect.ts';
import { largestMagnitude, tensorOf } from '../point.ts';

/**
 * Is a loss that is large at a perfect prediction turned upside down?
 *
 * Right losses can be large there too: a penalty on what the target forbids, a distance to what is the same, a rate
 * beside a time. They rise towards that point ever more steeply, or go on rising behind it.
 */

/** A random point, and the loss there. */
export interface Place {
  readonly point: Point;
  readonly random: number;
  /** Random points with which it may be compared. */
  readonly other: (attempt: number) => Point;
}

/** A candidate at one point: the loss there, and with the same candidate for another target. */
export interface Comparison extends Place {
  readonly matched: number;
  readonly crossed: number;
  /** The prediction that would be perfect for that other target. */
  readonly elsewhere: Float64Array;
}

/** Differences below this share of the values are rounding, or the traces of a clip. */
const NOISE = 1e-9;
/** Shares of the way to another prediction, and beyond the match. A tenth is near, and far enough for a dead zone. */
const AROUND = [-3, -1, -0.1, 0.1, 1];
/** What a contrastive likelihood may gain beyond the match, where other examples are further off; share of the rise. */
const NEARLY = 0.05;
/** Points on that way at equal distances; the match is in the middle. */
const EQUIDISTANT = [-2, -1, 0, 1, 2];
/** A share of the points at which the opposite prediction is as bad: chance, where other terms add their part. */
const INDIFFERENT = 0.25;
/** Random predictions, drawn together towards the undecided one, so that no element is beyond its optimum yet. */
const TOWARDS_NEUTRAL = 0.3;

/**
 * How far below the straight line between two values the middle may lie, in units of the rise. Between two classes
 * the logarithms that penalise a forbidden one sag by 0.33 and more, a probability returned as it is not at all.
 */
const SAG_OF_CLASSES = 0.25;
/** An overlap of masks sags by 0.06 where two fifths are foreground, a hinge on distances with margin 1 by 0.12. */
const SAG_OF_LOGITS = 0.1;
/** Scores of any meaning get no benefit of the doubt: bent upwards, beyond rounding. */
const SAG_OF_SCORES = -NOISE;

export function isTurned(context: CheckContext, encoding: Encoding, comparisons: readonly Comparison[]): boolean {
  const { prediction, evidence, unit, only } = encoding;
  const isEachAligned = (): boolean => comparisons.every(({ point }) => isAligned(context, encoding, point));
  if (comparisons.filter((comparison) => isSameForOpposite(context, encoding, comparison)).length > INDIFFERENT * comparisons.length) return false;
  switch (evidence) {
    case 'value':
      return comparisons.every((comparison) => isHighestOrArched(context, encoding, comparison));
    case 'score': {
      const sag = sagOf(comparisons.map((comparison) => betweenOpposites(context, encoding, comparison)));
      if (sag < (prediction.domain === 'logit' ? SAG_OF_LOGITS : SAG_OF_SCORES)) return true;
      return comparisons.every(({ point }) => treatsLabelsAlike(context, encoding, point)) && isEachAligned();
    }
    case 'label':
      if (only !== null && !comparisons.every(({ point }) => followsLabel(context, encoding, 1 - only, point))) return false;
      // Of several classes all others are right where one is forbidden. Of two, only the domain says which is meant.
      if (unit === 'row' && sagOf(comparisons.map((comparison) => betweenClasses(context, encoding, comparison))) >= SAG_OF_CLASSES) return false;
      return isEachAligned();
  }
}

/** Clearly larger; false when either is not a number. */
export function isAbove(a: number, b: number): boolean {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a > b;
  return a - b > NOISE * Math.max(Math.abs(a), Math.abs(b));
}

/** A penalty on what tells of the target at all (fairness, decorrelation) does not care in which direction it tells. */
function isSameForOpposite({ reference }: CheckContext, encoding: Encoding, { point, matched }: Comparison): boolean {
  const opposite = oppositeValues(point, encoding);
  return opposite !== null && !isAbove(matched, reference.scalar(withPrediction(point, encoding.prediction, opposite)));
}

function isHighestOrArched({ reference }: CheckContext, encoding: Encoding, { point, elsewhere, matched, crossed }: Comparison): boolean {
  const { prediction } = encoding;
  const values = perfectValues(point, encoding);
  const beside = (share: number): number =>
    reference.scalar(withPrediction(point, prediction, between(prediction.domain, prediction.shape, values, elsewhere, share)));
  return isHighest(matched, crossed, AROUND.map(beside)) || isArched(EQUIDISTANT.map(beside));
}

/** A similarity is highest at the match, or very nearly so. */
function isHighest(matched: number, crossed: number, around: readonly number[]): boolean {
  const highest = crossed === -Infinity ? matched : matched + NEARLY * (matched - crossed);
  return around.every((value) => !Number.isNaN(value) && !isAbove(value, highest)) && around.some((value) => isAbove(matched, value));
}

/**
 * A likelihood may be higher still for larger scores in the same order, but it bends down everywhere, as each convex
 * loss does with its sign turned.
 */
function isArched(values: readonly number[]): boolean {
  const bends = values.slice(2).map((right, index) => ({ middle: values[index + 1] ?? NaN, straight: ((values[index] ?? NaN) + right) / 2 }));
  if (bends.some(({ middle, straight }) => Number.isNaN(straight) || isAbove(straight, middle))) return false;
  return bends.some(({ middle, straight }) => isAbove(middle, straight));
}

interface Stretch {
  readonly high: number;
  readonly middle: number;
  readonly low: number;
}

/** From the scores that are right to their opposite. */
function betweenOpposites({ reference }: CheckContext, encoding: Encoding, { point, matched }: Comparison): Stretch {
  const values = perfectValues(point, encoding);
  const at = (multiple: number): number => reference.scalar(withPrediction(point, encoding.prediction, values.map((value) => multiple * value)));
  return { high: matched, middle: at(0), low: at(-1) };
}

/** From the classes that are right to others. */
function betweenClasses({ reference }: CheckContext, encoding: Encoding, { point, elsewhere, matched, crossed }: Comparison): Stretch {
  const { domain, shape } = encoding.prediction;
  const halfway = between(domain, shape, perfectValues(point, encoding), elsewhere, 0.5);
  return { high: matched, middle: reference.scalar(withPrediction(point, encoding.prediction, halfway)), low: crossed };
}

/** How far the middle lies below the line between both ends, on average, in units of the rise; NaN without a rise. */
function sagOf(stretches: readonly Stretch[]): number {
  const sags = stretches.map(({ high, middle, low }) => {
    if (!(high > low)) return NaN;
    return low === -Infinity ? 0 : ((high + low) / 2 - middle) / (high - low);
  });
  return sags.reduce((sum, sag) => sum + sag, 0) / sags.length;
}

/** A classifier's loss is the same for opposite scores of opposite labels; a distance knows which label means near. */
function treatsLabelsAlike({ reference }: CheckContext, { prediction, target }: Encoding, point: Point): boolean {
  if (target.domain !== 'binary' && target.domain !== 'sign') return false;
  const turned = (input: InputSpec, turn: (value: number) => number): Float64Array => Float64Array.from(tensorOf(point, input.name).data, turn);
  const labels = turned(target, (value) => (target.domain === 'sign' ? -value : 1 - value));
  const scores = turned(prediction, (value) => -value);
  const [one, other] = [reference.scalar(point), reference.scalar(withPrediction(withPrediction(point, target, labels), prediction, scores))];
  return Number.isFinite(one) && !isAbove(one, other) && !isAbove(other, one);
}

/** Multiples of the scores at which a linear loss has one slope; losses with a kink rarely have it at all of these. */
const MULTIPLES = { unbounded: [0.1, 4, -4, 40, -40], range: [0.1, 0.5, -0.1, -0.5], scale: [0.1, 4] } as const;

/**
 * A critic scores without a bound: the loss is linear in its scores, and has no minimum by design. A loss that is
 * linear in a probability, or along a sphere, is like any other.
 */
export function isLinear({ reference }: CheckContext, prediction: InputSpec, point: Point): boolean {
  const { name, domain } = prediction;
  const isRange = typeof domain === 'object';
  const middle = middleOf(prediction);
  if (isRange ? domain.min >= 0 && domain.max <= 1 : !['real', 'logit', 'positive', 'nonnegative'].includes(String(domain))) return false;
  const slopeAt = (multiple: number): ArrayLike<number> | undefined => {
    const data = Float64Array.from(tensorOf(point, name).data, (value) => middle + multiple * (value - middle));
    return reference.gradient(withPrediction(point, prediction, data), [name]).gradients?.[name]?.data;
  };
  const here = slopeAt(1);
  if (here === undefined) return false;
  const largest = largestMagnitude(here);
  if (!(largest > 0)) return false;
  return MULTIPLES[isRange ? 'range' : domain === 'real' || domain === 'logit' ? 'unbounded' : 'scale'].every((multiple) => {
    const there = slopeAt(multiple);
    return there !== undefined && Array.from(here).every((value, index) => Math.abs(value - (there[index] ?? NaN)) <= NOISE * largest);
  });
}

/** Every element, or row of classes, that moves towards its label raises the loss. */
function isAligned(context: CheckContext, encoding: Encoding, point: Point): boolean {
  const rises = risesTowardsLabels(context, encoding, point);
  const largest = largestMagnitude(rises);
  return largest > 0 && rises.every((rise) => rise >= -NOISE * largest);
}

/** Every element with the other label lowers the loss when it moves towards it: half of the loss is right. */
function followsLabel(context: CheckContext, encoding: Encoding, label: number, point: Point): boolean {
  const labels = tensorOf(point, encoding.target.name).data;
  const rises = risesTowardsLabels(context, { ...encoding, only: label }, point);
  return rises.every((rise, index) => labels[index] !== label || rise < 0);
}

/** To first order: how the loss changes as each element or row moves from an undecided prediction to the right one. */
function risesTowardsLabels({ reference }: CheckContext, encoding: Encoding, point: Point): Float64Array {
  const { prediction, unit } = encoding;
  const data = undecided(encoding, tensorOf(point, prediction.name).data);
  const start = withPrediction(point, prediction, data);
  const values = perfectValues(start, encoding);
  const slope = reference.gradient(start, [prediction.name]).gradients?.[prediction.name]?.data;
  const width = unit === 'row' ? (prediction.shape.at(-1) ?? 1) : 1;
  const rises = new Float64Array(values.length / width);
  values.forEach((value, index) => {
    const position = Math.floor(index / width);
    rises[position] = (rises[position] ?? 0) + (slope?.[index] ?? 0) * (value - (data[index] ?? 0));
  });
  return rises;
}

/** The random prediction, most of the way back to one that favours no label. */
function undecided({ prediction, evidence }: Encoding, values: ArrayLike<number>): Float64Array {
  const middle = evidence === 'score' ? 0 : middleOf(prediction);
  return Float64Array.from(values, (value) => middle + TOWARDS_NEUTRAL * (value - middle));
}

function middleOf({ domain, shape }: InputSpec): number {
  if (typeof domain === 'object') return (domain.min + domain.max) / 2;
  if (domain === 'distribution') return 1 / (shape.at(-1) ?? 1);
  return domain === 'probability' ? 0.5 : 0;
}
