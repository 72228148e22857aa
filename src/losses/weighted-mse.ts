import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ reduction: reductionSchema });

/**
 * Mean squared error with a weight on each element: `mean(w (p - t)^2)`.
 *
 * The mean divides by the number of elements, not by the sum of the weights, so all-zero weights give
 * 0 and not NaN as `tf.losses.meanSquaredError` does.
 *
 * Shapes: p, t and w of one shape. Domain: p and t real, w at least 0.
 * Parameters: `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p = [1, 2, 3], t = [1.5, 2.5, 3.5], w = [0.5, 1, 2]: (0.125 + 0.25 + 0.5) / 3 = 0.2917
 */
export const weightedMse = defineLoss({
  name: 'Weighted mean squared error',
  description: 'Squared error in which some samples count more than others.',
  formula: 'mean(w (p - t)^2)',
  reference: 'Aitken, On least squares and linear combination of observations, 1935',
  example: {
    inputs: { yPred: [1, 2, 3], yTrue: [1.5, 2.5, 3.5], weights: [0.5, 1, 2] },
    value: 0.2916666666666667,
  },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
    weights: { shape: [8, 4], domain: 'nonnegative', role: 'weight' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, weights: Tensor, { reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue, weights });
    return tf.tidy(() => reduce(tf.mul(weights, tf.square(tf.sub(yPred, yTrue))), reduction));
  },
});
