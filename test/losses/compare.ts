import { expect } from 'vitest';
import type { Evaluation } from '../../src/contracts/engine.ts';
import type { TensorData } from '../../src/contracts/tensor.ts';
import { flatten, shapeOf, type Nested } from './built-ins.ts';

/** Share of the largest entry below which an entry of a gradient is judged by that entry, not by itself. */
const RESOLVED_SHARE = 1e-3;

/** Below float32's smallest normal number, everything is 0 in production. */
const SMALLEST_FLOAT32 = 2 ** -126;

/** Compares shape and entries; a failure shows where, what came, what was expected and how much was allowed. */
export function expectClose(actual: TensorData, expected: Nested, rtol: number, share = RESOLVED_SHARE): void {
  expect(actual.shape).toEqual(shapeOf(expected));
  const wanted = flatten(expected);
  const largest = Math.max(...wanted.map(Math.abs));
  const wrong = Array.from(actual.data).flatMap((value, index) => {
    const target = wanted[index] ?? NaN;
    const allowed = rtol * Math.max(Math.abs(target), share * largest) + SMALLEST_FLOAT32;
    return Math.abs(value - target) <= allowed ? [] : [{ index, value, expected: target, allowed }];
  });
  expect(wrong).toEqual([]);
}

/** The tensor of an evaluation; fails with what came instead. */
export function tensorIn(evaluation: Evaluation): Extract<Evaluation, { kind: 'tensor' }> {
  if (evaluation.kind !== 'tensor') throw new Error(`expected a tensor: ${JSON.stringify(evaluation)}`);
  return evaluation;
}

/** The value of an evaluation that is a scalar. */
export function scalarIn(evaluation: Evaluation): number {
  const { tensor } = tensorIn(evaluation);
  expect(tensor.shape).toEqual([]);
  return tensor.data[0] ?? NaN;
}
