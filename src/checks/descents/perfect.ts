import type { Domain, InputSpec, RangeDomain } from '../../contracts/domain.ts';
import type { PerfectForm } from '../../contracts/findings/descent.ts';
import type { NumericArray, Point } from '../../contracts/tensor.ts';
import { between, inside } from '../../numerics/paths.ts';
import { tensorOf } from '../point.ts';

/**
 * What a perfect prediction is.
 *
 * That depends on what the two domains mean. A probability of a label is near 0 or 1, its logit far from 0, and a
 * real number beside a label may be a score, a margin or the label itself. So there are several candidates, and
 * a loss that treats one of them as its goal is right.
 */

/**
 * `label`: the prediction is declared to be a probability of the label, or its logit. `score`: a number beside a
 * label, which may be high for it, or a distance and low. `value`: a number beside a number, which may be something
 * else than a prediction of it.
 */
type Evidence = 'label' | 'score' | 'value';

/** A candidate for the perfect prediction of one target. */
export interface Encoding {
  readonly prediction: InputSpec;
  readonly target: InputSpec;
  readonly form: PerfectForm;
  /** How much the domains say, and so what else a loss that leads away from the candidate must show: see `isTurned`. */
  readonly evidence: Evidence;
  /** What one label speaks about: a row of classes, or an element. */
  readonly unit: 'row' | 'element';
  /** The values of the prediction that say what the target says. */
  readonly encode: (target: ArrayLike<number>) => Float64Array;
  /** Only where the target is this label; elsewhere the prediction stays as it is. */
  readonly only: number | null;
}

/** Certainty is penalised by label smoothing (0.1 in common use), so a perfect probability stops short of it. */
const SURE = 0.98;
/** Log-odds of 0.9933. */
const SURE_LOGIT = 5;
/** As far as a score of a label may go inside a { min, max }, in units of the nearer end. */
const WITHIN_RANGE = 0.9;
/** Keeps log-odds and logarithms finite: about ±7. */
const LOG_FLOOR = 1e-3;

const LABELS: readonly Domain[] = ['binary', 'sign', 'one-hot', 'class-index'];

/** The candidates for a prediction and one target; empty where the two cannot be compared. */
function encodingsOf(prediction: InputSpec, target: InputSpec): readonly Encoding[] {
  if (target.domain === 'class-index') return classesFit(prediction, target) ? labelEncodings(prediction, target) : [];
  if (prediction.shape.join() !== target.shape.join()) return [];
  return LABELS.includes(target.domain) ? labelEncodings(prediction, target) : valueEncodings(prediction, target);
}

/** Every candidate for a prediction, over all targets. */
export function candidatesFor(prediction: InputSpec, inputs: readonly InputSpec[]): readonly Encoding[] {
  return inputs.filter(({ role }) => role === 'target').flatMap((target) => encodingsOf(prediction, target));
}

/** Class indices [N] or [N, 1] beside [N, C]. */
function classesFit(prediction: InputSpec, { shape, classes }: InputSpec): boolean {
  if (classes === null || prediction.classes !== null || prediction.shape.at(-1) !== classes) return false;
  const rows = prediction.shape.slice(0, -1).join();
  return rows === shape.join() || (shape.at(-1) === 1 && rows === shape.slice(0, -1).join());
}

function labelEncodings(prediction: InputSpec, target: InputSpec): readonly Encoding[] {
  const { domain } = prediction;
  const isClass = target.domain === 'one-hot' || target.domain === 'class-index';
  const base = { prediction, target, unit: isClass ? 'row' : 'element', only: null } as const;
  const labels = labelReader(prediction, target);
  const scores = (size: number): Encoding => ({
    ...base,
    form: 'score',
    // What is called a logit because of how the loss behaves may be any score.
    evidence: domain === 'logit' && (isClass || !prediction.inferred) ? 'label' : 'score',
    encode: (values) => labels(values).map((label) => (2 * label - 1) * size),
  });
  if (domain === 'logit') return [scores(SURE_LOGIT)];
  if (domain === 'distribution') {
    const rest = (1 - SURE) / Math.max(1, (prediction.shape.at(-1) ?? 1) - 1);
    const encode: Encoding['encode'] = (values) => labels(values).map((label) => (label > 0.5 ? SURE : rest));
    return isClass ? [{ ...base, form: 'sure', evidence: 'label', encode }] : [];
  }
  if (domain === 'probability' || (isRange(domain) && domain.min >= 0 && domain.max <= 1)) {
    const encode: Encoding['encode'] = (values) => inside(domain, labels(values).map((label) => 1 - SURE + label * (2 * SURE - 1)));
    return target.domain === 'sign' ? [] : [{ ...base, form: 'sure', evidence: 'label', encode }];
  }
  if (domain !== 'real' && !(isRange(domain) && domain.min < 0 && domain.max > 0)) return [];
  const room = isRange(domain) ? WITHIN_RANGE * Math.min(-domain.min, domain.max) : Infinity;
  const sizes = [1, SURE_LOGIT].filter((size) => size < room);
  return [...sizes, ...(Number.isFinite(room) ? [room] : [])].map(scores);
}

