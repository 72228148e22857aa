import type { CheckContext } from '../../contracts/check.ts';
import { HELD, type Evaluation } from '../../contracts/engine.ts';
import type { Point } from '../../contracts/tensor.ts';
import { cyclicOrder, rotatedOrder } from '../../numerics/rows.ts';
import { commonFactor, isFactor } from '../../numerics/scaling.ts';
import { batchOf, boundTogether, elementsOf, firstRows, reordered, repeated, withoutWeights, type Batch } from './batch.ts';
import { twinsOf, type Twins } from '../blame/twins.ts';
import type { Rows } from './row-order.ts';

/** A loss on its batch, on the batch twice and on its rows in another order. */
export interface Look {
  readonly context: CheckContext;
  readonly batch: Batch;
  /** The samples that have something to say. */
  readonly seen: readonly [Seen, ...Seen[]];
  /** Loss of the batch twice over that of the batch, where all samples agree. */
  readonly factor: number | null;
  /** A difference in the loss up to here is rounding. */
  readonly rounding: number;
  /** The batch beside the batch twice, operation by operation. */
  readonly twins: () => Twins;
  /** Too many numbers for more than a few evaluations. */
  readonly isLarge: boolean;
}

interface Seen {
  readonly point: Point;
  readonly once: number;
  readonly twice: number;
  /** The loss of the rows in other orders. */
  readonly moved: readonly Moved[];
}

interface Moved {
  readonly order: readonly number[];
  readonly value: number;
}

/** A sample this many times smaller than the largest may be nothing but rounding. */
const SILENT_SHARE = 1e-6;
/** Sums in another order round differently: in float64 by far less than this share of the largest loss. */
const ROUNDING_SHARE = 1e-9;
/** Beyond so many numbers the check makes do with fewer rows. */
const MANY_ELEMENTS = 2 ** 16;
/** Orders tried at each sample: rows with labels of few values often tie. */
const TRIED_ORDERS = 3;
/** Of a large batch: enough rows to see what they do to each other, and no more than that takes. */
const FEWEST_ROWS = 4;
const FEW_ROWS = 8;

/** Why the loss of a batch cannot be compared with that of another one; null when it can. */
function whyIncomparable({ reference }: CheckContext, batch: Batch, point: Point): string | null {
  const once = scalarOf(reference.value(point));
  if (once === null) return 'there is no scalar to compare: see scalar-output';
  const otherDraws = reference.gradient(point, [], { surroundings: { ...HELD, random: HELD.random + 1 } });
  if (!Object.is(once, scalarOf(otherDraws.evaluation))) return 'the loss draws random numbers, and other rows would get other ones';
  const repetition = reference.value(repeated(point, batch, 2));
  if (repetition.kind === 'threw') {
    return `the loss does not take its rows twice, so its leading axis may be no batch (${firstLine(repetition.error.message)})`;
  }
  const twice = scalarOf(repetition);
  if (twice === null) return 'the loss of the same rows twice is no scalar';
  if (Number.isFinite(once) && !Number.isFinite(twice)) return 'the loss of the same rows twice is not finite';
  // After the calls above: a loss that keeps count of them gives another value by now.
  if (!Object.is(once, scalarOf(reference.value(point)))) return 'the loss gives another value at the same point: see determinism';
  return null;
}

