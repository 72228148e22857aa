import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { huberPenalty } from './support/huber.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { absolute } from './support/stable-math.ts';

const params = z.strictObject({ beta: z.number().nonnegative().default(1), reduction: reductionSchema });

/**
 * Smooth L1 loss of r = p - t: `r^2 / (2 beta)` where |r| < beta, else `|r| - beta / 2`.
 *
 * Huber's loss with delta = beta, divided by beta: the slope far from the target is always 1.
 *
 * Shapes: p and t of any one shape. Domain: real numbers.
 * Parameters: `beta` at least 0 (1 by default; 0 is the absolute error), `reduction` mean (default), sum
 * or none.
 *
 * @throws Error when the shapes differ
 * @example beta 2, p = [1, 0], t = [0, 3]: (1/4 + 3 - 1) / 2 = 1.125
 */
export const smoothL1 = defineLoss({
  name: 'Smooth L1 loss',
  description: 'Absolute error with its corner rounded off: the usual choice for the sides of bounding boxes.',
  formula: 'mean(|r| < beta ? r^2 / (2 beta) : |r| - beta / 2), r = p - t',
  reference: 'Girshick, Fast R-CNN, 2015; torch.nn.SmoothL1Loss',
  kinks: 'Only the second derivative jumps, at |p - t| = beta; with beta 0 the first one does, at p = t.',
  example: { inputs: { yPred: [1, 0], yTrue: [0, 3] }, params: { beta: 2 }, value: 1.125 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { beta, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => {
      const residual = tf.sub(yPred, yTrue);
      const losses = beta === 0 ? absolute(residual) : tf.div(huberPenalty(residual, beta), beta);
      return reduce(losses, reduction);
    });
  },
});
