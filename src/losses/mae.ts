import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { absolute } from './support/stable-math.ts';

const params = z.strictObject({ reduction: reductionSchema });

/**
 * Mean absolute error: `mean(|p - t|)`.
 *
 * Shapes: p and t of any one shape. Domain: real numbers.
 * Parameters: `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p = [1, 2, 3], t = [1.5, 2.5, 3.5]: (0.5 + 0.5 + 0.5) / 3 = 0.5
 */
export const mae = defineLoss({
  name: 'Mean absolute error',
  description: 'The average distance between prediction and target: regression towards the median.',
  formula: 'mean(|p - t|)',
  reference: 'Laplace, Théorie analytique des probabilités, 1812; torch.nn.L1Loss',
  kinks: 'p = t; the gradient there is 0.',
  example: { inputs: { yPred: [1, 2, 3], yTrue: [1.5, 2.5, 3.5] }, value: 0.5 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => reduce(absolute(tf.sub(yPred, yTrue)), reduction));
  },
});
