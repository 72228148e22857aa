import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { boundedPower } from './support/stable-math.ts';

const params = z.strictObject({ q: z.number().gt(0).max(1).default(0.7), reduction: reductionSchema });

/** Below it p^q goes on as a straight line to 0, because the slope of p^q at 0 is infinite. */
const STRAIGHT_BELOW = 1e-12;

/**
 * Generalised cross-entropy: `mean_i (1 - p_i^q) / q`, p_i the probability of the labelled class.
 *
 * Between mean absolute error (q = 1), which wrong labels hardly disturb, and cross-entropy (q near 0).
 *
 * Shapes: p and t of one shape [..., C]. Domain: rows of p sum to 1, t one-hot.
 * Parameters: `q` above 0, at most 1 (0.7 by default), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p = [[0.25, 0.75]], t = [[1, 0]], q 0.5: (1 - 0.5) / 0.5 = 1
 */
export const generalizedCrossEntropy = defineLoss({
  name: 'Generalised cross-entropy',
  description: 'Cross-entropy that stays calm when some labels are wrong.',
  formula: 'mean_i (1 - p_i^q) / q',
  reference: 'Zhang, Sabuncu, Generalized cross entropy loss with noisy labels, 2018',
  kinks: 'p = 1e-12, below which the power is a straight line.',
  example: { inputs: { yPred: [[0.25, 0.75]], yTrue: [[1, 0]] }, params: { q: 0.5 }, value: 1 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'distribution' },
    yTrue: { shape: [8, 4], domain: 'one-hot', role: 'target' },
  },
  expect: { zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { q, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => {
      const ofLabel = tf.sum(tf.mul(yPred, yTrue), -1);
      return reduce(tf.div(tf.sub(1, boundedPower(ofLabel, q, STRAIGHT_BELOW)), q), reduction);
    });
  },
});
