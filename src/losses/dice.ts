import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { diceDistance, smoothSchema } from './support/overlap.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ smooth: smoothSchema });

/**
 * Dice loss: `1 - (2 sum(p g) + smooth) / (sum p + sum g + smooth)`, over all elements.
 *
 * The elements are coupled: the loss of a batch is not the mean over its images.
 *
 * Shapes: p and g of any one shape. Domain: p in [0, 1], g 0 or 1.
 * Parameters: `smooth` above 0 (1 by default).
 *
 * @throws Error when the shapes differ
 * @example p = [0.5, 1, 0], g = [1, 1, 0]: 1 - (2·1.5 + 1) / (1.5 + 2 + 1) = 0.1111
 */
export const dice = defineLoss({
  name: 'Dice loss',
  description: 'One minus the overlap of a predicted and a true mask: segmentation with a small foreground.',
  formula: '1 - (2 sum(p g) + smooth) / (sum p + sum g + smooth)',
  reference: 'Milletari, Navab, Ahmadi, V-Net, 2016; Dice, 1945',
  example: { inputs: { yPred: [0.5, 1, 0], yTrue: [1, 1, 0] }, value: 0.1111111111111111 },
  inputs: {
    yPred: { shape: [2, 4, 4, 1], domain: 'probability' },
    yTrue: { shape: [2, 4, 4, 1], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { smooth }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => diceDistance(yPred, yTrue, smooth));
  },
});
