/** Random points of a domain, away from its edges: where gradients are compared. */

import type { Domain, Sampler } from '../contracts/domain.ts';
import {
  boxRows,
  checkedRange,
  classCount,
  DomainError,
  elementCount,
  fillRows,
  formatShape,
  rowsOfAtLeast,
  unitRow,
} from './layout.ts';
import { normal, randomIndex, shuffle } from './random.ts';

type Random = () => number;

/** Standard deviation of logits: wide enough for saturated and undecided rows in one batch. */
const LOGIT_DEVIATION = 2;

const PROBABILITY_MARGIN = 0.05;

/** Share of a range kept free at both ends, so that no sample stands on an edge. */
const RANGE_MARGIN = 1e-3;

const POSITIVE_LOW = 0.1;
const POSITIVE_HIGH = 5;

const BOX_SIDE_LOW = 0.2;
const BOX_SIDE_HIGH = 2;

function fill(size: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: size }, draw);
}

function between(low: number, high: number, random: Random): number {
  const share = random();
  return low * (1 - share) + high * share;
}

function logUniform(random: Random): number {
  return Math.exp(between(Math.log(POSITIVE_LOW), Math.log(POSITIVE_HIGH), random));
}

/** Random classes in random order; as many different ones as there is room for. */
function drawClasses(size: number, classes: number, random: Random): Float64Array {
  const everyClass = shuffle(Float64Array.from({ length: classes }, (_, i) => i), random);
  const drawn = Float64Array.from({ length: size }, (_, i) => everyClass[i] ?? randomIndex(random, classes));
  return shuffle(drawn, random);
}

function softmax(row: Float64Array): Float64Array {
  const highest = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = row.map((value) => Math.exp(value - highest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

function normalise(row: Float64Array): Float64Array {
  const length = row.reduce((sum, value) => Math.hypot(sum, value), 0);
  return row.map((value) => value / length);
}

function box(random: Random): number[] {
  const [x, y] = [random(), random()];
  return [x, y, x + between(BOX_SIDE_LOW, BOX_SIDE_HIGH, random), y + between(BOX_SIDE_LOW, BOX_SIDE_HIGH, random)];
}

function isListLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

/** Nested as deep as any shape, and one value more than is wanted: that shows there are too many. */
function flatten(value: unknown, into: unknown[], most: number, levels = MOST_LEVELS): unknown[] {
  if (!isListLike(value) || levels === 0) into.push(value);
  else for (let index = 0; index < value.length && into.length <= most; index++) flatten(value[index], into, most, levels - 1);
  return into;
}

const MOST_LEVELS = 8;

function describe(value: unknown): string {
  const isPlain = typeof value === 'number' || value === null || value === undefined;
  if (Array.isArray(value)) return 'arrays nested too deep';
  return isPlain ? String(value) : `a value of type ${typeof value}`;
}

function sampleWith(sampler: Sampler, shape: readonly number[], random: Random): Float64Array {
  const expected = elementCount(shape);
  const sampled = sampler(random, [...shape]);
  const found = flatten(sampled, [], expected);
  const demand = `The sampler must return ${expected} finite numbers for shape ${formatShape(shape)}`;
  if (!isListLike(sampled) && typeof sampled !== 'number') throw new DomainError(`${demand}, found ${describe(sampled)}.`);
  if (found.length !== expected) throw new DomainError(`${demand}, found ${found.length > expected ? 'more' : found.length}.`);
  return Float64Array.from(found, (value, i) => {
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new DomainError(`${demand}, found ${describe(value)} at position ${i}.`);
  });
}

/**
 * One random tensor of a domain, row-major: generic points inside it, so that a derivative exists there
 * for almost every loss.
 *
 * real N(0, 1); logit N(0, 2²); probability uniform in [0.05, 0.95]; distribution softmax of normals along the
 * last axis; positive and nonnegative log-uniform in [0.1, 5]; binary, sign, one-hot and class-index random with every
 * class present where there is room; unit-vector normals of length 1 along the last axis; boxes
 * (x1, y1, x2, y2) with corners in [0, 1) and sides in [0.2, 2]; { min, max } uniform strictly inside.
 *
 * @throws DomainError when the shape does not fit the domain, `classes` is missing for class-index, or a
 * sampler does not return as many finite numbers as the shape has elements
 */
export function sampleDomain(
  domain: Domain,
  shape: readonly number[],
  classes: number | null,
  random: Random,
): Float64Array {
  if (typeof domain === 'function') return sampleWith(domain, shape, random);
  const size = elementCount(shape);
  if (typeof domain === 'object') {
    const { min, max } = checkedRange(domain);
    return fill(size, () => {
      const share = between(RANGE_MARGIN, 1 - RANGE_MARGIN, random);
      return min * (1 - share) + max * share;
    });
  }
  switch (domain) {
    case 'real':
      return fill(size, () => normal(random));
    case 'logit':
      return fill(size, () => LOGIT_DEVIATION * normal(random));
    case 'probability':
      return fill(size, () => between(PROBABILITY_MARGIN, 1 - PROBABILITY_MARGIN, random));
    case 'positive':
    case 'nonnegative':
      return fill(size, () => logUniform(random));
    case 'binary':
      return drawClasses(size, 2, random);
    case 'sign':
      return drawClasses(size, 2, random).map((side) => 2 * side - 1);
    case 'class-index':
      return drawClasses(size, classCount(classes), random);
    case 'boxes':
      return fillRows(boxRows(shape), () => box(random));
    case 'distribution': {
      const layout = rowsOfAtLeast(domain, shape, 2);
      return fillRows(layout, () => softmax(fill(layout.width, () => normal(random))));
    }
    case 'unit-vector': {
      const layout = rowsOfAtLeast(domain, shape, 1);
      return fillRows(layout, () => normalise(fill(layout.width, () => normal(random))));
    }
    case 'one-hot': {
      const layout = rowsOfAtLeast(domain, shape, 2);
      const chosen = drawClasses(layout.rows, layout.width, random);
      return fillRows(layout, (row) => unitRow(layout.width, chosen[row] ?? 0));
    }
  }
}
