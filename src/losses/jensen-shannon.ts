import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { withGradients } from './support/custom-gradients.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ reduction: reductionSchema });

/** The smallest normal float32: a probability below it has this one's logarithm. */
const SMALLEST = 2 ** -126;

/**
 * log(p / m) of the mixture m = (p + t) / 2, as -log(1 + (t - p) / (2p)): right beside p = t, where the
 * difference of two logarithms would cancel, and for p far below t, where the quotient p / m would round.
 */
function logShare(p: Tensor, t: Tensor): Tensor {
  return tf.neg(tf.log1p(tf.div(tf.sub(t, p), tf.mul(tf.maximum(p, SMALLEST), 2))));
}

/** The derivatives log(p / m) / 2 and log(t / m) / 2 are written down: what else the operations give cancels. */
function perClass(prediction: Tensor, target: Tensor): Tensor {
  return withGradients(prediction, target, {
    value: (p, t) => tf.mul(tf.add(tf.mul(p, logShare(p, t)), tf.mul(t, logShare(t, p))), 0.5),
    gradients: (dy, p, t) => {
      const half = tf.mul(dy, 0.5);
      return [tf.mul(half, logShare(p, t)), tf.mul(half, logShare(t, p))];
    },
  });
}

/**
 * Jensen-Shannon divergence: `mean_i sum_c (p_ic log(p_ic / m_ic) + t_ic log(t_ic / m_ic)) / 2` with the
 * mixture m = (p + t) / 2.
 *
 * Symmetric, and never above log 2: a certain and wrong prediction costs that and no more. `mean` is the
 * mean over the rows.
 *
 * Shapes: p and t of one shape [..., C]. Domain: rows of p and t sum to 1.
 * Parameters: `reduction` mean (default), sum or none (one value for each row).
 *
 * @throws Error when the shapes differ
 * @example p = [[0.5, 0.5]], t = [[1, 0]]: (0.5 log(2/3) + 0.5 log 2 + log(4/3)) / 2 = 0.2158
 */
export const jensenShannon = defineLoss({
  name: 'Jensen-Shannon divergence',
  description: 'A symmetric distance of two distributions with an upper bound, where Kullback-Leibler has none.',
  formula: 'mean_i sum_c (p_ic log(p_ic / m_ic) + t_ic log(t_ic / m_ic)) / 2, m = (p + t) / 2',
  reference: 'Lin, Divergence measures based on the Shannon entropy, 1991',
  kinks: 'None inside (0, 1); below 1e-38 the logarithm is a constant.',
  example: { inputs: { yPred: [[0.5, 0.5]], yTrue: [[1, 0]] }, value: 0.21576155433883565 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'distribution' },
    yTrue: { shape: [8, 4], domain: 'distribution', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => reduce(tf.sum(perClass(yPred, yTrue), -1), reduction));
  },
});
