import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, deriveSeed, normal, randomIndex, shuffle, xoshiro128, type XoshiroState } from '../../src/numerics/random.ts';

function take(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

describe('xoshiro128', () => {
  // Made by reference/xoshiro128.c; the second state's first four also stand in edorfaus/xoshiro-6502's test data.
  const reference: [XoshiroState, number[]][] = [
    [[1, 2, 3, 4], [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849]],
    [
      [0x964d4a0c, 0xd40ab895, 0xad7fdecb, 0x3006f0f0],
      [4047051042, 1877293062, 2780702784, 4111527536, 161372853, 2020654102, 2834668192, 2172304895],
    ],
  ];
  it.each(reference)('from %j gives the numbers of the C program', (state, expected) => {
    expect(take(expected.length, xoshiro128(state))).toEqual(expected);
  });

  it('refuses the state that repeats itself', () => {
    expect(() => xoshiro128([0, 0, 0, 0])).toThrow(RangeError);
  });
});

describe('createRandom', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(take(5, createRandom(a))).toEqual(take(5, createRandom(a)));
        if (a !== b) expect(take(5, createRandom(a))).not.toEqual(take(5, createRandom(b)));
      }),
    );
  });

  it('takes a number as its decimal text', () => {
    expect(take(3, createRandom(7))).toEqual(take(3, createRandom('7')));
  });

  it('is uniform in [0, 1), for neighbouring seeds too', () => {
    for (const draws of [take(20000, createRandom('uniform')), Array.from({ length: 20000 }, (_, i) => createRandom(i)())]) {
      expect(draws.every((value) => value >= 0 && value < 1)).toBe(true);
      const bins = Array.from({ length: 20 }, () => 0);
      for (const value of draws) {
        const bin = Math.floor(value * 20);
        bins[bin] = (bins[bin] ?? 0) + 1;
      }
      const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
      // 99.9 % point of chi-square with 19 degrees of freedom: 43.8.
      expect(chiSquare).toBeLessThan(43.8);
    }
  });
});

describe('normal', () => {
  it('has mean 0, variance 1, kurtosis 3', () => {
    const random = createRandom('normal');
    const draws = take(50000, () => normal(random));
    expect(draws.every(Number.isFinite)).toBe(true);
    expect(Math.abs(mean(draws))).toBeLessThan(0.02);
    expect(Math.abs(mean(draws.map((x) => x ** 2)) - 1)).toBeLessThan(0.03);
    expect(Math.abs(mean(draws.map((x) => x ** 4)) - 3)).toBeLessThan(0.2);
  });

  it('is finite at the ends of the uniform source', () => {
    expect(normal(() => 0)).toBe(-0);
    expect(Number.isFinite(normal(() => 1 - 2 ** -53))).toBe(true);
  });
});

describe('randomIndex and shuffle', () => {
  it('reach every index and nothing else', () => {
    const random = createRandom('index');
    expect(new Set(take(200, () => randomIndex(random, 5)))).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(() => randomIndex(random, 0)).toThrow(RangeError);
  });

  it('makes every order of three equally often', () => {
    const random = createRandom('shuffle');
    const counts = new Map<string, number>();
    for (const order of Array.from({ length: 6000 }, () => shuffle(Float64Array.of(1, 2, 3), random).join(''))) {
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });
});

describe('deriveSeed', () => {
  it('tells different lists apart', () => {
    const part = fc.oneof(fc.string(), fc.integer());
    fc.assert(
      fc.property(fc.array(part), fc.array(part), (a, b) => {
        const same = a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
        expect(deriveSeed(...a) === deriveSeed(...b)).toBe(same);
      }),
      { examples: [[['a', 'bc'], ['ab', 'c']], [['a/b'], ['a', 'b']], [[1], ['1']]] },
    );
  });
});
