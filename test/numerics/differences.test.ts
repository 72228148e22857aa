import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differentiate, type DifferenceOptions } from '../../src/numerics/difference.ts';
import { differentiateMany } from '../../src/numerics/differences.ts';

/** Smooth, kinked, jumping, oscillating, periodic, flat, undefined on one side, noisy: every way a ladder may go. */
const FUNCTIONS: readonly ((x: number) => number)[] = [
  (x) => x * x,
  (x) => Math.sin(3 * x) + x,
  (x) => Math.exp(-x * x) * 1e-12,
  (x) => Math.abs(x - 0.01),
  (x) => (x > 0.02 ? 1 : 0),
  (x) => Math.log(x),
  (x) => Math.sqrt(x - 1e-3),
  (x) => Math.sin(2 * Math.PI * 8 * x),
  () => 7,
  (x) => 1e10 + x,
  (x) => Math.fround(x * 3.3),
  (x) => 1 / x,
  (x) => (Math.abs(x) < 1 ? 0.5 * x * x : Math.abs(x) - 0.5),
  (x) => Math.tanh(40 * x),
  (x) => Math.exp(x * 100),
  () => NaN,
];

describe('differentiateMany', () => {
  it('says of each coordinate what differentiate says of it alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(FUNCTIONS.length - 1), fc.oneof(fc.double({ min: -4, max: 4, noNaN: true }), fc.double(), fc.constantFrom(0, 0.02, 1, -1, 1e-3))), { minLength: 1, maxLength: 40 }),
        fc.constantFrom([-Infinity, Infinity], [0, 1], [-2, Infinity]),
        fc.boolean(),
        fc.constantFrom(0, 1e-3, 5),
        fc.boolean(),
        (coordinates, [lower = -Infinity, upper = Infinity], isChange, magnitude, knowsFirst) => {
          const f = (index: number, x: number): number => FUNCTIONS[coordinates[index]?.[0] ?? 0]?.(x) ?? NaN;
          const xs = Float64Array.from(coordinates, ([, x]) => x);
          const evaluate = (indices: Int32Array, given: Float64Array): Float64Array => given.map((x, at) => f(indices[at] ?? 0, x));
          const step = (x: number): number => 2 ** Math.round(Math.log2(0.05 * Math.max(1, Math.abs(x))));
          const all = Int32Array.from(xs.keys());
          const first = knowsFirst ? { above: evaluate(all, xs.map((x) => x + step(x))), below: evaluate(all, xs.map((x) => x - step(x))) } : null;
          const many = differentiateMany(evaluate, xs, { lower, upper, magnitudes: new Float64Array(xs.length).fill(magnitude), isChange, first });
          coordinates.forEach(([, x], index) => {
            const options: DifferenceOptions = { lower, upper, magnitude, isChange };
            const alone = differentiate((y) => f(index, y), x, options);
            const seen = [many.value[index], many.errorBound[index], many.flat[index], many.oneSided[index]];
            const expected = alone.kind === 'undefined' ? [NaN, Infinity, 0, 0] : [alone.value, alone.errorBound, Number(alone.flat), Number(alone.oneSided !== null)];
            expect(seen).toStrictEqual(expected);
            if (alone.kind === 'estimate') expect([many.scale[index], many.step[index]]).toStrictEqual([alone.scale, alone.step]);
          });
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  it('asks for few values where a function is smooth', () => {
    const xs = Float64Array.from({ length: 1000 }, (_, index) => index / 1000);
    let asked = 0;
    differentiateMany(
      (indices, given) => {
        asked += indices.length;
        return given.map((x) => 0.5 * x * x);
      },
      xs,
      { lower: -Infinity, upper: Infinity, magnitudes: new Float64Array(1000), isChange: false, first: null },
    );
    expect(asked).toBeLessThan(4100);
  });
});
