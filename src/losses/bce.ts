import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { labelSmoothingSchema, outputWeightSchema, smoothLabels, weighByClass } from './support/class-weights.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { logProbability, oneMinus } from './support/stable-math.ts';

const params = z.strictObject({
  posWeight: outputWeightSchema,
  labelSmoothing: labelSmoothingSchema,
  reduction: reductionSchema,
});

/**
 * Binary cross-entropy on probabilities: `-mean(w t log p + (1 - t) log(1 - p))`.
 *
 * The logarithms are bounded as in PyTorch, at -100, and their derivatives at 1e12, so a prediction of
 * exactly 0 or 1 that is wrong costs 100 and still has a gradient. Where a prediction of exactly 0 or 1
 * is right, the gradient is the one-sided derivative (PyTorch gives 0 there).
 *
 * Shapes: p and t of any one shape. Domain: p in [0, 1], t 0 or 1 (targets between work too).
 * Parameters: `posWeight` w, a factor on the positive term, one number or one for each entry of the last
 * axis (1 by default); `labelSmoothing` s turns t into t(1-s) + s/2; `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ or `posWeight` does not fit the last axis
 * @example p = [0.9, 0.2], t = [1, 0]: (-log 0.9 - log 0.8) / 2 = 0.1643
 */
export const bce = defineLoss({
  name: 'Binary cross-entropy',
  description: 'Negative log-likelihood of independent yes/no outcomes, from probabilities.',
  formula: '-mean(w t log p + (1 - t) log(1 - p))',
  reference: 'Good, Rational decisions, 1952; torch.nn.BCELoss',
  kinks: 'None inside (0, 1); the logarithm is bounded below exp(-100).',
  example: { inputs: { yPred: [0.9, 0.2], yTrue: [1, 0] }, value: 0.164252033486018 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'probability' },
    yTrue: { shape: [8, 4], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { posWeight, labelSmoothing, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => {
      const target = smoothLabels(yTrue, labelSmoothing, 2);
      const positive = tf.mul(weighByClass(target, posWeight, 'posWeight'), logProbability(yPred));
      const negative = tf.mul(oneMinus(target), logProbability(oneMinus(yPred)));
      return reduce(tf.neg(tf.add(positive, negative)), reduction);
    });
  },
});
