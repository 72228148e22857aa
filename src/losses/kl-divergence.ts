import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { logProbability } from './support/stable-math.ts';

const params = z.strictObject({ reduction: reductionSchema });

/**
 * Kullback-Leibler divergence of the prediction from the target: `mean_i sum_c t_ic (log t_ic - log p_ic)`.
 *
 * Takes probabilities, where `torch.nn.KLDivLoss` takes log-probabilities; `mean` is the mean over the
 * rows (PyTorch's `batchmean`), the only one that is the divergence. A target of 0 adds nothing.
 *
 * Shapes: p and t of one shape [..., C]. Domain: rows of p and t sum to 1.
 * Parameters: `reduction` mean (default), sum or none (one value for each row).
 *
 * @throws Error when the shapes differ
 * @example p = [[0.5, 0.5]], t = [[1, 0]]: log 2 = 0.6931
 */
export const klDivergence = defineLoss({
  name: 'Kullback-Leibler divergence',
  description: 'How much is lost by taking the predicted distribution for the true one.',
  formula: 'mean_i sum_c t_ic (log t_ic - log p_ic)',
  reference: 'Kullback, Leibler, On information and sufficiency, 1951; torch.nn.KLDivLoss',
  kinks: 'None inside (0, 1); the logarithms are bounded below exp(-100).',
  example: { inputs: { yPred: [[0.5, 0.5]], yTrue: [[1, 0]] }, value: Math.LN2 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'distribution' },
    yTrue: { shape: [8, 4], domain: 'distribution', role: 'target' },
  },
  expect: { zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => {
      const logRatio = tf.sub(logProbability(yTrue), logProbability(yPred));
      return reduce(tf.sum(tf.mul(yTrue, logRatio), -1), reduction);
    });
  },
});
