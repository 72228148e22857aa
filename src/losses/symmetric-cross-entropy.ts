import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { logProbability } from './support/stable-math.ts';

const params = z.strictObject({
  alpha: z.number().nonnegative().default(0.1),
  beta: z.number().nonnegative().default(1),
  logZero: z.number().min(-100).negative().default(-4),
  reduction: reductionSchema,
});

/**
 * Symmetric cross-entropy: `mean_i (-alpha sum_c t log p - beta sum_c p log t)`, with log 0 of a label
 * taken as `logZero`.
 *
 * The second, reversed term is bounded, so a wrong label cannot dominate.
 *
 * Shapes: p and t of one shape [..., C]. Domain: rows of p sum to 1, t one-hot.
 * Parameters: `alpha` (0.1) and `beta` (1) at least 0, `logZero` from -100 to below 0 (-4), `reduction`
 * mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p = [[0.5, 0.5]], t = [[1, 0]]: 0.1 · log 2 + 0.5 · 4 = 2.0693
 */
export const symmetricCrossEntropy = defineLoss({
  name: 'Symmetric cross-entropy',
  description: 'Cross-entropy in both directions: learns hard classes and tolerates wrong labels.',
  formula: 'mean_i (-alpha sum_c t log p - beta sum_c p log t), log 0 = logZero for labels',
  reference: 'Wang et al., Symmetric cross entropy for robust learning with noisy labels, 2019',
  kinks: 'None inside (0, 1); the logarithm is bounded below exp(-100).',
  example: { inputs: { yPred: [[0.5, 0.5]], yTrue: [[1, 0]] }, value: 2.0693147180559945 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'distribution' },
    yTrue: { shape: [8, 4], domain: 'one-hot', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { alpha, beta, logZero, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => {
      const forward = tf.sum(tf.mul(yTrue, logProbability(yPred)), -1);
      const logLabel = tf.maximum(logProbability(yTrue), logZero);
      const reverse = tf.sum(tf.mul(yPred, logLabel), -1);
      return reduce(tf.neg(tf.add(tf.mul(forward, alpha), tf.mul(reverse, beta))), reduction);
    });
  },
});
