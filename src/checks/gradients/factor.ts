import type { InputSpec } from '../../contracts/domain.ts';
import { sizeOf } from '../../contracts/tensor.ts';
import type { CoordinateTable } from './table.ts';

/** A gradient that is wrong by one factor everywhere: the factor is the clue. */

/** Relative spread of analytic/numeric within which it counts as constant. */
const CONSTANT_WITHIN = 1e-3;

export interface Factor {
  readonly value: number;
  /** In words, where the number is recognised. */
  readonly meaning: string | null;
}

export function constantFactor(coordinates: CoordinateTable, input: InputSpec | undefined): Factor | null {
  const ratios = coordinates
    .filter(({ kind, verdict, numeric, errorBound }) => kind === 'plain' && verdict !== 'inconclusive' && Math.abs(numeric) > 1e3 * errorBound)
    .map(({ analytic, numeric }) => analytic / numeric);
  const first = ratios[0];
  if (first === undefined || ratios.length < 2 || first === 0) return null;
  const constant = ratios.every((ratio) => Math.abs(ratio - first) <= CONSTANT_WITHIN * Math.abs(first));
  if (!constant || Math.abs(first - 1) <= CONSTANT_WITHIN) return null;
  const value = Number(first.toPrecision(6));
  return { value, meaning: meaningOfFactor(value, input?.shape ?? []) };
}

/** What a number that two losses differ by is known for; null where it is not recognised. */
export function meaningOfFactor(value: number, shape: readonly number[]): string | null {
  const is = (expected: number): boolean => Math.abs(value - expected) <= CONSTANT_WITHIN * Math.abs(expected);
  if (is(-1)) return 'the sign is wrong';
  const sizes: readonly (readonly [number, string])[] = [
    [sizeOf(shape), `the number of elements (${sizeOf(shape)}): mean against sum`],
    ...shape.map((dimension, axis): readonly [number, string] => [dimension, `the size of axis ${axis} (${dimension}): mean against sum over it`]),
  ];
  for (const [size, meaning] of sizes) {
    if (size < 3) continue;
    if (is(size) || is(1 / size)) return `${is(size) ? '' : 'one over '}${meaning}`;
  }
  if (is(Math.LOG2E) || is(Math.LOG10E)) return `the logarithm is to base ${is(Math.LOG2E) ? 2 : 10}`;
  if (is(2) || is(0.5)) return 'a factor of two, as from a square or a half that was dropped';
  return null;
}