function scalarOf(evaluation: Evaluation): number | null {
  return evaluation.kind === 'tensor' && evaluation.tensor.data.length === 1 ? (evaluation.tensor.data[0] ?? null) : null;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** A batch that can be compared with others, at points small enough. */
export interface Comparable {
  readonly batch: Batch;
  readonly points: readonly [Point, ...Point[]];
}

/** What can be compared, or why nothing can. */
export function comparable(context: CheckContext): Comparable | string {
  const batch = batchOf(context.inputs);
  if (typeof batch === 'string') return batch;
  const [first, ...more] = context.samples.map(({ point }) => point);
  if (first === undefined) return 'there is no sample to look at';
  const whole: Comparable = { batch, points: isTooLarge(first) ? [first] : [first, ...more] };
  const beginning = isTooLarge(first) ? [beginningOf([first, ...more], batch)] : [];
  const narrower = withoutWeights(context.inputs, batch);
  const hasWeights = narrower.names.length < batch.names.length;
  const candidates = [...beginning, whole, ...(hasWeights ? [{ ...whole, batch: narrower }] : [])];
  let reason = '';
  for (const candidate of candidates) {
    const why = whyIncomparable(context, candidate.batch, candidate.points[0]);
    if (why === null) return candidate;
    reason = reason === '' ? why : reason;
  }
  return reason;
}

function isTooLarge(point: Point): boolean {
  return elementsOf(point) > MANY_ELEMENTS;
}

/** The first rows of a large batch. */
function beginningOf(points: Comparable['points'], batch: Batch): Comparable {
  const fitting = Math.floor((batch.rows * MANY_ELEMENTS) / elementsOf(points[0]));
  const rows = Math.min(batch.rows, Math.max(FEWEST_ROWS, Math.min(FEW_ROWS, fitting)));
  const [first, ...more] = points.map((point) => firstRows(point, batch, rows));
  if (first === undefined) throw new Error('there is no point to shorten');
  return { batch: { ...batch, rows }, points: isTooLarge(first) ? [first] : [first, ...more] };
}

/**
 * What the samples say; null when they say nothing.
 *
 * An input that shares its leading axis with the predictions by chance (a kernel of eight rows beside a batch of
 * eight) gives itself away: it never meets another input row by row, and without it all is plain.
 */
export function lookAt(context: CheckContext, { batch, points }: Comparable): Look | null {
  const whole = lookWith(context, batch, points);
  if (whole === null || isPlain(whole)) return whole;
  const { point } = whole.seen[0];
  const bound = boundTogether(context.reference.trace(point, []), batch);
  const narrower = bound === null || whyIncomparable(context, bound, point) !== null ? null : lookWith(context, bound, points);
  return narrower !== null && isPlain(narrower) ? narrower : whole;
}

function lookWith(context: CheckContext, batch: Batch, points: Comparable['points']): Look | null {
  const random = context.random('order of the rows');
  const isLarge = isTooLarge(points[0]);
  const count = batch.rows < 2 ? 0 : isLarge ? 1 : TRIED_ORDERS;
  const orders = Array.from({ length: count }, () => cyclicOrder(batch.rows, random));
  const value = (point: Point): number => context.reference.scalar(point);
  const all = points.map((point): Seen => {
    const moved = orders.map((order) => ({ order, value: value(reordered(point, batch, order)) }));
    return { point, once: value(point), twice: value(repeated(point, batch, 2)), moved };
  });
  const finite = all.filter(({ once, twice }) => Number.isFinite(once) && Number.isFinite(twice));
  const largest = Math.max(...finite.map(({ once }) => Math.abs(once)));
  const [first, ...more] = finite.filter(({ once }) => Math.abs(once) > SILENT_SHARE * largest);
  if (first === undefined) return null;
  const factor = commonFactor([first, ...more].map(({ once, twice }) => twice / once));
  // One sample always has a factor: only a round one says something.
  const isTelling = more.length > 0 || [1, 2, 0.5].some((round) => isFactor(factor, round));
  const { point } = first;
  return {
    context,
    batch,
    seen: [first, ...more],
    factor: isTelling ? factor : null,
    rounding: ROUNDING_SHARE * largest,
    twins: lazily(() => twinsOf(context.reference.trace(point, []), context.reference.trace(repeated(point, batch, 2), []))),
    isLarge,
  };
}

/** Computes a value when it is first asked for. */
function lazily<T>(compute: () => T): () => T {
  let kept: { readonly value: T } | null = null;
  return () => (kept ??= { value: compute() }).value;
}

/** A sample whose rows give another loss in another order. */
export interface MovedSample extends Moved {
  readonly sample: Seen;
}

/** The first sample and order that show that the order of the rows matters. */
export function movedBy({ seen, rounding }: Look): MovedSample | null {
  for (const sample of seen) {
    const found = sample.moved.find(({ value }) => Number.isFinite(value) && Math.abs(value - sample.once) > rounding);
    if (found !== undefined) return { ...found, sample };
  }
  return null;
}

/** A mean or a sum over rows in any order. */
function isPlain(look: Look): boolean {
  return (isFactor(look.factor, 1) || isFactor(look.factor, 2)) && movedBy(look) === null;
}

/** The rows of the first sample, and those of the others to put in their place. */
export function rowsOf({ context, batch, seen, rounding }: Look): Rows {
  const [{ point }, ...more] = seen;
  const others = more.length > 0 ? more.map((other) => other.point) : [reordered(point, batch, rotatedOrder(batch.rows, 1))];
  return { context, batch, point, others, rounding };
}
