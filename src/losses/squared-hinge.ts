import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ reduction: reductionSchema });

/**
 * Squared hinge loss: `mean(max(0, 1 - t s)^2)`.
 *
 * Shapes: scores s and targets t of any one shape. Domain: s real, t -1 or +1 (not 0 or 1).
 * Parameters: `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example s = [0.5, 2, -1], t = [1, 1, 1]: (0.25 + 0 + 4) / 3 = 1.4167
 */
export const squaredHinge = defineLoss({
  name: 'Squared hinge loss',
  description: 'The hinge loss without its corner; large violations of the margin weigh more.',
  formula: 'mean(max(0, 1 - t s)^2)',
  reference:
    'Chang, Hsieh, Lin, Coordinate descent method for large-scale L2-loss linear SVM, 2008; keras.losses.SquaredHinge',
  kinks: 'Only the second derivative jumps, at t s = 1.',
  example: { inputs: { scores: [0.5, 2, -1], yTrue: [1, 1, 1] }, value: 1.4166666666666667 },
  inputs: {
    scores: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'sign', role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(scores: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireSameShape({ scores, yTrue });
    return tf.tidy(() => reduce(tf.square(tf.relu(tf.sub(1, tf.mul(yTrue, scores)))), reduction));
  },
});
