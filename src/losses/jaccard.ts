import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { smoothSchema } from './support/overlap.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ smooth: smoothSchema });

/**
 * Jaccard (intersection over union) loss of masks: `1 - (I + smooth) / (U + smooth)` with
 * I = sum(p g) and U = sum p + sum g - I, over all elements.
 *
 * Shapes: p and g of any one shape. Domain: p in [0, 1], g 0 or 1.
 * Parameters: `smooth` above 0 (1 by default).
 *
 * @throws Error when the shapes differ
 * @example p = [0.5, 1, 0], g = [1, 1, 0]: 1 - (1.5 + 1) / (2 + 1) = 0.1667
 */
export const jaccard = defineLoss({
  name: 'Jaccard loss',
  description: 'One minus intersection over union of a predicted and a true mask.',
  formula: '1 - (sum(p g) + smooth) / (sum p + sum g - sum(p g) + smooth)',
  reference: 'Rahman, Wang, Optimizing intersection-over-union in deep neural networks, 2016; Jaccard, 1901',
  example: { inputs: { yPred: [0.5, 1, 0], yTrue: [1, 1, 0] }, value: 0.16666666666666666 },
  inputs: {
    yPred: { shape: [2, 4, 4, 1], domain: 'probability' },
    yTrue: { shape: [2, 4, 4, 1], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { smooth }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => {
      const intersection = tf.sum(tf.mul(yPred, yTrue));
      const union = tf.sub(tf.add(tf.sum(yPred), tf.sum(yTrue)), intersection);
      return tf.sub(1, tf.div(tf.add(intersection, smooth), tf.add(union, smooth)));
    });
  },
});
