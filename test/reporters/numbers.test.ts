import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber, readNumber, shortestDigits } from '../../src/reporters/numbers.ts';

describe('formatNumber', () => {
  it.each([
    [0.25, '0.25'],
    [1 / 3, '0.333333'],
    [0, '0'],
    [-0, '-0'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
    [1e10, '1e10'],
    [1e-10, '1e-10'],
    [0.00001, '1e-5'],
    [123456, '123456'],
    [1000, '1000'],
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('does not round the float32 below 1 to 1', () => {
    expect(formatNumber(Math.fround(1 - 6e-8))).toBe('0.99999994');
    expect(formatNumber(1e10 + 1024)).toBe('10000001000');
  });
});

describe('shortestDigits', () => {
  it('reads back as the same float32', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        expect(Math.fround(Number(shortestDigits(value, 32)))).toBe(value);
      }),
    );
  });

  it('reads back as the same float64', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(Number(shortestDigits(value, 64))).toBe(value);
      }),
    );
  });

  it('shows 0.1 of float32 as 0.1', () => {
    expect(shortestDigits(Math.fround(0.1), 32)).toBe('0.1');
  });
});

describe('readNumber', () => {
  it('reads non-finite numbers as reports write them', () => {
    expect(['NaN', 'Infinity', '-Infinity', 1.5].map(readNumber)).toEqual([NaN, Infinity, -Infinity, 1.5]);
    expect(['1', null, true, []].map(readNumber)).toEqual([null, null, null, null]);
  });
});
