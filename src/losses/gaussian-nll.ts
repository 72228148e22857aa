import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { withGradient } from './support/stable-math.ts';

const params = z.strictObject({
  full: z.boolean().default(false),
  eps: z.number().positive().default(1e-6),
  reduction: reductionSchema,
});

/**
 * The variance, at least `eps`, with derivative 1 below it too, as in PyTorch: a variance that has
 * fallen too low is led back by the slope at `eps`, where `tf.maximum` would leave it without one.
 */
function atLeast(variance: Tensor, eps: number): Tensor {
  return withGradient(variance, { value: (input) => tf.maximum(input, eps), gradient: (dy) => dy });
}

/**
 * Negative log-likelihood of a normal distribution: `mean(log v + (p - t)^2 / v) / 2`, v the predicted
 * variance, at least eps.
 *
 * Shapes: p, t and variance of any one shape. Domain: p and t real, variance above 0.
 * Parameters: `full` adds log(2 pi) / 2 (false by default); `eps` above 0, the smallest variance (1e-6 by
 * default); `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p = [0, 1], t = [2, 1], variance = [4, 1]: ((log 4 + 1) / 2 + 0) / 2 = 0.5966
 */
export const gaussianNll = defineLoss({
  name: 'Gaussian negative log-likelihood',
  description: 'Regression that learns the noise of each target along with its mean.',
  formula: 'mean(log v + (p - t)^2 / v) / 2, v = max(variance, eps)',
  reference:
    'Nix, Weigend, Estimating the mean and variance of the target probability distribution, 1994; ' +
    'torch.nn.GaussianNLLLoss',
  kinks: 'variance = eps; below it the gradient is the one at eps, as in PyTorch.',
  example: { inputs: { yPred: [0, 1], yTrue: [2, 1], variance: [4, 1] }, value: 0.5965735902799727 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
    variance: { shape: [8, 4], domain: 'positive' },
  },
  expect: { minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, variance: Tensor, { full, eps, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue, variance });
    return tf.tidy(() => {
      const v = atLeast(variance, eps);
      const losses = tf.mul(tf.add(tf.log(v), tf.div(tf.square(tf.sub(yPred, yTrue)), v)), 0.5);
      return reduce(full ? tf.add(losses, 0.5 * Math.log(2 * Math.PI)) : losses, reduction);
    });
  },
});
