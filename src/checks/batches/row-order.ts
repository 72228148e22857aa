import type { CheckContext } from '../../contracts/check.ts';
import type { Point } from '../../contracts/tensor.ts';
import { cyclicOrder, properDivisors, rotatedOrder } from '../../numerics/rows.ts';
import { exchanged, reordered, repeated, type Batch } from './batch.ts';

/**
 * What it means when the rows of a batch in another order give another loss: a mistake only where the leading
 * axis is a batch. Along a grid, a series or a stack of blocks the order is part of the data.
 */

export interface Rows {
  readonly context: CheckContext;
  readonly batch: Batch;
  readonly point: Point;
  /** Other points of the domain, to take rows from: at least one. */
  readonly others: readonly Point[];
  /** A difference in the loss up to here is rounding. */
  readonly rounding: number;
}

/**
 * - `by-place`: each row counts by itself, and what it counts for depends on its place;
 * - `by-some`: the rows act on each other, and only a few places matter, such as the first;
 * - `by-neighbour`: the rows act on each other, and almost every place matters, as along a grid or a series;
 * - `pattern`: the order has a pattern of its own, as on a ring, in pairs or in stacked blocks;
 * - `fixed-length`: exactly this many rows are looked at, however many there are: they are coordinates.
 */
export type OrderKind = 'by-place' | 'by-some' | 'by-neighbour' | 'pattern' | 'fixed-length';

export function orderKind(rows: Rows): OrderKind {
  if (isFixedLength(rows)) return 'fixed-length';
  if (hasPattern(rows)) return 'pattern';
  if (isAdditive(rows)) return 'by-place';
  return mostPlacesMatter(rows) ? 'by-neighbour' : 'by-some';
}

/** Points tried before two losses count as always the same: labels of few values often tie. */
const TRIED_POINTS = 16;
/** Points whose rows are exchanged before a loss counts as additive: each needs a handful of values. */
const TRIED_EXCHANGES = 6;
/** Rows of a long batch that are tried, evenly spaced. */
const TRIED_ROWS = 32;

function valueOf({ context }: Rows, point: Point): number {
  return context.reference.scalar(point);
}

function isSame({ rounding }: Rows, a: number, b: number): boolean {
  return Math.abs(a - b) <= rounding;
}

/** Other points, then the same ones with their rows shuffled. */
function* variants({ context, batch, others }: Rows, count = TRIED_POINTS): Generator<Point> {
  const random = context.random('rows to put in place of others');
  for (let tried = 0; tried < count; tried++) {
    const point = others[tried % others.length];
    if (point !== undefined) yield tried < others.length ? point : reordered(point, batch, cyclicOrder(batch.rows, random));
  }
}

/** Whether a change of the order ever changes the loss. */
function orderMatters(rows: Rows, order: readonly number[]): boolean {
  for (const point of variants(rows)) {
    if (!isSame(rows, valueOf(rows, point), valueOf(rows, reordered(point, rows.batch, order)))) return true;
  }
  return false;
}

/** Whether the numbers in some rows ever matter. */
function rowsMatter(rows: Rows, from: number, to: number): boolean {
  // Beside the rows a sample may have lengths or a mask of its own, which hides some of them.
  const samples = [rows.point, ...rows.others].map((point) => ({ point, value: valueOf(rows, point) }));
  return [...variants(rows)].some((other, index) => {
    const sample = samples[index % samples.length];
    if (sample === undefined) return false;
    const replaced = exchanged(sample.point, other, rows.batch, (row) => row >= from && row < to);
    return !isSame(rows, sample.value, valueOf(rows, replaced));
  });
}

function triedRows(count: number): readonly number[] {
  const tried = Math.min(count, TRIED_ROWS);
  return Array.from({ length: tried }, (_, index) => Math.round((index * (count - 1)) / Math.max(1, tried - 1)));
}

/**
 * Whether no row acts on another one: replacing one group of rows changes the loss by as much as it does once
 * another group has been replaced. Groups by the bits of the row number part every pair of rows.
 */
export function isAdditive(rows: Rows): boolean {
  const { batch, point } = rows;
  const none = valueOf(rows, point);
  return [...variants(rows, TRIED_EXCHANGES)].every((other) => {
    const all = valueOf(rows, exchanged(point, other, batch, () => true));
    for (let bit = 1; bit < batch.rows; bit *= 2) {
      const inGroup = (row: number): boolean => Math.floor(row / bit) % 2 === 1;
      const one = valueOf(rows, exchanged(point, other, batch, inGroup));
      const rest = valueOf(rows, exchanged(point, other, batch, (row) => !inGroup(row)));
      if (!isSame(rows, one - none, all - rest)) return false;
    }
    return true;
  });
}

function hasPattern(rows: Rows): boolean {
  const { batch } = rows;
  const divisors = properDivisors(batch.rows);
  if (divisors.some((by) => !orderMatters(rows, rotatedOrder(batch.rows, by)))) return true;
  return divisors.some((block) => block > 1 && !orderMatters(rows, rotatedOrder(batch.rows, 1, block)) && everyBlockMatters(rows, block));
}

function everyBlockMatters(rows: Rows, block: number): boolean {
  const starts = Array.from({ length: rows.batch.rows / block }, (_, index) => index * block);
  return starts.every((start) => rowsMatter(rows, start, start + block));
}

/** Whether more than half of the exchanges of a row with the next one change the loss. */
export function mostPlacesMatter(rows: Rows): boolean {
  const count = rows.batch.rows;
  const tried = triedRows(count - 1);
  const changing = tried.filter((row) => {
    const order = Array.from({ length: count }, (_, at) => (at === row ? row + 1 : at === row + 1 ? row : at));
    return orderMatters(rows, order);
  });
  return 2 * changing.length > tried.length;
}

/** Whether some rows could have any numbers at all. */
export function ignoresRows(rows: Rows): boolean {
  return triedRows(rows.batch.rows).some((row) => !rowsMatter(rows, row, row + 1));
}

/** All rows of the batch matter, and none of those that are put behind them. */
function isFixedLength(rows: Rows): boolean {
  const { batch, point } = rows;
  const twice = repeated(point, batch, 2);
  const value = valueOf(rows, twice);
  for (const other of variants(rows)) {
    const otherTail = exchanged(twice, repeated(other, batch, 2), batch, (row) => row >= batch.rows);
    if (!isSame(rows, value, valueOf(rows, otherTail))) return false;
  }
  return !ignoresRows(rows);
}
