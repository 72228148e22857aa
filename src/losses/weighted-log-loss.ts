import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { classWeightsSchema, weighByClass } from './support/class-weights.ts';
import { batchSize, requireSameShape } from './support/shapes.ts';
import { oneMinus } from './support/stable-math.ts';

const CLAMP = 1e-7;

const params = z.strictObject({ weights: classWeightsSchema });

/** log(p) with p clamped. Also taken of 1 - p, because 1 - (1 - 1e-7) is 1.2e-7 in float32. */
function clampedLog(p: Tensor): Tensor {
  return tf.log(tf.clipByValue(p, CLAMP, 1 - CLAMP));
}

/**
 * Class-weighted log loss: `-sum_i sum_c w_c (t log p + (1 - t) log(1 - p)) / N`, p clamped to
 * [1e-7, 1 - 1e-7].
 *
 * Divided by the number of samples N, not of elements. Where the clamp holds, the gradient is 0.
 *
 * Shapes: p and t of one shape [N, ...]; the weights lie along the last axis. Domain: p in [0, 1], t 0 or 1.
 * Parameters: `weights`, one factor for each class (none by default).
 *
 * @throws Error when the shapes differ or `weights` does not fit the last axis
 * @example weights [0.2, 0.8], p = [[0.6, 0.4], [0.2, 0.8]], t the identity: (0.5108 + 0.2231) / 2 = 0.3670
 */
export const weightedLogLoss = defineLoss({
  name: 'Weighted log loss',
  description: 'Log loss of one output per class, in which rare classes can count more.',
  formula: '-sum_i sum_c w_c (t log p + (1 - t) log(1 - p)) / N, p clamped to [1e-7, 1 - 1e-7]',
  reference: 'King and Zeng, Logistic regression in rare events data, 2001',
  kinks: 'At the clamp, p = 1e-7 and p = 1 - 1e-7; beyond it the gradient is 0.',
  example: {
    inputs: {
      yPred: [
        [0.6, 0.4],
        [0.2, 0.8],
      ],
      yTrue: [
        [1, 0],
        [0, 1],
      ],
    },
    params: { weights: [0.2, 0.8] },
    value: 0.3669845875401002,
  },
  inputs: {
    yPred: { shape: [8, 4], domain: 'probability' },
    yTrue: { shape: [8, 4], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { weights }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => {
      const positive = tf.mul(yTrue, clampedLog(yPred));
      const negative = tf.mul(oneMinus(yTrue), clampedLog(oneMinus(yPred)));
      const weighted = weighByClass(tf.add(positive, negative), weights, 'weights');
      return tf.div(tf.neg(tf.sum(weighted)), batchSize(yPred));
    });
  },
});
