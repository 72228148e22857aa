import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ quantile: z.number().gt(0).lt(1).default(0.5), reduction: reductionSchema });

/**
 * Quantile (pinball) loss of r = t - p: `q r` where r > 0, else `(q - 1) r`.
 *
 * Smallest where a share q of the targets lies below the prediction; 0.5 is half the absolute error.
 *
 * Shapes: p and t of any one shape. Domain: real numbers.
 * Parameters: `quantile` q between 0 and 1 (0.5 by default), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example quantile 0.75, p = [1, 3], t = [2, 2]: (0.75·1 + 0.25·1) / 2 = 0.5
 */
export const quantile = defineLoss({
  name: 'Quantile loss',
  description: 'Regression towards a quantile of the target instead of its mean: for intervals and stocks.',
  formula: 'mean(max(q r, (q - 1) r)), r = t - p',
  reference: 'Koenker, Bassett, Regression quantiles, 1978',
  kinks: 'p = t; the gradient there is 0.',
  example: { inputs: { yPred: [1, 3], yTrue: [2, 2] }, params: { quantile: 0.75 }, value: 0.5 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { quantile: share, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => {
      const below = tf.relu(tf.sub(yTrue, yPred));
      const above = tf.relu(tf.sub(yPred, yTrue));
      return reduce(tf.add(tf.mul(below, share), tf.mul(above, 1 - share)), reduction);
    });
  },
});
