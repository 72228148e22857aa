import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsLost, ulp32 } from '../../src/numerics/precision.ts';

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
        expect(bitsLost(Math.fround(x), x)).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('counts the bits that are wrong', () => {
    for (let bits = 0; bits <= 24; bits++) expect(bitsLost(1 + 2 ** (bits - 24), 1)).toBeCloseTo(bits, 9);
    expect(bitsLost(-(1 + 2 ** -10), -1)).toBeCloseTo(14, 9);
  });

  it('says 24 when a value underflows to 0 and more when it is out by a factor', () => {
    expect(bitsLost(0, 1e-50)).toBe(24);
    expect(bitsLost(5, 1)).toBe(26);
    expect(bitsLost(0, 5e-324)).toBe(24);
  });

  it.each([
    [0, 0, 0],
    [0, -0, 0],
    [NaN, NaN, 0],
    [Infinity, Infinity, 0],
    [Infinity, -Infinity, Infinity],
    [Infinity, 1e39, Infinity],
    [NaN, 1, Infinity],
    [1, NaN, Infinity],
    [NaN, Infinity, Infinity],
    [1e-8, 0, Infinity],
  ])('of %d against %d is %d', (value32, value64, expected) => {
    expect(bitsLost(value32, value64)).toBe(expected);
  });
});
