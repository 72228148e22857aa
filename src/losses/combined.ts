import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { requireSameShape } from './support/shapes.ts';
import { absolute } from './support/stable-math.ts';

const weight = z.number().nonnegative().default(1);
const params = z.strictObject({ weights: z.strictObject({ mse: weight, l1: weight }).prefault({}).describe('{ "mse": a, "l1": b }, 1 each unless given') });

/**
 * Weighted sum of squared and absolute error: `a mean((p - t)^2) + b mean(|p - t|)`.
 *
 * Shapes: p and t of any one shape. Domain: real numbers.
 * Parameters: `weights` { mse: a, l1: b }, at least 0 (1 each by default).
 * Returns the total with its components `mse` and `l1`, before weighting, as tensors: `dataSync()` for a
 * log inside the loss would stall a GPU at every step.
 *
 * @throws Error when the shapes differ
 * @example p = [1, 2, 3], t = [1.5, 2.5, 3.5], weights 0.7 and 0.3: 0.7 · 0.25 + 0.3 · 0.5 = 0.3250
 */
export const combined = defineLoss({
  name: 'Combined loss',
  description: 'Several losses added with fixed weights, each reported beside the total.',
  formula: 'a mean((p - t)^2) + b mean(|p - t|)',
  reference:
    'Zou, Hastie, Regularization and variable selection via the elastic net, 2005 (the same sum, as a penalty)',
  kinks: 'p = t; the gradient there is 0.',
  example: {
    inputs: { yPred: [1, 2, 3], yTrue: [1.5, 2.5, 3.5] },
    params: { weights: { mse: 0.7, l1: 0.3 } },
    value: 0.325,
  },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { weights }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy((): [Tensor, Record<string, Tensor>] => {
      const residual = tf.sub(yPred, yTrue);
      const mse = tf.mean(tf.square(residual));
      const l1 = tf.mean(absolute(residual));
      return [tf.add(tf.mul(mse, weights.mse), tf.mul(l1, weights.l1)), { mse, l1 }];
    });
  },
});
