import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { labelSmoothingSchema, outputWeightSchema, smoothLabels, weighByClass } from './support/class-weights.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { oneMinus, softplus } from './support/stable-math.ts';

const params = z.strictObject({
  posWeight: outputWeightSchema,
  labelSmoothing: labelSmoothingSchema,
  reduction: reductionSchema,
});

/**
 * Binary cross-entropy on logits: `mean(w t softplus(-z) + (1 - t) softplus(z))`.
 *
 * softplus(-z) is -log sigmoid(z), computed without forming the probability, which rounds to 0 or 1.
 *
 * Shapes: z and t of any one shape. Domain: z any logit, t 0 or 1 (targets between work too).
 * Parameters: `posWeight` w, a factor on the positive term, one number or one for each entry of the last
 * axis (1 by default); `labelSmoothing` s turns t into t(1-s) + s/2; `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ or `posWeight` does not fit the last axis
 * @example z = [0, 2], t = [1, 0]: (log 2 + log(1 + e^2)) / 2 = 1.4100
 */
export const bceWithLogits = defineLoss({
  name: 'Binary cross-entropy with logits',
  description: 'Negative log-likelihood of independent yes/no outcomes, from logits: stable at any confidence.',
  formula: 'mean(w t log(1 + exp(-z)) + (1 - t) log(1 + exp(z)))',
  reference: 'Cox, The regression analysis of binary sequences, 1958; torch.nn.BCEWithLogitsLoss',
  example: { inputs: { logits: [0, 2], yTrue: [1, 0] }, value: 1.410037595801459 },
  inputs: {
    logits: { shape: [8, 4], domain: 'logit' },
    yTrue: { shape: [8, 4], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(logits: Tensor, yTrue: Tensor, { posWeight, labelSmoothing, reduction }: z.infer<typeof params>) {
    requireSameShape({ logits, yTrue });
    return tf.tidy(() => {
      const target = smoothLabels(yTrue, labelSmoothing, 2);
      const positive = tf.mul(weighByClass(target, posWeight, 'posWeight'), softplus(tf.neg(logits)));
      const negative = tf.mul(oneMinus(target), softplus(logits));
      return reduce(tf.add(positive, negative), reduction);
    });
  },
});
