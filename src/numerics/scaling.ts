import type { TensorData } from '../contracts/tensor.ts';

/** What becomes of numbers when the rows of a batch come several times, or in another order. */

type Values = Pick<TensorData, 'shape' | 'data'>;

/** Sums of other length and order round differently; float64 leaves this much room and more. */
const SAME_WITHIN = 1e-9;

/** Axes along which a tensor holds `copies` times as many entries; null when the shapes do not go together. */
export function repeatedAxes(once: Values, copied: Values, copies: number): readonly number[] | null {
  if (once.shape.length !== copied.shape.length) return null;
  const axes: number[] = [];
  for (const [axis, dimension] of once.shape.entries()) {
    if (copied.shape[axis] === dimension) continue;
    if (copied.shape[axis] !== copies * dimension) return null;
    axes.push(axis);
  }
  return axes;
}

/**
 * The one factor between a tensor and the same tensor of the repeated batch, whose entries repeat along with the
 * rows; null when there is no such factor. A scalar always has one.
 */
export function scalingOf(once: Values, copied: Values, copies: number): number | null {
  if (repeatedAxes(once, copied, copies) === null) return null;
  const largest = indexOfLargest(once.data);
  const size = Math.abs(once.data[largest] ?? 0);
  if (!Number.isFinite(size)) return null;
  const original = originalIn(once.shape, copied.shape);
  let factor = size === 0 ? 1 : null;
  for (let position = 0; factor === null && position < copied.data.length; position++) {
    if (original(position) === largest) factor = (copied.data[position] ?? NaN) / (once.data[largest] ?? NaN);
  }
  if (factor === null) return null;
  const tolerance = SAME_WITHIN * size * Math.max(1, Math.abs(factor));
  for (let position = 0; position < copied.data.length; position++) {
    const expected = factor * (once.data[original(position)] ?? NaN);
    if (!(Math.abs((copied.data[position] ?? NaN) - expected) <= tolerance)) return null;
  }
  return factor;
}

function indexOfLargest(values: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 1; index < values.length; index++) {
    if (!(Math.abs(values[index] ?? 0) <= Math.abs(values[largest] ?? 0))) largest = index;
  }
  return largest;
}

/** Where an entry of the larger tensor has its original, when the smaller one is laid side by side. */
function originalIn(small: readonly number[], large: readonly number[]): (position: number) => number {
  if (small.join() === large.join()) return (position) => position;
  return (position) => {
    let rest = position;
    let index = 0;
    let stride = 1;
    for (let axis = large.length - 1; axis >= 0; axis--) {
      const [outer, inner] = [large[axis] ?? 1, small[axis] ?? 1];
      index += ((rest % outer) % inner) * stride;
      stride *= inner;
      rest = Math.floor(rest / outer);
    }
    return index;
  };
}

/** Whether two factors are the same one, up to rounding and a guard such as 1e-7 in a denominator. */
export function isFactor(found: number | null, expected: number): boolean {
  return found !== null && Math.abs(found - expected) <= FACTOR_WITHIN * Math.abs(expected);
}

/** A small number that keeps a denominator from zero moves a factor by less than this. */
const FACTOR_WITHIN = 1e-6;

/** The value all entries have within the tolerance of a factor; null when they differ, or there are none. */
export function commonFactor(factors: readonly number[]): number | null {
  const first = factors[0];
  return first !== undefined && factors.every((factor) => isFactor(factor, first)) ? first : null;
}

/** A value as a function of the number of copies k: `fixed + part * k`, or `fixed + part / k`. */
export interface TwoParts {
  readonly kind: 'summed' | 'divided twice';
  readonly fixed: number;
  readonly part: number;
}

/** The two parts that the first two values of one, two, three, … copies would have. */
export function partsOf(kind: TwoParts['kind'], once: number, twice: number): TwoParts {
  return kind === 'summed'
    ? { kind, fixed: 2 * once - twice, part: twice - once }
    : { kind, fixed: 2 * twice - once, part: 2 * (once - twice) };
}

/** The two parts that explain the values of one, two, three, … copies exactly; null when none do. */
export function fitTwoParts(values: readonly number[]): TwoParts | null {
  const [once = NaN, twice = NaN] = values;
  const size = Math.max(...values.map(Math.abs));
  for (const kind of ['summed', 'divided twice'] as const) {
    const parts = partsOf(kind, once, twice);
    const fits = values.every((value, index) => {
      const copies = index + 1;
      const expected = parts.fixed + (kind === 'summed' ? parts.part * copies : parts.part / copies);
      return Math.abs(value - expected) <= SAME_WITHIN * size;
    });
    if (fits && size > 0) return parts;
  }
  return null;
}

/** Whether `after` holds the numbers of `before`, as they were or with its rows in the other order along some axes. */
export function isReordered(before: Values, after: Values, order: readonly number[]): boolean {
  if (before.shape.join() !== after.shape.join()) return false;
  const size = Math.abs(before.data[indexOfLargest(before.data)] ?? 0);
  if (!Number.isFinite(size)) return false;
  const { length: rank } = before.shape;
  const choices = before.shape.map((dimension) => (dimension % order.length === 0 && dimension > 0 ? movements(dimension, order) : [null]));
  const matches = (moves: readonly (readonly number[] | null)[]): boolean => {
    for (let position = 0; position < after.data.length; position++) {
      let rest = position;
      let index = 0;
      let stride = 1;
      for (let axis = rank - 1; axis >= 0; axis--) {
        const dimension = before.shape[axis] ?? 1;
        const at = rest % dimension;
        index += (moves[axis]?.[at] ?? at) * stride;
        stride *= dimension;
        rest = Math.floor(rest / dimension);
      }
      if (!(Math.abs((after.data[position] ?? NaN) - (before.data[index] ?? NaN)) <= SAME_WITHIN * size)) return false;
    }
    return true;
  };
  return combinations(choices).some(matches);
}

/** Ways in which the rows may lie on an axis: not at all, each as a block of neighbours, or interleaved. */
function movements(dimension: number, order: readonly number[]): readonly (readonly number[] | null)[] {
  const width = dimension / order.length;
  const blocks = Array.from({ length: dimension }, (_, at) => (order[Math.floor(at / width)] ?? 0) * width + (at % width));
  if (width === 1) return [null, blocks];
  const interleaved = Array.from({ length: dimension }, (_, at) => at - (at % order.length) + (order[at % order.length] ?? 0));
  return [null, blocks, interleaved];
}

function combinations<T>(choices: readonly (readonly T[])[]): readonly (readonly T[])[] {
  return choices.reduce<readonly (readonly T[])[]>((found, options) => found.flatMap((head) => options.map((option) => [...head, option])), [[]]);
}
