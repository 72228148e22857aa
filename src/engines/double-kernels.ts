import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from './tfjs.ts';

/**
 * Kernels of the CPU backend that stay in single precision even when their arrays are doubles, done
 * again in double. A sweep over all unary kernels (test/engines/sweep.test.ts) finds no others.
 */

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/** erf by Kummer's series, all of whose terms are positive: no cancellation up to |x| of about 3. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 2 ** -54; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return TWO_OVER_SQRT_PI * Math.exp(-x * x) * sum;
}

/** erfc for x >= 3 by its continued fraction, evaluated from the end. */
function erfcFraction(x: number): number {
  let tail = 0;
  for (let n = 60; n >= 1; n--) tail = n / 2 / (x + tail);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + tail);
}

/**
 * Error function, `2/sqrt(pi) * integral of exp(-t^2) from 0 to x`.
 *
 * NaN gives NaN, ±Infinity ±1, -0 gives -0. Relative error below 1e-15.
 * Source: Abramowitz and Stegun 7.1.6 (series) and 7.1.14 (continued fraction).
 */
export function erf(x: number): number {
  if (x === 0 || Number.isNaN(x)) return x;
  const magnitude = Math.abs(x);
  const value = magnitude < 3 ? erfSeries(magnitude) : 1 - (magnitude > 6 ? 0 : erfcFraction(magnitude));
  return Math.sign(x) * value;
}

/**
 * `log(1 + exp(x))`, in the form that neither overflows nor loses digits on either side.
 *
 * tfjs switches to x and exp(x) at |x| = 13.94, which leaves jumps of 9e-7.
 */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

interface CpuBackend {
  readonly data: { get(dataId: object): { values: Float64Array } };
  makeTensorInfo(shape: number[], dtype: string, values: Float64Array): TensorInfo;
}

export function registerDoubleKernels(tf: Tf): void {
  for (const [kernelName, f] of Object.entries({ Erf: erf, Softplus: softplus })) {
    tf.unregisterKernel(kernelName, 'cpu');
    tf.registerKernel({
      kernelName,
      backendName: 'cpu',
      kernelFunc: ({ inputs, backend }) => {
        const x = inputs['x'];
        if (x === undefined) throw new Error(`${kernelName} needs an input x`);
        const cpu = backend as CpuBackend;
        return cpu.makeTensorInfo(x.shape, 'float32', cpu.data.get(x.dataId).values.map(f));
      },
    });
  }
}
