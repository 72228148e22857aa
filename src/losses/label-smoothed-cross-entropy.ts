import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { classWeightsSchema, labelSmoothingSchema } from './support/class-weights.ts';
import { softCrossEntropy } from './support/cross-entropy.ts';
import { reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const DEFAULT_SMOOTHING = 0.1;

const params = z.strictObject({
  weight: classWeightsSchema,
  labelSmoothing: labelSmoothingSchema.default(DEFAULT_SMOOTHING),
  reduction: reductionSchema,
});

/**
 * Cross-entropy against labels of which a share s is spread over all C classes:
 * `-mean_i sum_c w_c (t_ic (1-s) + s/C) log softmax(z_i)_c`.
 *
 * It is `cross-entropy` with the smoothing of the paper as its default. Its least value is above 0: where
 * the softmax is the smoothed label, whose entropy is left.
 *
 * Shapes: z and t of one shape [..., C]; classes on the last axis. Domain: z any logit, t one-hot or soft.
 * Parameters: `labelSmoothing` s from 0 to 1 (0.1 by default); `weight`, one factor for each class (none
 * by default); `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ or `weight` does not have C entries
 * @example z = [[1, 2, 3]], t = [[0, 0, 1]]: 0.4076 + 0.1/3 · (2 + 1 + 0) = 0.5076
 */
export const labelSmoothedCrossEntropy = defineLoss({
  name: 'Label-smoothed cross-entropy',
  description: 'Cross-entropy that asks for confidence, not certainty: a share of each label goes to all classes.',
  formula: '-mean_i sum_c w_c (t_ic (1-s) + s/C) log softmax(z_i)_c',
  reference: 'Szegedy et al., Rethinking the Inception architecture, 2016; torch.nn.CrossEntropyLoss(label_smoothing)',
  example: { inputs: { logits: [[1, 2, 3]], yTrue: [[0, 0, 1]] }, value: 0.5076059644443803 },
  inputs: {
    logits: { shape: [8, 4], domain: 'logit' },
    yTrue: { shape: [8, 4], domain: 'one-hot', role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(logits: Tensor, yTrue: Tensor, parameters: z.infer<typeof params>) {
    requireSameShape({ logits, yTrue });
    return tf.tidy(() => softCrossEntropy(logits, yTrue, parameters));
  },
});
