import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyPoint, isValidSubgradient, resolveNearKink, type PointKind } from '../../src/numerics/kinks.ts';
import { pointsOf, SMOOTH } from './functions.ts';

function power(exponent: number): (x: number) => number {
  return (x) => Math.abs(x) ** exponent;
}

const zeroAtZero =
  (f: (x: number) => number) =>
  (x: number): number =>
    x === 0 ? 0 : f(x);

describe('classifyPoint', () => {
  const table: [name: string, f: (x: number) => number, x: number, kind: PointKind][] = [
    ['|x|', Math.abs, 0, 'kink'],
    ['max(0, x)', (x) => Math.max(0, x), 0, 'kink'],
    ['max(0, x) beside 3', (x) => Math.max(0, x) + 3, 0, 'kink'],
    ['a leaky relu', (x) => (x > 0 ? x : 0.01 * x), 0, 'kink'],
    ['a kink on a slope and a curve', (x) => Math.abs(x - 0.5) + 3 * x * x + Math.sin(x), 0.5, 'kink'],
    ['a kink beside 1e6', (x) => 1e6 + Math.abs(x), 0, 'kink'],
    ['a small kink beside 1e6', (x) => 1e6 + 1e-3 * Math.abs(x), 0, 'kink'],
    ['a kink of 1e-6', (x) => 1e-6 * Math.abs(x), 0, 'kink'],
    ['a kink at 1e6', (x) => Math.abs(x - 1e6), 1e6, 'kink'],
    ['sqrt|x|', power(0.5), 0, 'kink'],
    ['huber at delta', (x) => (Math.abs(x) < 1 ? 0.5 * x * x : Math.abs(x) - 0.5), 1, 'smooth'],
    ['|x|^1.5', power(1.5), 0, 'smooth'],
    ['x^2', (x) => x * x, 0, 'smooth'],
    ['x^4', (x) => x ** 4, 0, 'smooth'],
    ['a line', (x) => 3 * x + 1, 0.2, 'smooth'],
    ['a constant', () => 2.5, 0.3, 'smooth'],
    ['zero', () => 0, 0.3, 'smooth'],
    ['tanh beside 1e6', (x) => Math.tanh(x) + 1e6, 0.2, 'smooth'],
    ['log near 0', Math.log, 1e-6, 'smooth'],
    ['floor', Math.floor, 2, 'jump'],
    ['round', Math.round, 0.5, 'jump'],
    ['sign, which J does not see', Math.sign, 0, 'jump'],
    ['a jump on the right', (x) => (x > 0 ? 1 : 0), 0, 'jump'],
    ['one point out of line', (x) => (x === 0 ? 1 : 0), 0, 'jump'],
    ['sqrt at 0', Math.sqrt, 0, 'domain-edge'],
    ['x log x at 0', (x) => x * Math.log(x), 0, 'domain-edge'],
    ['x log|x|, 0 at 0', zeroAtZero((x) => x * Math.log(Math.abs(x))), 0, 'undecided'],
    ['x log|x|, NaN at 0', (x) => x * Math.log(Math.abs(x)), 0, 'undecided'],
    ['a vertical tangent', Math.cbrt, 0, 'undecided'],
    ['|x|^(1/3)', power(1 / 3), 0, 'undecided'],
    ['|x|^1.1', power(1.1), 0, 'undecided'],
    ['a pole', (x) => 1 / x, 0, 'undecided'],
    ['NaN', () => NaN, 0, 'undecided'],
  ];

  it.each(table)('%s', (_, f, x, kind) => {
    expect(classifyPoint(f, x).kind).toBe(kind);
  });

  it.each([
    ['|x| at 0', Math.abs, 0, 1],
    ['floor at 2', Math.floor, 2, 4],
    ['x^2', (x: number) => x * x, 0.7, 0.25],
    ['|x|^1.5', power(1.5), 0, 0.5],
    ['sqrt|x|', power(0.5), 0, 2],
    ['a constant', () => 2.5, 0, 0],
  ])('the ratio of %s', (_, f, x, ratio) => {
    expect(classifyPoint(f, x).ratio).toBeCloseTo(ratio, 3);
  });

  it('finds random kinks at every scale, with both slopes', () => {
    const slope = fc.double({ min: -5, max: 5, noNaN: true });
    const exponent = fc.integer({ min: -6, max: 6 });
    fc.assert(
      fc.property(slope, slope, slope, fc.double({ min: -3, max: 3, noNaN: true }), exponent, (left, right, offset, c, e) => {
        fc.pre(Math.abs(left - right) > 0.01);
        const scale = 10 ** e;
        const f = (x: number): number => scale * ((x < c ? left : right) * (x - c) + 0.3 * (x - c) ** 2 + offset);
        const found = classifyPoint(f, c);
        expect(found.kind).toBe('kink');
        expect(Math.abs((found.left?.value ?? NaN) - scale * left)).toBeLessThanOrEqual((found.left?.errorBound ?? 0) + 1e-8 * scale);
        expect(Math.abs((found.right?.value ?? NaN) - scale * right)).toBeLessThanOrEqual((found.right?.errorBound ?? 0) + 1e-8 * scale);
      }),
      { numRuns: 300 },
    );
  });

  it('never calls a smooth point a kink or a jump', () => {
    for (const smooth of SMOOTH) {
      for (const x of pointsOf(smooth, 60)) {
        expect([smooth.name, x, classifyPoint(smooth.f, x).kind]).toEqual([
          smooth.name,
          x,
          expect.stringMatching(/^(smooth|kink-within-step)$/),
        ]);
      }
    }
  });

  it.each([0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8])('sees a kink %d beside x as a kink within the step', (distance) => {
    expect(classifyPoint((x) => Math.max(0, x) + x * x + 2, distance).kind).toBe('kink-within-step');
    expect(classifyPoint((x) => Math.max(0, x) + x * x + 2, -distance).kind).toBe('kink-within-step');
  });

  it('sees a kink that only the largest step met', () => {
    expect(classifyPoint((x) => Math.abs(x) + 3, 0.03).kind).toBe('kink-within-step');
  });

  it('gives the height of a jump with its sign', () => {
    expect(classifyPoint(Math.floor, 2).jump).toBeCloseTo(1, 6);
    expect(classifyPoint((x) => -3 * Math.sign(x) + x, 0).jump).toBeCloseTo(-6, 6);
    expect(classifyPoint((x) => (x === 0 ? 5 : 7), 0).jump).toBe(2 * Math.sign(classifyPoint((x) => (x === 0 ? 5 : 7), 0).jump ?? NaN));
    expect(classifyPoint(Math.abs, 0).jump).toBeNull();
  });

  it('gives slopes only where they exist', () => {
    expect(classifyPoint(Math.floor, 2)).toMatchObject({ left: null, right: { value: 0 } });
    expect(classifyPoint(power(0.5), 0)).toMatchObject({ left: null, right: null });
    expect(classifyPoint(Math.sqrt, 0)).toMatchObject({ left: null, right: null });
    const edge = classifyPoint((x) => x ** 1.5 + 2 * Math.max(x, 0), 0);
    expect(edge).toMatchObject({ kind: 'domain-edge', left: null });
    expect(edge.right?.value).toBeCloseTo(2, 2);
  });

  it('stays within the bounds and takes a point on one as an edge', () => {
    const bounds = { lower: 0, upper: 1 };
    for (const x of [0, 1e-9, 0.01, 0.5, 0.9999, 1]) {
      const found = classifyPoint(
        (y) => {
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(1);
          return y * y;
        },
        x,
        bounds,
      );
      expect(found.kind).toBe(x === 0 || x === 1 ? 'domain-edge' : 'smooth');
    }
  });

});

