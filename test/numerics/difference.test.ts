import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepWithin, differenceSteps, differentiate, oneSidedDerivative, type Difference, type DifferenceEstimate } from '../../src/numerics/difference.ts';
import { createRandom, normal } from '../../src/numerics/random.ts';
import { logUniform, pointsOf, SMOOTH, TYPICAL_LOSSES } from './functions.ts';

/** Rounding of the exact derivative itself, which is a computed number too. */
const REFERENCE_ROUNDING = 4 * Number.EPSILON;

const POINTS = 500;

function estimateOf(difference: Difference): DifferenceEstimate {
  if (difference.kind === 'undefined') throw new Error(`no estimate: ${difference.reason}`);
  return difference;
}

function expectBoundHolds(found: DifferenceEstimate, exact: number): void {
  expect(Math.abs(found.value - exact)).toBeLessThanOrEqual(found.errorBound + REFERENCE_ROUNDING * Math.abs(exact));
}

describe('differentiate', () => {
  it.each(SMOOTH)('bounds its error on $name', (smooth) => {
    for (const x of pointsOf(smooth, POINTS)) {
      expectBoundHolds(estimateOf(differentiate(smooth.f, x)), smooth.derivative(x));
    }
  });

  it.each(SMOOTH)('has a useful bound on $name', (smooth) => {
    const shares = pointsOf(smooth, POINTS).map((x) => {
      const { value, errorBound } = estimateOf(differentiate(smooth.f, x));
      return errorBound / Math.max(Math.abs(value), 1e-300);
    });
    const sorted = shares.filter((share) => share < 1e290).toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(smooth.usefulBound ?? 1e-9);
  });

  it('bounds its error on random polynomials at random scales', () => {
    // Below 1e-100 the polynomial underflows long before its derivative does.
    const coefficient = fc.double({ min: -10, max: 10, noNaN: true }).map((c) => (Math.abs(c) < 1e-100 ? 0 : c));
    const exponent = fc.integer({ min: -6, max: 6 });
    fc.assert(
      fc.property(fc.tuple(coefficient, coefficient, coefficient, coefficient), coefficient, exponent, ([a, b, c, d], t, e) => {
        const scale = 10 ** e;
        const x = t * scale;
        const f = (y: number): number => ((a * (y / scale) + b) * (y / scale) + c) * (y / scale) + d;
        const exact = ((3 * a * t + 2 * b) * t + c) / scale;
        const found = estimateOf(differentiate(f, x));
        // Cancellation among the terms rounds like the largest of them.
        const terms = Math.abs(a * t ** 3) + Math.abs(b * t * t) + Math.abs(c * t) + Math.abs(d);
        const rounding = (8 * Number.EPSILON * terms) / found.step + (REFERENCE_ROUNDING * terms) / Math.max(Math.abs(x), scale);
        expect(Math.abs(found.value - exact)).toBeLessThanOrEqual(found.errorBound + rounding);
      }),
      { numRuns: 2000 },
    );
  });

  it('is right to 1e-9 on smooth functions of order 1', () => {
    for (const f of [Math.exp, Math.sin, Math.atan, (x: number) => 1 / (2 + x)]) {
      for (const x of [-1.3, -0.4, 0, 0.1, 0.7, 1.2]) {
        const found = estimateOf(differentiate(f, x));
        const exact = { [Math.exp.name]: Math.exp(x), [Math.sin.name]: Math.cos(x), [Math.atan.name]: 1 / (1 + x * x) }[f.name];
        expect(Math.abs(found.value / (exact ?? -1 / (2 + x) ** 2) - 1)).toBeLessThan(1e-9);
      }
    }
  });

  it.each([
    ['a quadratic', (x: number) => 3 * x * x - x + 2, 4],
    ['a line', (x: number) => 3 * x + 1, 4],
    ['a constant', () => 2.5, 4],
    ['zero', () => 0, 4],
    ['a quartic', (x: number) => x ** 4, 6],
  ])('spends few evaluations on %s', (_, f, most) => {
    expect(differentiate(f, 0.7).evaluations).toBeLessThanOrEqual(most);
  });

  it('spends about ten evaluations on typical losses', () => {
    for (const loss of TYPICAL_LOSSES) {
      const spent = pointsOf(loss, POINTS).map((x) => differentiate(loss.f, x).evaluations);
      expect(spent.reduce((a, b) => a + b, 0) / POINTS).toBeLessThan(10);
    }
  });

  it('counts its evaluations', () => {
    for (const smooth of SMOOTH) {
      for (const x of pointsOf(smooth, 20)) {
        let calls = 0;
        const found = differentiate((y) => {
          calls++;
          return smooth.f(y);
        }, x);
        expect(found.evaluations).toBe(calls);
      }
    }
  });

  it('steps by powers of two, so that every step is exact', () => {
    for (const x of [0.75, 3, -12.5, 1e6, 1e6 + 0.25, -(2 ** 40)]) {
      const steps = estimateOf(differentiate(Math.sin, x)).rungs.map((rung) => rung.step);
      for (const step of steps) {
        expect(Number.isInteger(Math.log2(step))).toBe(true);
        expect(x + step - x).toBe(step);
      }
    }
  });

  it('divides by the distance really taken where x has bits below the step', () => {
    // The line is exact in doubles, so what is left is the error of the step.
    const x = 0.1 + 2 ** -56;
    const found = estimateOf(differentiate((y) => y, x, { initialStep: 2 ** -30 }));
    expect(Math.abs(found.value - 1)).toBeLessThan(1e-15);
  });

  it('is the same whatever way it is driven', () => {
    const steps = differenceSteps(0.4);
    let next = steps.next();
    while (next.done !== true) next = steps.next(Math.exp(next.value));
    expect(next.value).toEqual(differentiate(Math.exp, 0.4));
  });

  it('never leaves the interval, and its bound holds near and on its ends', () => {
    const random = createRandom('interval');
    const f = (x: number): number => Math.exp(x) * Math.sqrt(1.5 + x);
    const exact = (x: number): number => f(x) * (1 + 0.5 / (1.5 + x));
    for (let i = 0; i < 1000; i++) {
      const lower = normal(random) * 0.3 - 0.5;
      const upper = lower + logUniform(random, 1e-3, 10);
      const x = [lower, upper, Math.min(upper, lower + logUniform(random, 1e-17, 1)), (lower + upper) / 2][i % 4] ?? lower;
      const f2 = (y: number): number => {
        expect(y).toBeGreaterThanOrEqual(lower);
        expect(y).toBeLessThanOrEqual(upper);
        return f(y);
      };
      if (!(lower > -1.5)) continue;
      expectBoundHolds(estimateOf(differentiate(f2, x, { lower, upper })), exact(x));
    }
  });

  it('uses one side on a bound and says which', () => {
    const left = estimateOf(differentiate(Math.exp, 1, { lower: 0, upper: 1 }));
    const right = estimateOf(differentiate(Math.exp, 0, { lower: 0, upper: 1 }));
    expect([left.oneSided, right.oneSided]).toEqual(['left', 'right']);
    expect(Math.abs(left.value / Math.E - 1)).toBeLessThan(1e-9);
    expect(Math.abs(right.value - 1)).toBeLessThan(1e-9);
  });

  it('stays central next to a bound where the function changes fast', () => {
    for (const x of [1e-3, 1e-6, 1e-10, 1e-14]) {
      const found = estimateOf(differentiate(Math.log, x, { lower: Number.MIN_VALUE }));
      expect(found.oneSided).toBeNull();
      expect(Math.abs(found.value * x - 1)).toBeLessThan(1e-9);
    }
  });

  it('finds the side that is finite', () => {
    const found = estimateOf(differentiate(Math.sqrt, 0.01));
    expect(Math.abs(found.value - 5)).toBeLessThan(1e-8);
    expect(Math.max(...found.rungs.map((rung) => rung.step))).toBeLessThanOrEqual(0.01);
    expect(estimateOf(differentiate(Math.exp, 700)).value / Math.exp(700)).toBeCloseTo(1, 9);
  });

  it.each([
    ['NaN everywhere', () => NaN, 0.3, {}, 'nonfinite'],
    ['infinite everywhere', () => Infinity, 0.3, {}, 'nonfinite'],
    ['sqrt at 0', Math.sqrt, 0, {}, 'nonfinite'],
    ['log on its bound', Math.log, 0, { lower: 0 }, 'nonfinite'],
    ['a NaN point', Math.exp, NaN, {}, 'nonfinite'],
    ['an infinite point', Math.exp, Infinity, {}, 'nonfinite'],
    ['a point outside', Math.exp, 2, { lower: 0, upper: 1 }, 'empty-interval'],
    ['an interval of one point', Math.exp, 1, { lower: 1, upper: 1 }, 'empty-interval'],
  ] as const)('has no derivative for %s', (_, f, x, options, reason) => {
    expect(differentiate(f, x, options)).toMatchObject({ kind: 'undefined', reason });
  });

  it('calls a function flat only where all values around are the same', () => {
    expect(estimateOf(differentiate(() => 3, 0.2)).flat).toBe(true);
    expect(estimateOf(differentiate((x) => Math.max(0, x) + 3, -0.01)).flat).toBe(true);
    expect(estimateOf(differentiate((x) => 1 + 1e-17 * x, 0.2)).flat).toBe(true);
    expect(estimateOf(differentiate((x) => x * x, 0)).flat).toBe(false);
    expect(estimateOf(differentiate((x) => 1 + 1e-12 * x, 0.2)).flat).toBe(false);
  });

  it('keeps a bound above 0 for a flat function that is not 0', () => {
    const found = estimateOf(differentiate(() => 3, 0.2));
    expect(found.value).toBe(0);
    expect(found.errorBound).toBeGreaterThan((3 * Number.EPSILON) / found.step);
  });

  it('does not stop on quotients that are 0 by chance', () => {
    const [h0, h1] = [1 / 16, 1 / 32];
    const oneRung = (x: number): number => x * (x * x - h0 * h0) * 1e3;
    const twoRungs = (x: number): number => x * (x * x - h0 * h0) * (x * x - h1 * h1) * 1e6 + x * x;
    expectBoundHolds(estimateOf(differentiate(oneRung, 0)), -1e3 * h0 * h0);
    expectBoundHolds(estimateOf(differentiate(twoRungs, 0)), 1e6 * h0 * h0 * h1 * h1);
  });

  it('sees through a kink on either side of x', () => {
    for (const distance of [0.06, 0.05, 0.01, 1e-3, 1e-5, 1e-7]) {
      for (const side of [-1, 1]) {
        const x = 0.3 + side * distance;
        const found = estimateOf(differentiate((y) => Math.abs(y - 0.3) + y * y, x));
        expectBoundHolds(found, side + 2 * x);
        expect(found.errorBound).toBeLessThan(1e-4);
      }
    }
  });

  it('gives noisy functions a bound that fails no right gradient', () => {
    const noise = (x: number): number => createRandom(x)() - 0.5;
    for (const amplitude of [1e-11, 1e-9, 1e-7]) {
      for (const x of [-1.1, -0.3, 0.2, 0.6, 1.3]) {
        const found = estimateOf(differentiate((y) => Math.sin(y) + amplitude * noise(y), x));
        const excess = Math.abs(found.value - Math.cos(x)) - 4 * found.errorBound;
        expect(excess).toBeLessThan(1e-5 * Math.cos(x));
      }
    }
  });

  it('takes the rounding of known intermediate values into the bound', () => {
    // Cross-entropy of a saturated logit: of order 1e-13, computed from numbers of order 30.
    const f = (x: number): number => Math.log(Math.exp(x) + 2.3) - x;
    for (const x of [20, 25, 30, 33, 36]) {
      const exact = -2.3 / (Math.exp(x) + 2.3);
      expectBoundHolds(estimateOf(differentiate(f, x, { magnitude: x })), exact);
    }
  });
});

