import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { classWeightsSchema, labelSmoothingSchema, smoothLabels, weighByClass } from './support/class-weights.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { classCount, formatShape } from './support/shapes.ts';

const params = z.strictObject({
  weight: classWeightsSchema,
  labelSmoothing: labelSmoothingSchema,
  reduction: reductionSchema,
});

function requireOneLabelPerRow(logits: Tensor, labels: Tensor): void {
  const rows = formatShape(logits.shape.slice(0, -1));
  if (formatShape(labels.shape) === rows) return;
  throw new Error(
    `logits have shape ${formatShape(logits.shape)}, so yTrue must have shape ${rows}, one class index for each row; ` +
      `it has ${formatShape(labels.shape)}.`,
  );
}

/**
 * Cross-entropy of logits against class indices: `sum_i w_yi (-log softmax(z_i)_yi) / sum_i w_yi`.
 *
 * As in PyTorch with indices, the mean divides by the weights of the labels in the batch (so it is NaN
 * when they are all 0), and label smoothing adds `s/C sum_c w_c (-log softmax(z_i)_c)`.
 *
 * Shapes: z [..., C], labels [...]. Domain: z any logit, labels whole numbers 0 to C-1. A label outside
 * makes the loss NaN: an exception would need the numbers, and reading them stalls a GPU.
 * Parameters: `weight`, one factor for each class (none by default); `labelSmoothing` s from 0 to 1;
 * `reduction` mean (default), sum or none.
 *
 * @throws Error when the shape of the labels is not that of the logits without the last axis, or `weight`
 *   does not have C entries
 * @example z = [[1, 2, 3]], label 2: log(e^-2 + e^-1 + 1) = 0.4076
 */
export const sparseCrossEntropy = defineLoss({
  name: 'Sparse cross-entropy',
  description: 'Negative log-likelihood of one class out of several, from logits and class indices.',
  formula: 'sum_i w_yi (-log softmax(z_i)_yi) / sum_i w_yi',
  reference: 'Bridle, Probabilistic interpretation of feedforward network outputs, 1990; torch.nn.CrossEntropyLoss',
  example: { inputs: { logits: [[1, 2, 3]], yTrue: [2] }, value: 0.4076059644443803 },
  inputs: {
    logits: { shape: [8, 4], domain: 'logit' },
    yTrue: { shape: [8], domain: 'class-index', classes: 4, role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(logits: Tensor, yTrue: Tensor, { weight, labelSmoothing, reduction }: z.infer<typeof params>) {
    requireOneLabelPerRow(logits, yTrue);
    return tf.tidy(() => {
      const classes = classCount(logits);
      // The wasm backend writes whole numbers into what it calls float32.
      const oneHot = tf.cast(tf.oneHot(tf.cast(yTrue, 'int32'), classes), 'float32');
      const target = weighByClass(smoothLabels(oneHot, labelSmoothing, classes), weight, 'weight');
      const oneWhenValid = tf.sum(oneHot, -1);
      const perSample = tf.div(tf.neg(tf.sum(tf.mul(target, tf.logSoftmax(logits)), -1)), oneWhenValid);
      if (reduction !== 'mean') return reduce(perSample, reduction);
      return tf.div(tf.sum(perSample), tf.sum(weighByClass(oneHot, weight, 'weight')));
    });
  },
});
