import { describe, expect, it } from 'vitest';
import { broadcastShape, enlargesAll, isCrosswise, isSameUpToScale } from '../../src/numerics/broadcast.ts';

describe('broadcastShape', () => {
  it.each([
    [[8], [8, 1], [8, 8]],
    [[8, 4], [4], [8, 4]],
    [[], [3, 2], [3, 2]],
    [[2, 1, 3], [5, 1], [2, 5, 3]],
    [[8], [4], null],
    [[8, 4], [8], null],
  ])('of %j and %j is %j', (a, b, expected) => {
    expect(broadcastShape(a, b)).toEqual(expected);
  });
});

describe('enlargesAll', () => {
  it('asks for a result that is larger than every side', () => {
    expect(enlargesAll([[8, 1], [8]], [8, 8])).toBe(true);
    expect(enlargesAll([[8, 8], [8]], [8, 8])).toBe(false);
  });
});

describe('isCrosswise', () => {
  it.each([
    [[8], [8, 1]],
    [[8, 1], [8, 1, 1]],
    [[8, 4], [8, 1, 4]],
    [[8, 4], [8, 1, 1]],
    [[4], [8, 4, 1]],
  ])('%j against %j', (a, b) => {
    expect([isCrosswise(a, b), isCrosswise(b, a)]).toEqual([true, true]);
  });

  it.each([
    [[8, 1], [1, 8]],
    [[8, 1], [5]],
    [[8, 4], [4]],
    [[1], [1, 1]],
    [[6, 1, 3], [8, 3]],
    [[], [8, 1]],
  ])('not %j against %j', (a, b) => {
    expect([isCrosswise(a, b), isCrosswise(b, a)]).toEqual([false, false]);
  });
});

describe('isSameUpToScale', () => {
  const values = [0.3, -1.2, 4, 2.5];

  it('knows a quantity that was scaled and shifted', () => {
    expect(isSameUpToScale(values, values)).toBe(true);
    expect(isSameUpToScale(values, values.map((value) => 1 - 7 * value))).toBe(true);
  });

  it('tells others apart', () => {
    expect(isSameUpToScale(values, values.map((value) => value ** 2))).toBe(false);
    expect(isSameUpToScale(values, values.map(() => 1))).toBe(false);
    expect(isSameUpToScale(values, values.slice(1))).toBe(false);
    expect(isSameUpToScale([], [])).toBe(false);
  });

  it('takes two numbers for the same only when they are', () => {
    expect(isSameUpToScale([1, 2], [1, 2])).toBe(true);
    expect(isSameUpToScale([1, 2], [3, 5])).toBe(false);
  });
});
