import type { LossProbe } from '../../contracts/engine.ts';
import type { Point } from '../../contracts/tensor.ts';
import { nonFinite } from '../point.ts';

/** Two losses at one point. Gradients are those of the first one's inputs, by its names. */
export interface Pair {
  readonly point: Point;
  readonly mine: Reading;
  readonly theirs: Reading;
}

export interface Reading {
  readonly value: number;
  /** Missing where autograd gave none. */
  readonly gradients: ReadonlyMap<string, Float64Array>;
}

/** Value and gradients; a sentence where there is no scalar. */
export function read(probe: LossProbe, point: Point, names: ReadonlyMap<string, string>): Reading | string {
  const { evaluation, gradients } = probe.gradient(point, [...names.values()]);
  if (evaluation.kind === 'threw') return `throws "${evaluation.error.message}"`;
  if (evaluation.kind === 'not-a-tensor') return `returns ${evaluation.found}, no tensor`;
  if (evaluation.tensor.data.length !== 1) return `returns ${evaluation.tensor.data.length} numbers, no scalar`;
  const found = [...names].flatMap(([mine, theirs]) => {
    const gradient = gradients?.[theirs];
    return gradient == null ? [] : [[mine, Float64Array.from(gradient.data)] as const];
  });
  return { value: evaluation.tensor.data[0] ?? NaN, gradients: new Map(found) };
}

/** One number of this loss and one of the other, which are to be equal. */
export interface Difference {
  readonly pair: Pair;
  readonly input: string | null;
  readonly entry: number;
  readonly mine: number;
  readonly theirs: number;
  readonly relativeError: number;
}

/**
 * Rounding of an entry, relative to the largest one of the same gradient: what is left where large numbers cancel.
 * Both losses compute in double.
 */
const ROUNDING = 1e-12;

/** |a - b| relative to the larger one, beyond what rounding of the `largest` number around them explains. */
export function relativeError(a: number, b: number, largest: number): number {
  if (Object.is(a, b) || a === b) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Infinity;
  return Math.max(0, Math.abs(a - b) - ROUNDING * largest) / Math.max(Math.abs(a), Math.abs(b));
}

/** The constant that the gradients of the other loss have to be multiplied by: read off where that is largest. */
export function factorOf(pairs: readonly Pair[]): number {
  let [best, largest] = [NaN, 0];
  for (const { mine, theirs } of pairs) {
    for (const [input, gradient] of theirs.gradients) {
      const own = mine.gradients.get(input);
      gradient.forEach((entry, index) => {
        if (own === undefined || Math.abs(entry) <= largest) return;
        [best, largest] = [(own[index] ?? NaN) / entry, Math.abs(entry)];
      });
    }
  }
  if (largest > 0) return best;
  const first = pairs.find(({ theirs }) => theirs.value !== 0);
  return first === undefined ? 1 : first.mine.value / first.theirs.value;
}

/** Where the gradients are furthest apart once those of the other loss are multiplied; null where none can be compared. */
export function worstGradient(pairs: readonly Pair[], factor: number): Difference | null {
  let worst: Difference | null = null;
  for (const pair of pairs) {
    for (const [input, own] of pair.mine.gradients) {
      const other = pair.theirs.gradients.get(input);
      if (other === undefined) continue;
      const largest = own.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
      own.forEach((mine, entry) => {
        const theirs = factor * (other[entry] ?? NaN);
        const error = relativeError(mine, theirs, largest);
        if (worst === null || error > worst.relativeError) worst = { pair, input, entry, mine, theirs, relativeError: error };
      });
    }
  }
  return worst;
}

/** The same for the values; `offset` is what is left at the first pair. */
export function worstValue(pairs: readonly Pair[], factor: number, offset: number): Difference | null {
  const largest = Math.max(...pairs.map(({ mine }) => Math.abs(mine.value)));
  return pairs.reduce<Difference | null>((worst, pair) => {
    const [mine, theirs] = [pair.mine.value, factor * pair.theirs.value + offset];
    const error = relativeError(mine, theirs, largest);
    return worst === null || error > worst.relativeError ? { pair, input: null, entry: 0, mine, theirs, relativeError: error } : worst;
  }, null);
}

export function isFiniteReading({ value, gradients }: Reading): boolean {
  return Number.isFinite(value) && [...gradients.values()].every((gradient) => nonFinite(gradient) === null);
}
