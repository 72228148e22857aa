import { describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../../src/engines/index.ts';
import { erf, softplus } from '../../src/engines/double-kernels.ts';
import { differentiate } from '../../src/numerics/difference.ts';
import { probeOf, vector } from './probe-of.ts';

/**
 * Is the reference engine double in every kernel that a loss is likely to meet? Values against Math, and
 * derivatives against differences of the value.
 */

const engine = createReferenceEngine();

interface Swept {
  readonly f: (x: number) => number;
  readonly at: readonly number[];
}

const AROUND_ZERO = [-3.7, -1.2, -0.3, 0.41, 1.6, 4.2];
const POSITIVE = [1e-3, 0.27, 0.9, 1.7, 12.5];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const SELU_ALPHA = 1.7580993408473768;
const SELU_SCALE = 1.0507009873554805;

const UNARY: Readonly<Record<string, Swept>> = {
  abs: { f: Math.abs, at: AROUND_ZERO },
  acos: { f: Math.acos, at: [-0.9, -0.2, 0.31, 0.88] },
  acosh: { f: Math.acosh, at: [1.1, 2.7, 30] },
  asin: { f: Math.asin, at: [-0.9, -0.2, 0.31, 0.88] },
  asinh: { f: Math.asinh, at: AROUND_ZERO },
  atan: { f: Math.atan, at: AROUND_ZERO },
  atanh: { f: Math.atanh, at: [-0.9, -0.2, 0.31, 0.88] },
  cos: { f: Math.cos, at: AROUND_ZERO },
  cosh: { f: Math.cosh, at: AROUND_ZERO },
  elu: { f: (x) => (x >= 0 ? x : Math.exp(x) - 1), at: AROUND_ZERO },
  erf: { f: erf, at: AROUND_ZERO },
  exp: { f: Math.exp, at: AROUND_ZERO },
  expm1: { f: Math.expm1, at: AROUND_ZERO },
  log: { f: Math.log, at: POSITIVE },
  log1p: { f: Math.log1p, at: POSITIVE },
  neg: { f: (x) => -x, at: AROUND_ZERO },
  reciprocal: { f: (x) => 1 / x, at: AROUND_ZERO },
  relu: { f: (x) => Math.max(0, x), at: AROUND_ZERO },
  rsqrt: { f: (x) => 1 / Math.sqrt(x), at: POSITIVE },
  selu: { f: (x) => (x >= 0 ? SELU_SCALE * x : SELU_ALPHA * (Math.exp(x) - 1)), at: AROUND_ZERO },
  sigmoid: { f: sigmoid, at: AROUND_ZERO },
  sin: { f: Math.sin, at: AROUND_ZERO },
  sinh: { f: Math.sinh, at: AROUND_ZERO },
  softplus: { f: softplus, at: [-30, -13.9, -13.95, -1, 0.2, 13.9, 13.95, 30] },
  sqrt: { f: Math.sqrt, at: POSITIVE },
  square: { f: (x) => x * x, at: AROUND_ZERO },
  tan: { f: Math.tan, at: [-1.2, -0.3, 0.41, 1.3] },
  tanh: { f: Math.tanh, at: AROUND_ZERO },
};

/** A few roundings: kernels compose, Math functions are good to about one unit in the last place. */
const TOLERANCE = 2e-15;

describe.each(Object.entries(UNARY))('tf.%s in the reference engine', (name, { f, at }) => {
  const loss = probeOf(engine, `export const f = (x) => tf.sum(tf.${name}(x));`);

  it('has the value in double', async () => {
    const probe = await loss;
    for (const x of at) {
      const value = probe.scalar({ x: vector(x) });
      expect(Math.abs(value - f(x)), `${name}(${x})`).toBeLessThanOrEqual(TOLERANCE * Math.abs(f(x)));
    }
  });

  it('has the derivative in double', async () => {
    const probe = await loss;
    for (const x of at) {
      const gradient = probe.gradient({ x: vector(x) }, ['x']).gradients?.['x']?.data[0] ?? NaN;
      const numeric = differentiate((value) => probe.scalar({ x: vector(value) }), x, { initialStep: 2 ** -6 });
      if (numeric.kind !== 'estimate') throw new Error(`${name}(${x}) has no derivative`);
      expect(Math.abs(gradient - numeric.value), `${name}'(${x})`).toBeLessThanOrEqual(4 * numeric.errorBound + 1e-13 * Math.abs(gradient));
    }
  });
});

describe('erf', () => {
  // Values of Python's math.erf.
  it.each([
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.9, 0.9999589021219005],
    [3.1, 0.9999883513426328],
    [4.5, 0.9999999998033839],
    [7, 1],
  ])('erf(%d)', (x, expected) => {
    // The relative error that its docstring promises.
    expect(Math.abs(erf(x) - expected)).toBeLessThan(1e-15 * expected);
    expect(erf(-x)).toBe(-erf(x));
  });

  it('keeps NaN, infinities and the sign of zero', () => {
    expect(erf(NaN)).toBeNaN();
    expect([erf(Infinity), erf(-Infinity)]).toEqual([1, -1]);
    expect(Object.is(erf(-0), -0)).toBe(true);
  });
});

describe('operations of several numbers in the reference engine', () => {
  it.each([
    ['tf.logSumExp(x)', (x: number[]) => Math.log(x.reduce((sum, value) => sum + Math.exp(value), 0))],
    ['tf.mean(x)', (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length],
    ['tf.prod(x)', (x: number[]) => x.reduce((product, value) => product * value, 1)],
    ['tf.sum(tf.mul(tf.softmax(x), x))', softmaxMean],
    ['tf.neg(tf.sum(tf.logSoftmax(x)))', (x: number[]) => -x.reduce((sum, value) => sum + value - Math.log(x.reduce((total, other) => total + Math.exp(other), 0)), 0)],
    ['tf.sum(tf.pow(tf.abs(x), 2.5))', (x: number[]) => x.reduce((sum, value) => sum + Math.abs(value) ** 2.5, 0)],
    ['tf.sum(tf.matMul(tf.reshape(x, [1, -1]), tf.reshape(x, [-1, 1])))', (x: number[]) => x.reduce((sum, value) => sum + value * value, 0)],
  ])('%s', async (expression, f) => {
    const probe = await probeOf(engine, `export const f = (x) => ${expression};`);
    const x = [0.3, -1.7, 2.2, 0.9];
    expect(Math.abs(probe.scalar({ x: vector(...x) }) - f(x)) / Math.abs(f(x))).toBeLessThan(TOLERANCE);
  });
});

function softmaxMean(x: number[]): number {
  const total = x.reduce((sum, value) => sum + Math.exp(value), 0);
  return x.reduce((sum, value) => sum + (Math.exp(value) / total) * value, 0);
}
