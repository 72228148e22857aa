import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { withGradient } from './support/stable-math.ts';

const params = z.strictObject({ fraction: z.number().gt(0).max(1).default(0.25) });

/**
 * Mean of the k largest entries, with derivative 1/k for these.
 *
 * `tf.topk` has no derivative in TensorFlow.js 4.22. Among equal losses exactly k are taken, those that
 * come first, so the gradient sums to 1 at ties too.
 */
function meanOfLargest(losses: Tensor, k: number): Tensor {
  return withGradient(losses, {
    value: (input) => tf.mean(tf.topk(tf.reshape(input, [-1]), k).values),
    gradient: (dy, input) => {
      const { indices } = tf.topk(tf.reshape(input, [-1]), k);
      // The wasm backend writes whole numbers into what it calls float32.
      const taken = tf.sum(tf.cast(tf.oneHot(indices, input.size), 'float32'), 0);
      return tf.reshape(tf.mul(taken, tf.div(dy, k)), input.shape);
    },
  });
}

/**
 * Online hard-example mining: the mean of the k largest losses of the batch, k = ceil(fraction N).
 *
 * Shapes: losses of any shape, N entries. Domain: losses at least 0.
 * Parameters: `fraction` above 0, at most 1 (0.25 by default).
 *
 * @example losses [1, 5, 2, 4], fraction 0.5: (5 + 4) / 2 = 4.5
 */
export const ohem = defineLoss({
  name: 'Online hard-example mining',
  description: 'Learns only from the examples of the batch that are worst at the moment.',
  formula: 'mean of the k largest losses, k = ceil(fraction N)',
  reference: 'Shrivastava, Gupta, Girshick, Training region-based object detectors with OHEM, 2016',
  kinks: 'Where the k-th and the next largest loss are equal.',
  example: { inputs: { losses: [1, 5, 2, 4] }, params: { fraction: 0.5 }, value: 4.5 },
  inputs: { losses: { shape: [16], domain: 'nonnegative' } },
  expect: { nonNegative: true },
  params,
  loss(losses: Tensor, { fraction }: z.infer<typeof params>) {
    return tf.tidy(() => meanOfLargest(losses, Math.ceil(fraction * losses.size)));
  },
});
