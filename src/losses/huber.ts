import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { huberPenalty } from './support/huber.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ delta: z.number().positive().default(1), reduction: reductionSchema });

/**
 * Huber loss of r = p - t: `r^2 / 2` where |r| < delta, else `delta (|r| - delta / 2)`.
 *
 * Shapes: p and t of any one shape. Domain: real numbers.
 * Parameters: `delta` above 0 (1 by default), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p = [0, 0], t = [0.5, 3]: (0.125 + 2.5) / 2 = 1.3125
 */
export const huber = defineLoss({
  name: 'Huber loss',
  description: 'Squared error for small residuals, absolute error for large ones: outliers pull with bounded force.',
  formula: 'mean(|r| < delta ? r^2 / 2 : delta (|r| - delta / 2)), r = p - t',
  reference: 'Huber, Robust estimation of a location parameter, 1964; torch.nn.HuberLoss',
  kinks: 'Only the second derivative jumps, at |p - t| = delta.',
  example: { inputs: { yPred: [0, 0], yTrue: [0.5, 3] }, value: 1.3125 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { delta, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => reduce(huberPenalty(tf.sub(yPred, yTrue), delta), reduction));
  },
});
