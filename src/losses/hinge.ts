import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ reduction: reductionSchema });

/**
 * Hinge loss: `mean(max(0, 1 - t s))`.
 *
 * Shapes: scores s and targets t of any one shape. Domain: s real, t -1 or +1 (not 0 or 1).
 * Parameters: `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example s = [0.5, 2, -1], t = [1, 1, 1]: (0.5 + 0 + 2) / 3 = 0.8333
 */
export const hinge = defineLoss({
  name: 'Hinge loss',
  description: 'Asks for a score on the right side, and a margin of 1 from the border: support vector machines.',
  formula: 'mean(max(0, 1 - t s))',
  reference: 'Cortes, Vapnik, Support-vector networks, 1995; keras.losses.Hinge',
  kinks: 't s = 1; the gradient there is 0.',
  example: { inputs: { scores: [0.5, 2, -1], yTrue: [1, 1, 1] }, value: 0.8333333333333334 },
  inputs: {
    scores: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'sign', role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(scores: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireSameShape({ scores, yTrue });
    return tf.tidy(() => reduce(tf.relu(tf.sub(1, tf.mul(yTrue, scores))), reduction));
  },
});
