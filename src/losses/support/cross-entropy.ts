import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import { smoothLabels, weighByClass, type classWeightsSchema, type labelSmoothingSchema } from './class-weights.ts';
import { reduce, type Reduction } from './reduction.ts';
import { classCount } from './shapes.ts';

export interface CrossEntropyParameters {
  readonly weight: z.infer<typeof classWeightsSchema>;
  readonly labelSmoothing: z.infer<typeof labelSmoothingSchema>;
  readonly reduction: Reduction;
}

/**
 * Cross-entropy of logits against one-hot or soft targets, classes on the last axis.
 *
 * Right for targets that do not sum to 1, where the gradient of `tf.losses.softmaxCrossEntropy` is wrong
 * in TensorFlow.js 4.22.
 *
 * @throws Error when `weight` does not have one entry for each class
 */
export function softCrossEntropy(logits: Tensor, yTrue: Tensor, parameters: CrossEntropyParameters): Tensor {
  const { weight, labelSmoothing, reduction } = parameters;
  const target = weighByClass(smoothLabels(yTrue, labelSmoothing, classCount(logits)), weight, 'weight');
  return reduce(tf.neg(tf.sum(tf.mul(target, tf.logSoftmax(logits)), -1)), reduction);
}