describe('resolveNearKink', () => {
  it('bounds its error on both sides of a kink, however near', () => {
    const c = 0.25;
    const f = (x: number): number => Math.abs(x - c) + Math.exp(x);
    for (const distance of [0.05, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7]) {
      for (const side of [-1, 1]) {
        const x = c + side * distance;
        const found = resolveNearKink(f, x);
        expect(Math.abs((found?.value ?? NaN) - (side + Math.exp(x)))).toBeLessThanOrEqual(found?.errorBound ?? -1);
        expect(4 * (found?.errorBound ?? NaN)).toBeLessThan(1e-3);
      }
    }
  });

  it('does the same beside a jump', () => {
    const found = resolveNearKink((x) => Math.floor(x) + 2 * x, 2.001);
    expect(Math.abs((found?.value ?? NaN) - 2)).toBeLessThanOrEqual(found?.errorBound ?? -1);
  });

  it.each([
    ['a kink', Math.abs, 0],
    ['a jump', Math.floor, 2],
    ['an edge', Math.sqrt, 0],
    ['a vertical tangent', Math.cbrt, 0],
  ])('gives nothing at %s', (_, f, x) => {
    expect(resolveNearKink(f, x)).toBeUndefined();
  });

  it('is the plain derivative at a smooth point', () => {
    expect(resolveNearKink(Math.exp, 0.5)?.value).toBeCloseTo(Math.exp(0.5), 9);
  });
});

describe('isValidSubgradient', () => {
  it.each([
    [0, 0, 1, true],
    [0.5, 0, 1, true],
    [1, 1, 0, true],
    [-0.1, 0, 1, false],
    [2, 0, 1, false],
    [1.0005, 0, 1, true],
    [NaN, 0, 1, false],
    [0.5, NaN, 1, false],
    [Infinity, 0, 1, false],
  ])('%d between %d and %d: %s', (analytic, left, right, expected) => {
    expect(isValidSubgradient(analytic, left, right, 1e-3)).toBe(expected);
  });
});
