import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { diceDistance, smoothSchema } from './support/overlap.ts';
import { requireSameShape } from './support/shapes.ts';
import { oneMinus, softplus } from './support/stable-math.ts';

const share = z.number().nonnegative().default(0.5);
const params = z.strictObject({ diceWeight: share, bceWeight: share, smooth: smoothSchema });

/**
 * Dice loss and binary cross-entropy together, on logits:
 * `diceWeight dice(sigmoid(z), g) + bceWeight BCE(z, g)`.
 *
 * Shapes: z and g of any one shape. Domain: z any logit, g 0 or 1.
 * Parameters: `diceWeight` and `bceWeight` at least 0 (0.5 each by default), `smooth` above 0 (1 by default).
 * Returns the total with its components `dice` and `bce`, before weighting.
 *
 * @throws Error when the shapes differ
 * @example z = [0, 0], g = [1, 0]: 0.5 · (1 - 2/3) + 0.5 · log 2 = 0.5132
 */
export const diceBce = defineLoss({
  name: 'Dice and cross-entropy loss',
  description: 'Overlap of masks and pixel-wise likelihood together: the one steers, the other keeps gradients alive.',
  formula: 'diceWeight dice(sigmoid(z), g) + bceWeight BCE(z, g)',
  reference: 'Isensee et al., nnU-Net, 2018',
  example: { inputs: { logits: [0, 0], yTrue: [1, 0] }, value: 0.5132402569466393 },
  inputs: {
    logits: { shape: [2, 4, 4, 1], domain: 'logit' },
    yTrue: { shape: [2, 4, 4, 1], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(logits: Tensor, yTrue: Tensor, { diceWeight, bceWeight, smooth }: z.infer<typeof params>) {
    requireSameShape({ logits, yTrue });
    return tf.tidy((): [Tensor, Record<string, Tensor>] => {
      const dice = diceDistance(tf.sigmoid(logits), yTrue, smooth);
      const positive = tf.mul(yTrue, softplus(tf.neg(logits)));
      const bce = tf.mean(tf.add(positive, tf.mul(oneMinus(yTrue), softplus(logits))));
      return [tf.add(tf.mul(dice, diceWeight), tf.mul(bce, bceWeight)), { dice, bce }];
    });
  },
});
