import { describe, expect, it } from 'vitest';
import { firstDifference } from '../../src/numerics/bits.ts';

describe('firstDifference', () => {
  it.each([
    ['equal numbers', [1, 2], [1, 2], -1],
    ['one unit in the last place', [1, 1], [1, 1 + 2 ** -52], 1],
    ['NaN and NaN', [NaN], [NaN], -1],
    ['0 and -0', [0], [-0], 0],
    ['a longer array', [1], [1, 2], 1],
    ['a shorter array', [1, 2], [1], 1],
    ['nothing', [], [], -1],
  ])('of %s', (_, a, b, expected) => {
    expect(firstDifference(a, b)).toBe(expected);
  });
});
