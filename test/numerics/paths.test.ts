import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DomainName } from '../../src/contracts/domain.ts';
import { domainBounds, sampleDomain } from '../../src/numerics/domains.ts';
import { backInto, between, inside } from '../../src/numerics/paths.ts';
import { createRandom } from '../../src/numerics/random.ts';

const SHAPE = [5, 4];

function ends(domain: DomainName, seed: number): readonly [Float64Array, Float64Array] {
  const random = createRandom(seed);
  return [sampleDomain(domain, SHAPE, null, random), sampleDomain(domain, SHAPE, null, random)];
}

function rowsOf(values: Float64Array): Float64Array[] {
  return [0, 1, 2, 3, 4].map((row) => values.slice(4 * row, 4 * row + 4));
}

const sum = (row: Float64Array): number => row.reduce((a, b) => a + b, 0);

describe('between', () => {
  it.each(['real', 'probability', 'positive', 'distribution', 'unit-vector', 'boxes'] as const)('has both ends on the way through %s', (domain) => {
    const [from, to] = ends(domain, 1);
    for (const [share, end] of [[0, from], [1, to]] as const) {
      between(domain, SHAPE, from, to, share).forEach((value, index) => expect(value).toBeCloseTo(end[index] ?? NaN, 12));
    }
  });

  it.each(['probability', 'positive', 'nonnegative'] as const)('stays inside %s however far it goes', (domain) => {
    const { lower, upper } = domainBounds(domain);
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: -4, max: 4, noNaN: true }), (seed, share) => {
        const way = between(domain, SHAPE, ...ends(domain, seed), share);
        expect(way.every((value) => value >= lower && value <= upper)).toBe(true);
      }),
    );
  });

  it('keeps rows of a distribution at a sum of 1, unit vectors at length 1, and boxes from turning inside out', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: -4, max: 4, noNaN: true }), (seed, share) => {
        for (const row of rowsOf(between('distribution', SHAPE, ...ends('distribution', seed), share))) {
          expect(sum(row)).toBeCloseTo(1, 12);
          expect(row.every((value) => value > 0)).toBe(true);
        }
        for (const row of rowsOf(between('unit-vector', SHAPE, ...ends('unit-vector', seed), share))) {
          expect(sum(row.map((value) => value * value))).toBeCloseTo(1, 12);
        }
        for (const [x1 = NaN, y1 = NaN, x2 = NaN, y2 = NaN] of rowsOf(between('boxes', SHAPE, ...ends('boxes', seed), share))) {
          expect(x2 > x1 && y2 > y1).toBe(true);
        }
      }),
    );
  });

  it('goes by the logarithm for positive numbers', () => {
    expect([...between('positive', [2], [1, 2], [4, 8], 0.5)]).toEqual([2, 4]);
  });
});

describe('inside and backInto', () => {
  it('move coordinates to the nearest ones that are allowed', () => {
    expect([...inside({ min: -1, max: 2 }, Float64Array.of(-3, 0, 5))]).toEqual([-1, 0, 2]);
    expect([...inside('real', Float64Array.of(-3, 1e300))]).toEqual([-3, 1e300]);
  });

  it('bring rows back to their sum or their length', () => {
    expect([...backInto('distribution', [2, 2], Float64Array.of(0.5, 1.5, -1, 0))]).toEqual([1 / 3, 2 / 3, 0.5, 0.5]);
    expect([...backInto('unit-vector', [2, 2], Float64Array.of(3, 4, 0, 0))]).toEqual([0.6, 0.8, 0, 0]);
  });
});