/** The labels as 0 and 1, in the layout of the prediction. */
function labelReader(prediction: InputSpec, { domain, classes }: InputSpec): (target: ArrayLike<number>) => Float64Array {
  if (domain === 'sign') return (values) => Float64Array.from(values, (value) => (value + 1) / 2);
  if (domain !== 'class-index' || classes === null) return (values) => Float64Array.from(values);
  const size = prediction.shape.reduce((product, dimension) => product * dimension, 1);
  return (values) => Float64Array.from({ length: size }, (_, index) => (values[Math.floor(index / classes)] === index % classes ? 1 : 0));
}

type Reading = readonly [form: PerfectForm, read: (value: number) => number];

const ITSELF: Reading = ['itself', (value) => value];
const LOGARITHM: Reading = ['logarithm', (value) => Math.log(Math.max(value, LOG_FLOOR))];
const LOG_ODDS: Reading = ['log-odds', (value) => Math.log(Math.max(value, LOG_FLOOR) / Math.max(1 - value, LOG_FLOOR))];

function valueEncodings(prediction: InputSpec, target: InputSpec): readonly Encoding[] {
  return readingsOf(prediction.domain, target.domain).map(([form, read]) => ({
    prediction,
    target,
    form,
    evidence: 'value',
    unit: 'element',
    only: null,
    encode: (values) => inside(prediction.domain, Float64Array.from(values, read)),
  }));
}

/** How a value of the target reads as a prediction. */
function readingsOf(to: Domain, from: Domain): readonly Reading[] {
  if (isSame(to, from)) return [ITSELF];
  // What a sampler draws is not known, and neither points of a sphere nor boxes are a form of anything else.
  if ([to, from].some((domain) => typeof domain === 'function' || domain === 'unit-vector' || domain === 'boxes')) return [];
  if (to === 'real' || to === 'logit') {
    const own = to === 'real' || from === 'real' || isRange(from) ? [ITSELF] : [];
    if (from === 'probability') return [...own, LOG_ODDS];
    return from === 'distribution' || from === 'positive' || from === 'nonnegative' ? [...own, LOGARITHM] : [ITSELF];
  }
  const room = isRange(to) ? to : { min: 0, max: to === 'probability' ? 1 : Infinity };
  const values = usualValues(from);
  return to !== 'distribution' && values !== null && room.min <= values.min && values.max <= room.max ? [ITSELF] : [];
}

/** Where (nearly) all values of a domain lie: a target that is cut off at the end of a range is no match. */
function usualValues(domain: Domain): RangeDomain | null {
  if (isRange(domain)) return domain;
  if (domain === 'real') return { min: -3, max: 3 };
  if (domain === 'probability' || domain === 'distribution') return { min: 0, max: 1 };
  return domain === 'positive' || domain === 'nonnegative' ? { min: 0, max: 5 } : null;
}

function isRange(domain: Domain): domain is RangeDomain {
  return typeof domain === 'object';
}

function isSame(a: Domain, b: Domain): boolean {
  return a === b || (isRange(a) && isRange(b) && a.min === b.min && a.max === b.max);
}

/** The point with one prediction replaced by other values. */
export function withPrediction(point: Point, { name, shape }: InputSpec, data: NumericArray): Point {
  return { ...point, [name]: { shape, dtype: tensorOf(point, name).dtype, data } };
}

