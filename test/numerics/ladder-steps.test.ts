import { describe, expect, it } from 'vitest';
import { answer, differentiate, ladderSteps } from '../../src/numerics/difference.ts';
import { relativeError } from '../../src/numerics/verdict.ts';
import { lineThrough } from '../../src/numerics/line.ts';

function errorsOf(f: (x: number) => number, exact: number, x: number): { readonly steps: number[]; readonly errors: number[] } {
  const rungs = answer(f, ladderSteps(x));
  return { steps: rungs.map(({ step }) => step), errors: rungs.map(({ value }) => relativeError(exact, value)) };
}

describe('ladderSteps', () => {
  it('goes on where the ladder ends: the error falls and rises again', () => {
    const { steps, errors } = errorsOf(Math.exp, Math.exp(0.3), 0.3);
    const least = errors.indexOf(Math.min(...errors));
    expect(steps).toEqual(steps.map((_, rung) => (steps[0] ?? NaN) / 2 ** rung));
    expect(least).toBeGreaterThan(0);
    expect(least).toBeLessThan(errors.length - 1);
    expect(errors[least]).toBeLessThan(1e-11);
    expect(errors[0]).toBeGreaterThan(1e-6);
    expect(errors.at(-1)).toBeGreaterThan(1e-8);
  });

  it('holds the step and the value that the derivative rests on', () => {
    const found = differentiate(Math.exp, 0.3);
    if (found.kind === 'undefined') throw new Error(found.reason);
    const rungs = answer(Math.exp, ladderSteps(0.3));
    expect(rungs.find(({ step }) => step === found.step)?.value).toBe(found.value);
  });

  it('has nothing to gain on a parabola: exact at first, and only rounding after', () => {
    const { errors } = errorsOf((x) => x * x, 0.6, 0.3);
    expect(Math.max(...errors.slice(0, 3))).toBeLessThan(1e-14);
    expect(errors.at(-1)).toBeGreaterThan(1e-9);
  });

  it('stays inside the interval, and goes to one side from its edge', () => {
    const seen: number[] = [];
    const observed = (x: number): number => {
      seen.push(x);
      return Math.exp(x);
    };
    const rungs = answer(observed, ladderSteps(0, { lower: 0, upper: 1 }));
    expect(Math.min(...seen)).toBe(0);
    expect(Math.min(...rungs.map(({ value }) => relativeError(1, value)))).toBeLessThan(1e-9);
  });

  it.each([
    ['a value that is not finite', (): number => NaN, 0.5],
    ['an x that is not finite', Math.exp, NaN],
  ])('has no rung for %s', (_, f, x) => {
    expect(answer(f, ladderSteps(x, { lower: 0, upper: 1 }))).toEqual([]);
  });
});

describe('lineThrough', () => {
  it('holds x itself, ascends, and reaches past the kinks of a residual of size 1', () => {
    const points = lineThrough(0.3, { lower: -Infinity, upper: Infinity }, 41);
    expect(points).toHaveLength(41);
    expect(points).toContain(0.3);
    expect([...points]).toEqual([...points].toSorted((a, b) => a - b));
    expect(points[0]).toBeLessThan(-1.6);
    expect(points.at(-1)).toBeGreaterThan(2.2);
  });

  it('stays off the ends of a domain, unless x stands there', () => {
    const points = lineThrough(0.25, { lower: 0, upper: 1 }, 41);
    expect(points[0]).toBeCloseTo(1 / 82, 12);
    expect(points.at(-1)).toBeCloseTo(81 / 82, 12);
    expect(lineThrough(1, { lower: 0, upper: 1 }, 5).at(-1)).toBe(1);
    expect(lineThrough(0, { lower: 0, upper: 1 }, 5)[0]).toBe(0);
  });
});
