import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { errorWeightSchema, smoothSchema, tverskyDistance } from './support/overlap.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({
  alpha: errorWeightSchema.default(0.5),
  beta: errorWeightSchema.default(0.5),
  smooth: smoothSchema,
});

/**
 * Tversky loss: `1 - (TP + smooth) / (TP + alpha FP + beta FN + smooth)` with TP = sum(p g),
 * FP = sum(p (1 - g)) and FN = sum((1 - p) g), over all elements.
 *
 * alpha is the weight of false positives and beta of false negatives, as in the paper, whose best result
 * for small lesions had alpha 0.3 and beta 0.7. (In `keras.losses.Tversky` of Keras 3.15 they act the other
 * way round.) alpha = beta = 1/2 is Dice with twice the `smooth`; alpha = beta = 1 is Jaccard.
 *
 * The elements are coupled: the loss of a batch is not the mean over its images.
 *
 * Shapes: p and g of any one shape. Domain: p in [0, 1], g 0 or 1.
 * Parameters: `alpha` and `beta` at least 0 (0.5 each by default), `smooth` above 0 (1 by default).
 *
 * @throws Error when the shapes differ
 * @example p = [0.5, 1, 0.25], g = [1, 1, 0], alpha 0.3, beta 0.7:
 *   1 - (1.5 + 1) / (1.5 + 0.3·0.25 + 0.7·0.5 + 1) = 0.425 / 2.925 = 0.1453
 */
export const tversky = defineLoss({
  name: 'Tversky loss',
  description: 'Overlap of masks in which misses and false alarms cost differently: small lesions, rare pixels.',
  formula: '1 - (TP + smooth) / (TP + alpha FP + beta FN + smooth)',
  reference: 'Salehi, Erdogmus, Gholipour, Tversky loss function for image segmentation, 2017; Tversky, 1977',
  example: {
    inputs: { yPred: [0.5, 1, 0.25], yTrue: [1, 1, 0] },
    params: { alpha: 0.3, beta: 0.7 },
    value: 0.1452991452991453,
  },
  inputs: {
    yPred: { shape: [2, 4, 4, 1], domain: 'probability' },
    yTrue: { shape: [2, 4, 4, 1], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, parameters: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => tverskyDistance(yPred, yTrue, parameters));
  },
});
