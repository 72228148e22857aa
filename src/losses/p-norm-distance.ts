import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { normOfRows } from './support/vectors.ts';

const params = z.strictObject({ p: z.number().min(1).default(2), reduction: reductionSchema });

/**
 * Mean distance in the p-norm: `mean_i (sum_j |p_ij - t_ij|^p)^(1/p)`.
 *
 * Shapes: prediction and target of one shape [..., D]; the norm runs along the last axis. Domain: real numbers.
 * Parameters: `p` at least 1 (2 by default: Euclidean), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p 2, prediction [[3, 4], [0, 0]], target zeros: (5 + 0) / 2 = 2.5
 */
export const pNormDistance = defineLoss({
  name: 'p-norm distance',
  description: 'The average distance between predicted and true vectors, in a norm of your choice.',
  formula: 'mean_i (sum_j |p_ij - t_ij|^p)^(1/p)',
  reference: 'Minkowski, Geometrie der Zahlen, 1896; torch.linalg.vector_norm',
  kinks: 'Prediction equal to target in a whole row, or (for p = 1) in one entry; the gradient there is 0.',
  example: {
    inputs: {
      yPred: [
        [3, 4],
        [0, 0],
      ],
      yTrue: [
        [0, 0],
        [0, 0],
      ],
    },
    value: 2.5,
  },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { p, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => reduce(normOfRows(tf.sub(yPred, yTrue), p), reduction));
  },
});