/** The point with the prediction that says what its target says. */
export function perfectPoint(point: Point, encoding: Encoding): Point {
  return withPrediction(point, encoding.prediction, perfectValues(point, encoding));
}

export function perfectValues(point: Point, encoding: Encoding): Float64Array {
  return valuesFor(point, encoding, tensorOf(point, encoding.target.name).data);
}

function valuesFor(point: Point, { encode, only, prediction, target }: Encoding, labels: ArrayLike<number>): Float64Array {
  const values = encode(labels);
  if (only === null) return values;
  const [own, random] = [tensorOf(point, target.name).data, tensorOf(point, prediction.name).data];
  return values.map((value, index) => (own[index] === only ? value : (random[index] ?? NaN)));
}

/** The same prediction for another target: that of another point, or, for one label alone, the opposite label. */
export function otherValues(point: Point, encoding: Encoding, elsewhere: Point): Float64Array {
  return encoding.only === null ? perfectValues(elsewhere, encoding) : (oppositeValues(point, encoding) ?? perfectValues(point, encoding));
}

/**
 * The opposite of a perfect prediction: the other label, the next class, or the values reflected; null where there is
 * none.
 */
export function oppositeValues(point: Point, encoding: Encoding): Float64Array | null {
  const { prediction, target, evidence, unit } = encoding;
  const values = perfectValues(point, encoding);
  const { data } = tensorOf(point, target.name);
  if (evidence === 'value') return mirrored(prediction, values);
  if (unit === 'element') return valuesFor(point, encoding, Float64Array.from(data, (label) => (target.domain === 'sign' ? -label : 1 - label)));
  const width = prediction.shape.at(-1) ?? 1;
  return values.map((_, index) => values[index % width === 0 ? index + width - 1 : index - 1] ?? NaN);
}

function mirrored({ domain, shape }: InputSpec, values: Float64Array): Float64Array | null {
  if (domain === 'unit-vector') return values.map((value) => -value);
  if (domain === 'distribution' || domain === 'boxes' || typeof domain === 'function') return null;
  const middle = domain === 'probability' ? 0.5 : values.reduce((sum, value) => sum + value, 0) / values.length;
  return between(domain, shape, values, values.map(() => middle), 2);
}

/** The candidates for one label alone: of the two logarithms of a cross-entropy one may have the wrong sign. */
export function perLabel(encoding: Encoding): readonly Encoding[] {
  const { evidence, unit, target } = encoding;
  return evidence === 'label' && unit === 'element' && target.domain === 'binary' ? [0, 1].map((only) => ({ ...encoding, only })) : [];
}

/** Can the prediction be the target, entry by entry? A real number beside a label may as well be a score of it. */
function equals(prediction: InputSpec, target: InputSpec): boolean {
  const [encoding, another] = encodingsOf(prediction, target);
  return another === undefined && (encoding?.form === 'itself' || encoding?.form === 'sure');
}

/** A prediction and the target that it can equal. */
export type ExactPair = readonly [prediction: InputSpec, target: InputSpec];

/**
 * Each prediction with the first target that no other has. One that finds none (a predicted variance, a second
 * head on the same target) is left out, or, with `reuse`, takes a target that another has already.
 */
export function exactPairs(inputs: readonly InputSpec[], reuse: boolean): readonly ExactPair[] {
  const taken = new Set<string>();
  return inputs.filter(({ role }) => role === 'prediction').flatMap((prediction): readonly ExactPair[] => {
    const fitting = inputs.filter((target) => target.role === 'target' && equals(prediction, target));
    const target = fitting.find(({ name }) => !taken.has(name)) ?? (reuse ? fitting[0] : undefined);
    if (target === undefined) return [];
    taken.add(target.name);
    return [[prediction, target]];
  });
}

/** The point with these predictions exactly equal to their targets. */
export function exactPoint(point: Point, pairs: readonly ExactPair[]): Point {
  return pairs.reduce((so, [prediction, target]) => {
    const { data } = tensorOf(point, target.name);
    const values = target.domain === 'class-index' ? labelReader(prediction, target)(data) : Float64Array.from(data);
    return withPrediction(so, prediction, inside(prediction.domain, values));
  }, point);
}
