import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { classWeightsSchema, labelSmoothingSchema } from './support/class-weights.ts';
import { softCrossEntropy } from './support/cross-entropy.ts';
import { reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({
  weight: classWeightsSchema,
  labelSmoothing: labelSmoothingSchema,
  reduction: reductionSchema,
});

/**
 * Cross-entropy of logits against one-hot or soft targets: `-mean_i sum_c w_c t_ic log softmax(z_i)_c`.
 *
 * Right for targets that do not sum to 1 too. As in PyTorch with such targets, the mean divides by the
 * number of samples and not by the sum of the weights.
 *
 * Shapes: z and t of one shape [..., C]; classes on the last axis. Domain: z any logit, t one-hot or soft.
 * Parameters: `weight`, one factor for each class (none by default); `labelSmoothing` s turns t into
 * t(1-s) + s/C; `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ or `weight` does not have C entries
 * @example z = [[1, 2, 3]], t = [[0, 0, 1]]: log(e^-2 + e^-1 + 1) = 0.4076
 */
export const crossEntropy = defineLoss({
  name: 'Cross-entropy',
  description: 'Negative log-likelihood of one class out of several, from logits.',
  formula: '-mean_i sum_c w_c t_ic log softmax(z_i)_c',
  reference: 'Bridle, Probabilistic interpretation of feedforward network outputs, 1990; torch.nn.CrossEntropyLoss',
  example: { inputs: { logits: [[1, 2, 3]], yTrue: [[0, 0, 1]] }, value: 0.4076059644443803 },
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
