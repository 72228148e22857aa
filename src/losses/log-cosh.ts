import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { withGradient } from './support/stable-math.ts';

const params = z.strictObject({ reduction: reductionSchema });

/** From here on log cosh x is |x| - log 2 in double precision. */
const STRAIGHT_FROM = 20;

/**
 * log cosh x as log(1 + 2 sinh^2(x/2)), continued with slope 1 before sinh overflows.
 *
 * |x| + log(1 + exp(-2|x|)) - log 2 would lose every digit of x^2 / 2 near 0. The derivative is written
 * down because the pieces |x| and clipped x have kinks that the sum does not have.
 */
function logCoshOf(x: Tensor): Tensor {
  return withGradient(x, {
    value: (input) => {
      const near = tf.clipByValue(input, -STRAIGHT_FROM, STRAIGHT_FROM);
      const curved = tf.log1p(tf.mul(tf.square(tf.sinh(tf.mul(near, 0.5))), 2));
      return tf.add(curved, tf.sub(tf.abs(input), tf.abs(near)));
    },
    gradient: (dy, input) => tf.mul(dy, tf.tanh(input)),
  });
}

/**
 * Log-cosh loss: `mean(log(cosh(p - t)))`.
 *
 * Close to half the squared error for small residuals, to the absolute error less log 2 for large ones.
 *
 * Shapes: p and t of any one shape. Domain: real numbers.
 * Parameters: `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p = [0, 1], t = [0, 0]: (0 + log cosh 1) / 2 = 0.2169
 */
export const logCosh = defineLoss({
  name: 'Log-cosh loss',
  description: 'Squared error for small residuals, absolute error for large ones, smooth everywhere.',
  formula: 'mean(log(cosh(p - t)))',
  reference: 'Green, Bayesian reconstructions from emission tomography data, 1990; keras.losses.LogCosh',
  kinks: 'None.',
  example: { inputs: { yPred: [0, 1], yTrue: [0, 0] }, value: 0.21689041524151356 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => reduce(logCoshOf(tf.sub(yPred, yTrue)), reduction));
  },
});
