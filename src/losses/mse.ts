import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ reduction: reductionSchema });

/**
 * Mean squared error: `mean((p - t)^2)`.
 *
 * Shapes: p and t of any one shape. Domain: real numbers up to about 1e18, whose square float32 holds.
 * Parameters: `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p = [1, 2, 3], t = [1.5, 2.5, 3.5]: (0.25 + 0.25 + 0.25) / 3 = 0.25
 */
export const mse = defineLoss({
  name: 'Mean squared error',
  description: 'The average squared distance between prediction and target: regression with normal errors.',
  formula: 'mean((p - t)^2)',
  reference: 'Gauss, Theoria combinationis observationum, 1821; torch.nn.MSELoss',
  example: { inputs: { yPred: [1, 2, 3], yTrue: [1.5, 2.5, 3.5] }, value: 0.25 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => reduce(tf.square(tf.sub(yPred, yTrue)), reduction));
  },
});
