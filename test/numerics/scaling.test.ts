import { describe, expect, it } from 'vitest';
import { commonFactor, fitTwoParts, isFactor, isReordered, partsOf, repeatedAxes, scalingOf } from '../../src/numerics/scaling.ts';

function tensor(shape: readonly number[], data: readonly number[]) {
  return { shape, data: Float64Array.from(data) };
}

describe('scalingOf', () => {
  const rows = tensor([2, 2], [1, -2, 3, 0]);

  it('finds the factor of a tensor that repeats along the batch', () => {
    expect(scalingOf(rows, tensor([4, 2], [1, -2, 3, 0, 1, -2, 3, 0]), 2)).toBe(1);
    expect(scalingOf(rows, tensor([4, 2], [0.5, -1, 1.5, 0, 0.5, -1, 1.5, 0]), 2)).toBe(0.5);
    expect(scalingOf(rows, tensor([2, 4], [1, -2, 1, -2, 3, 0, 3, 0]), 2)).toBe(1);
    expect(scalingOf(tensor([], [3]), tensor([], [6]), 2)).toBe(2);
  });

  it('knows pairs of rows by their two axes', () => {
    const pairs = tensor([2, 2], [1, 2, 3, 4]);
    const copied = tensor([4, 4], [1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4]);
    expect([scalingOf(pairs, copied, 2), repeatedAxes(pairs, copied, 2)]).toEqual([1, [0, 1]]);
  });

  it('finds none where the entries differ in their factors, are not finite or do not go together', () => {
    expect(scalingOf(rows, tensor([4, 2], [1, -2, 3, 0, 1, -2, 3, 1]), 2)).toBe(null);
    expect(scalingOf(tensor([], [NaN]), tensor([], [NaN]), 2)).toBe(null);
    expect(scalingOf(rows, tensor([3, 2], [1, -2, 3, 0, 1, -2]), 2)).toBe(null);
    expect(scalingOf(rows, tensor([4], [1, -2, 3, 0]), 2)).toBe(null);
  });

  it('takes zeros for unchanged', () => {
    expect(scalingOf(tensor([2], [0, 0]), tensor([4], [0, 0, 0, 0]), 2)).toBe(1);
    expect(scalingOf(tensor([2], [0, 0]), tensor([4], [0, 0, 0, 1]), 2)).toBe(null);
  });
});

describe('factors', () => {
  it('agree within a guard of 1e-7', () => {
    expect([isFactor(1 + 1e-7, 1), isFactor(1.00001, 1), isFactor(null, 1)]).toEqual([true, false, false]);
    expect([commonFactor([2, 2 + 1e-7]), commonFactor([2, 2.1]), commonFactor([])]).toEqual([2, null, null]);
  });
});

describe('fitTwoParts', () => {
  const copies = [1, 2, 3, 4];

  it('takes a loss of two parts apart', () => {
    expect(fitTwoParts(copies.map((k) => 3 + 0.5 * k))).toEqual({ kind: 'summed', fixed: 3, part: 0.5 });
    expect(fitTwoParts(copies.map((k) => 3 + 6 / k))?.kind).toBe('divided twice');
    expect(partsOf('divided twice', 9, 6)).toEqual({ kind: 'divided twice', fixed: 3, part: 6 });
  });

  it('does not take the growth of coupled rows for two parts', () => {
    expect(fitTwoParts(copies.map((k) => 2 + Math.log(k)))).toBe(null);
    expect(fitTwoParts(copies.map((k) => Math.sqrt(1 + k)))).toBe(null);
    expect(fitTwoParts([0, 0, 0, 0])).toBe(null);
  });
});

describe('isReordered', () => {
  const order = [2, 0, 1];

  it('knows rows in their new order along any axis, in blocks and interleaved', () => {
    const rows = tensor([3, 2], [1, 2, 3, 4, 5, 6]);
    expect(isReordered(rows, tensor([3, 2], [5, 6, 1, 2, 3, 4]), order)).toBe(true);
    expect(isReordered(tensor([6], [1, 2, 3, 4, 5, 6]), tensor([6], [5, 6, 1, 2, 3, 4]), order)).toBe(true);
    expect(isReordered(tensor([6], [1, 3, 5, 2, 4, 6]), tensor([6], [5, 1, 3, 6, 2, 4]), order)).toBe(true);
    expect(isReordered(tensor([2, 3], [1, 3, 5, 2, 4, 6]), tensor([2, 3], [5, 1, 3, 6, 2, 4]), order)).toBe(true);
  });

  it('takes what has not changed for it, too', () => {
    expect(isReordered(tensor([2], [1, 2]), tensor([2], [1, 2]), order)).toBe(true);
  });

  it('tells all else apart', () => {
    expect(isReordered(tensor([3], [1, 2, 3]), tensor([3], [1, 3, 2]), order)).toBe(false);
    expect(isReordered(tensor([], [1]), tensor([], [2]), order)).toBe(false);
    expect(isReordered(tensor([3], [1, 2, 3]), tensor([2], [1, 2]), order)).toBe(false);
  });
});
