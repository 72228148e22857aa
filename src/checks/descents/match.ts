import type { CheckContext } from '../../contracts/check.ts';
import type { InputSpec } from '../../contracts/domain.ts';
import type { Point } from '../../contracts/tensor.ts';
import { freshPoint } from '../fresh-point.ts';
import { candidatesFor, otherValues, perfectPoint, perfectValues, perLabel, withPrediction, type Encoding } from './perfect.ts';
import { isLarge } from '../point.ts';
import { isAbove, isLinear, isTurned, type Comparison, type Place } from './turned.ts';

/**
 * Is a perfect prediction better than others?
 *
 * A right loss may be large at a prediction that looks perfect, because its target means something else (the time to
 * an event beside the risk of it, a source term beside a field). So a bad value alone proves nothing: see `worseAt`
 * for what must come together before a loss is said to lead away from its target.
 */
export type MatchVerdict = Better | Worse | { readonly kind: 'undecided'; readonly reason: string };

interface Better {
  readonly kind: 'better';
  /** The loss at the perfect prediction. */
  readonly matched: number;
  /** Of the loss at the perfect prediction to that at a random one. */
  readonly ratio: number;
  /** The domains declare what the prediction says about its label, and the loss rewards that. */
  readonly isDeclared: boolean;
}

interface Worse {
  readonly kind: 'worse';
  readonly encoding: Encoding;
  readonly matched: number;
  readonly random: number;
  readonly samples: number;
  readonly of: number;
  readonly point: Point;
}

/**
 * Random points beside the samples at which a suspicion must hold, without exception. A product of the loss and a
 * number of random sign (a reward) leads the wrong way at every second point: at all of 3 + 16 once in 500,000 times.
 */
const CONFIRMING_POINTS = 16;
/** A point of a large loss costs as much as a small loss altogether. */
const CONFIRMING_LARGE_POINTS = 4;
/** A candidate that is this often better than the perfect prediction for another target acquits the loss. */
const ACQUITTED = 0.75;

const NO_TARGET = 'no input has the role target';
const NOT_COMPARABLE = 'no target can be compared with a prediction, by shape and domain';

export function judgeMatch(context: CheckContext): MatchVerdict {
  const predictions = context.inputs.filter(({ role }) => role === 'prediction');
  if (!context.inputs.some(({ role }) => role === 'target')) return { kind: 'undecided', reason: NO_TARGET };
  const verdicts = predictions.flatMap((prediction) => {
    const candidates = candidatesFor(prediction, context.inputs);
    return candidates.length === 0 ? [] : [judgePrediction(context, prediction, candidates)];
  });
  return (
    verdicts.find(({ kind }) => kind === 'worse') ??
    verdicts.find(({ kind }) => kind === 'better') ??
    verdicts[0] ?? { kind: 'undecided', reason: NOT_COMPARABLE }
  );
}

function judgePrediction(context: CheckContext, prediction: InputSpec, candidates: readonly Encoding[]): MatchVerdict {
  const places = samplePlaces(context);
  const [place] = places;
  if (place !== undefined && isLinear(context, prediction, place.point)) {
    return { kind: 'undecided', reason: `the loss is linear in ${prediction.name}, as that of a critic is, and has no minimum by design` };
  }
  const compareAll = (encoding: Encoding): Compared => ({ encoding, comparisons: places.map((at) => compare(context, encoding, at)) });
  const compared = candidates.map(compareAll);
  const ofOneLabel = isLarge(context.inputs) ? [] : candidates.flatMap(perLabel).map(compareAll);
  for (const one of [...compared, ...ofOneLabel]) {
    const worse = findWorse(context, one, candidates);
    if (worse !== null) return worse;
  }
  const rewarded = compared.flatMap(({ encoding, comparisons }) => {
    const [first, ...others] = comparisons.filter(isToward);
    return first === undefined || (1 + others.length) * 2 <= places.length ? [] : [{ ...first, encoding }];
  });
  const [best] = rewarded.toSorted((a, b) => a.matched - b.matched);
  if (best === undefined) return { kind: 'undecided', reason: `the loss does not clearly tell a right ${prediction.name} from others` };
  return { kind: 'better', matched: best.matched, ratio: best.matched / best.random, isDeclared: best.encoding.evidence === 'label' };
}

/** A candidate at the samples; null where nothing can be compared. */
interface Compared {
  readonly encoding: Encoding;
  readonly comparisons: readonly (Comparison | null)[];
}

