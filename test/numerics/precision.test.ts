import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsLost, digitsLeft, distance, isCoarse, norm, ulp32 } from '../../src/numerics/precision.ts';

/** The next float32 away from zero, by its bits. */
function nextFloat32(x: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, Math.abs(x));
  view.setUint32(0, view.getUint32(0) + 1);
  return view.getFloat32(0);
}

describe('ulp32', () => {
  it('is the distance to the next float32', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, max: Math.fround(3e38), min: Math.fround(-3e38) }), (x) => {
        expect(ulp32(x)).toBe(nextFloat32(x) - Math.abs(x));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [1, 2 ** -23],
    [1 - 2 ** -24, 2 ** -24],
    [2, 2 ** -22],
    [0, 2 ** -149],
    [-0, 2 ** -149],
    [2 ** -149, 2 ** -149],
    [2 ** -126, 2 ** -149],
    [1e-60, 2 ** -149],
    [-Infinity, Infinity],
    [NaN, NaN],
  ])('of %d is %d', (x, expected) => {
    expect(ulp32(x)).toBe(expected);
  });
});

describe('bitsLost', () => {
  it('is 0 for correctly rounded values', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-30, max: 1e30, noNaN: true }), (x) => {
        expect(bitsLost(Math.abs(Math.fround(x) - x), x)).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('counts the bits that are wrong', () => {
    for (let bits = 0; bits <= 24; bits++) expect(bitsLost(2 ** (bits - 24), 1)).toBeCloseTo(bits, 9);
    expect(bitsLost(2 ** -10 * 1e-20, 1e-20)).toBeCloseTo(14, 9);
  });

  it.each([
    ['a value that underflows to 0', 1e-50, 1e-50, 24],
    ['a value out by a factor', 4, 1, 26],
    ['no error', 0, 1, 0],
    ['no error of nothing', 0, 0, 0],
    ['an error of nothing', 1e-8, 0, Infinity],
    ['an infinite error', Infinity, 1, Infinity],
  ])('of %s', (_, error, size, expected) => {
    expect(bitsLost(error, size)).toBe(expected);
  });
});

describe('digitsLeft', () => {
  it.each([
    [0, 7.22],
    [12, 3.61],
    [24, 0],
    [30, 0],
    [Infinity, 0],
  ])('after %d lost bits', (bits, expected) => {
    expect(digitsLeft(bits)).toBeCloseTo(expected, 2);
  });
});

describe('norm and distance', () => {
  it('are Euclidean', () => {
    expect(norm([3, -4])).toBe(5);
    expect(norm([])).toBe(0);
    expect(distance([1, 2, 3], [1, 5, -1])).toBe(5);
  });
});

describe('isCoarse', () => {
  it.each([
    ['an hour of seconds since 1970', 1.7e9, 1.7e9 + 3600, true],
    ['the same far below zero', -1.7e9 - 3600, -1.7e9, true],
    ['a year of seconds since 1970', 1.7e9, 1.73e9, false],
    ['percent', 0, 100, false],
    ['a small range around zero', -1e-20, 1e-20, false],
    ['one number', 1.7e9, 1.7e9, false],
  ])('of %s', (_, low, high, expected) => {
    expect(isCoarse(low, high, 10)).toBe(expected);
  });

  it('counts the numbers of an interval', () => {
    expect(isCoarse(2, 4, 23)).toBe(true);
    expect(isCoarse(2, 4, 22)).toBe(false);
  });
});