describe('oneSidedDerivative', () => {
  it('bounds its error on smooth functions', () => {
    for (const smooth of SMOOTH.filter(({ name }) => !/far out|fast|period/.test(name))) {
      for (const x of pointsOf(smooth, 60)) {
        for (const direction of [-1, 1] as const) {
          const found = oneSidedDerivative(smooth.f, x, direction);
          if (found.kind === 'estimate') expectBoundHolds(found, smooth.derivative(x));
        }
      }
    }
  });

  it('gives the two slopes of a kink', () => {
    const f = (x: number): number => Math.abs(x - 2) + Math.sin(x);
    const left = estimateOf(oneSidedDerivative(f, 2, -1));
    const right = estimateOf(oneSidedDerivative(f, 2, 1));
    expectBoundHolds(left, Math.cos(2) - 1);
    expectBoundHolds(right, Math.cos(2) + 1);
    expect(Math.max(left.errorBound, right.errorBound)).toBeLessThan(1e-9);
  });

  it('never looks at the other side', () => {
    for (const direction of [-1, 1] as const) {
      oneSidedDerivative((x) => {
        expect(direction * (x - 0.4)).toBeGreaterThanOrEqual(0);
        return Math.exp(x);
      }, 0.4, direction);
    }
  });

  it('has none where that side has no room', () => {
    expect(oneSidedDerivative(Math.exp, 0, -1, { lower: 0 })).toMatchObject({ kind: 'undefined', reason: 'empty-interval' });
  });
});

describe('a step within a domain', () => {
  const bounds = { lower: 0, upper: 1 };

  it.each([
    [0.5, 0.0625, 0.5625],
    [0.95, 0.0625, 0.98125],
    [0.02, -0.0625, 0.004375],
    [1, 0.0625, 1],
    [2, 0.0625, 2],
  ])('from %f by %f leads to %f', (x, step, expected) => {
    expect(stepWithin(x, step, bounds)).toBeCloseTo(expected, 12);
  });
});