function findWorse(context: CheckContext, { encoding, comparisons }: Compared, candidates: readonly Encoding[]): Worse | null {
  const first = comparisons.find(isAway);
  if (first === undefined || !isSuspect(comparisons)) return null;
  const more = worseAt(context, encoding, candidates);
  if (more === 0) return null;
  const samples = comparisons.filter(isAway).length + more;
  const of = comparisons.length + confirmingPoints(context);
  return { kind: 'worse', encoding, matched: first.matched, random: first.random, samples, of, point: perfectPoint(first.point, encoding) };
}

function samplePlaces(context: CheckContext): readonly Place[] {
  const { reference, inputs, samples } = context;
  return (isLarge(inputs) ? samples.slice(0, 1) : samples).map(({ point, index }) => {
    const next = samples[(index + 1) % samples.length]?.point ?? point;
    const other = (attempt: number): Point => (attempt === 0 ? next : freshPoint(context, `other than ${index} ${attempt}`, 'initial'));
    return { point, random: reference.scalar(point), other };
  });
}

function confirmingPlace(context: CheckContext, index: number): Place {
  const point = freshPoint(context, `match ${index}`, 'initial');
  return { point, random: context.reference.scalar(point), other: (attempt) => freshPoint(context, `other match ${index} ${attempt}`, 'initial') };
}

/** Targets that are tried before two of them say different things: small batches of one label are often the same. */
const OTHER_TARGETS = 8;

/** Null when every other target says the same. */
function compare({ reference }: CheckContext, encoding: Encoding, place: Place): Comparison | null {
  const values = perfectValues(place.point, encoding);
  for (let attempt = 0; attempt < OTHER_TARGETS; attempt++) {
    const elsewhere = otherValues(place.point, encoding, place.other(attempt));
    if (elsewhere.every((value, position) => value === values[position])) continue;
    const at = (data: Float64Array): number => reference.scalar(withPrediction(place.point, encoding.prediction, data));
    return { ...place, elsewhere, matched: at(values), crossed: at(elsewhere) };
  }
  return null;
}

/** Worse than the perfect prediction for another target, and than a random one. */
function isAway(comparison: Comparison | null): comparison is Comparison {
  return comparison !== null && isAbove(comparison.matched, comparison.crossed) && isAbove(comparison.matched, comparison.random);
}

/** Better than both. */
function isToward(comparison: Comparison | null): comparison is Comparison {
  return comparison !== null && isAbove(comparison.crossed, comparison.matched) && isAbove(comparison.random, comparison.matched);
}

/** Neither worse nor the same, which says nothing: a hinge that is met is 0 for many predictions. */
function contradicts(comparison: Comparison | null): boolean {
  if (comparison === null) return false;
  const { matched, crossed, random } = comparison;
  return [matched, crossed, random].some(Number.isNaN) || isAbove(crossed, matched) || isAbove(random, matched);
}

function isSuspect(comparisons: readonly (Comparison | null)[]): boolean {
  return !comparisons.some(contradicts) && comparisons.filter(isAway).length * 2 >= comparisons.length;
}

function confirmingPoints({ inputs }: CheckContext): number {
  return isLarge(inputs) ? CONFIRMING_LARGE_POINTS : CONFIRMING_POINTS;
}

/**
 * At how many more random points it is worse; 0 unless at most of them, better at none, on the evidence that the
 * domains ask for, and with no other candidate that the loss rewards.
 */
function worseAt(context: CheckContext, encoding: Encoding, candidates: readonly Encoding[]): number {
  const comparisons: (Comparison | null)[] = [];
  for (let index = 0; index < confirmingPoints(context); index++) {
    const comparison = compare(context, encoding, confirmingPlace(context, index));
    if (contradicts(comparison)) return 0;
    comparisons.push(comparison);
  }
  const worse = comparisons.filter(isAway);
  if (!isSuspect(comparisons) || !isTurned(context, encoding, worse)) return 0;
  return candidates.some((candidate) => !isOf(candidate, encoding) && isRewarded(context, candidate, worse)) ? 0 : worse.length;
}

function isRewarded(context: CheckContext, candidate: Encoding, places: readonly Place[]): boolean {
  const rewarded = places.filter((place) => {
    const comparison = compare(context, candidate, place);
    return comparison !== null && isAbove(comparison.crossed, comparison.matched);
  });
  return rewarded.length >= ACQUITTED * places.length;
}

/** A candidate and its part for one label are no rivals. */
function isOf(candidate: Encoding, { encode }: Encoding): boolean {
  return candidate.encode === encode;
}
