import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeCoordinate, judgeInput, relativeError, smallestDetectable, type Coordinate } from '../../src/numerics/verdict.ts';

function coordinate(change: Partial<Coordinate> = {}): Coordinate {
  return { analytic: 1, numeric: 1, errorBound: 1e-12, rtol: 1e-5, flat: false, ...change };
}

describe('judgeCoordinate', () => {
  it.each([
    ['equal values', {}, 'pass'],
    ['0.1 % wrong', { analytic: 1.001 }, 'fail'],
    ['0.1 % wrong at 1e-9', { analytic: 1.001e-9, numeric: 1e-9, errorBound: 1e-20 }, 'fail'],
    ['wrong sign', { analytic: -1 }, 'fail'],
    ['zero against a slope', { analytic: 0 }, 'fail'],
    ['a slope against zero', { numeric: 0, flat: true }, 'fail'],
    ['just inside rtol', { analytic: 1 + 0.9e-5 }, 'pass'],
    ['just outside rtol', { analytic: 1 + 1.2e-5 }, 'fail'],
    ['an error within 4 bounds', { analytic: 1.0003, errorBound: 1e-4 }, 'pass'],
    ['a bound too wide to say', { analytic: 1.001, errorBound: 1e-3 }, 'inconclusive'],
    ['equal values with a wide bound', { errorBound: 1e-3 }, 'inconclusive'],
    ['4B at 0.1 % of the value', { errorBound: 0.25e-3 }, 'pass'],
    ['both zero where flat', { analytic: 0, numeric: 0, errorBound: 1e-14, flat: true }, 'pass'],
    ['both within the bound where flat', { analytic: 1e-15, numeric: -1e-15, errorBound: 1e-14, flat: true }, 'pass'],
    ['both zero where not flat', { analytic: 0, numeric: 0, errorBound: 1e-14 }, 'inconclusive'],
    ['zero without any error', { analytic: 0, numeric: 0, errorBound: 0 }, 'pass'],
    ['-0 against 0', { analytic: -0, numeric: 0, errorBound: 0 }, 'pass'],
    ['NaN against a number', { analytic: NaN }, 'fail'],
    ['Infinity against a number', { analytic: Infinity }, 'fail'],
    ['-Infinity against a number', { analytic: -Infinity }, 'fail'],
    ['no numeric value', { numeric: NaN }, 'inconclusive'],
    ['NaN against no numeric value', { analytic: NaN, numeric: NaN }, 'inconclusive'],
    ['the same infinity twice', { analytic: Infinity, numeric: Infinity }, 'inconclusive'],
    ['an infinite bound', { errorBound: Infinity }, 'inconclusive'],
    ['NaN with an infinite bound', { analytic: NaN, errorBound: Infinity }, 'inconclusive'],
    ['a NaN bound', { errorBound: NaN }, 'inconclusive'],
    ['values whose difference overflows', { analytic: 1.7e308, numeric: -1.7e308 }, 'fail'],
  ] as const)('%s', (_, change, expected) => {
    expect(judgeCoordinate(coordinate(change))).toBe(expected);
  });

  it('does not depend on the scale: no absolute tolerance', () => {
    const values = fc.record({
      analytic: fc.double({ min: -10, max: 10, noNaN: true }),
      numeric: fc.double({ min: -10, max: 10, noNaN: true }),
      errorBound: fc.double({ min: 0, max: 1e-2, noNaN: true }),
      flat: fc.boolean(),
    });
    fc.assert(
      fc.property(values, fc.integer({ min: -200, max: 200 }), (v, exponent) => {
        fc.pre([v.analytic, v.numeric, v.errorBound].every((x) => x === 0 || Math.abs(x) > 1e-100));
        const scale = 2 ** exponent;
        const scaled = { analytic: v.analytic * scale, numeric: v.numeric * scale, errorBound: v.errorBound * scale };
        expect(judgeCoordinate(coordinate({ ...v, ...scaled }))).toBe(judgeCoordinate(coordinate(v)));
      }),
      { numRuns: 2000 },
    );
  });

  it('never passes a relative error above the smallest detectable one, nor fails one below', () => {
    const bound = fc.double({ min: 0, max: 1e-3, noNaN: true });
    const wrong = fc.double({ min: -0.5, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(bound, wrong, (errorBound, delta) => {
        const c = coordinate({ analytic: 1 + delta, errorBound });
        const excess = relativeError(c.analytic, c.numeric) - smallestDetectable(c);
        fc.pre(Math.abs(excess) > 1e-14);
        expect(judgeCoordinate(c) === 'fail').toBe(excess > 0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('relativeError', () => {
  it.each([
    [1, 1, 0],
    [0, -0, 0],
    [1, 2, 0.5],
    [1, -1, 2],
    [0, 1e-300, 1],
    [1.7e308, -1.7e308, 2],
    [Infinity, Infinity, 0],
    [Infinity, -Infinity, Infinity],
    [NaN, 1, Infinity],
    [NaN, NaN, Infinity],
  ])('of %d and %d is %d', (analytic, numeric, expected) => {
    expect(relativeError(analytic, numeric)).toBe(expected);
  });
});

describe('smallestDetectable', () => {
  it('is (4B + rtol S) / S', () => {
    expect(smallestDetectable(coordinate({ analytic: 2, numeric: -4, errorBound: 1e-6 }))).toBeCloseTo(1e-6 + 1e-5, 15);
  });

  it('is Infinity where nothing could be seen', () => {
    expect(smallestDetectable(coordinate({ analytic: 0, numeric: 0 }))).toBe(Infinity);
    expect(smallestDetectable(coordinate({ numeric: NaN }))).toBe(Infinity);
    expect(smallestDetectable(coordinate({ errorBound: NaN }))).toBe(Infinity);
  });
});

describe('judgeInput', () => {
  const tiny = coordinate({ analytic: 1e-12, numeric: 1.5e-12, errorBound: 1e-12 });

  it('is not undone by a tiny coordinate beside others of 1', () => {
    const verdict = judgeInput([coordinate(), tiny, coordinate()]);
    expect(verdict).toMatchObject({ status: 'pass', resolved: 2, unresolved: 1 });
    expect(verdict.unresolvedShare).toBeCloseTo(2.5e-12 / Math.SQRT2, 20);
    expect(verdict.smallestDetectable).toBeLessThan(1.1e-5);
  });

  it('is inconclusive when the unresolved coordinates may carry more than 0.1 % of the norm', () => {
    const open = (bound: number): Coordinate => coordinate({ analytic: 0, numeric: 0, errorBound: bound });
    expect(judgeInput([coordinate(), open(0.9e-3)]).status).toBe('pass');
    expect(judgeInput([coordinate(), open(1.1e-3)]).status).toBe('inconclusive');
    expect(judgeInput([coordinate(), ...Array.from({ length: 100 }, () => open(0.5e-3))]).status).toBe('inconclusive');
  });

  it('is inconclusive when a coordinate has no numeric value at all', () => {
    expect(judgeInput([coordinate(), coordinate({ numeric: NaN, errorBound: Infinity })])).toMatchObject({
      status: 'inconclusive',
      unresolvedShare: 1,
      worst: 0,
    });
  });

  it('is inconclusive when nothing is resolved, or there is nothing', () => {
    expect(judgeInput([tiny])).toMatchObject({ status: 'inconclusive', resolved: 0, smallestDetectable: Infinity, worst: 0 });
    expect(judgeInput([])).toMatchObject({ status: 'inconclusive', resolved: 0, unresolvedShare: 0, worst: -1 });
  });

  it('fails on one coordinate of a thousand that is 0.1 % wrong, and points at it', () => {
    const coordinates = Array.from({ length: 1000 }, (_, i) => coordinate({ analytic: i === 713 ? 1.001 : 1 + 1e-9 }));
    const verdict = judgeInput(coordinates);
    expect(verdict).toMatchObject({ status: 'fail', worst: 713, unresolved: 0 });
    expect(verdict.maxRelativeError).toBeCloseTo(1e-3, 5);
  });

  it('shows a non-finite analytic before any other failure', () => {
    const verdict = judgeInput([coordinate({ analytic: 5 }), coordinate({ analytic: NaN })]);
    expect(verdict).toMatchObject({ status: 'fail', worst: 1, maxRelativeError: Infinity });
  });

  it('keeps zeros and verdicts reached elsewhere out of the error statistics', () => {
    const zero = coordinate({ analytic: 1e-20, numeric: 0, errorBound: 1e-14, flat: true });
    const kink = { ...coordinate({ analytic: 1, numeric: 0.5 }), verdict: 'pass' as const };
    const verdict = judgeInput([zero, kink, coordinate()]);
    expect(verdict).toMatchObject({ status: 'pass', resolved: 3, maxRelativeError: 0, worst: 2 });
    expect(verdict.smallestDetectable).toBeLessThan(1.1e-5);
  });

  it('takes a failure reached elsewhere', () => {
    const kink = { ...coordinate({ analytic: 2, numeric: 0.5 }), verdict: 'fail' as const };
    expect(judgeInput([coordinate(), kink])).toMatchObject({ status: 'fail', worst: 1 });
  });
});
