import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineLoss } from '../contracts/define-loss.ts';
import { requireSameShape } from './support/shapes.ts';

/**
 * Several task losses, weighted by learned uncertainties: `sum_i L_i exp(-s_i) / 2 + s_i / 2`, where
 * s_i = log sigma_i^2 is trained along with the model and starts at 0.
 *
 * This is the formula of the paper, L / (2 sigma^2) + log sigma. Code that computes exp(-s) L + s is
 * twice as large.
 *
 * Shapes: losses and logVars both [K]. Domain: losses at least 0, logVars within ±10.
 *
 * @throws Error when the shapes differ
 * @example losses [1, 2, 4], logVars [0, 0, 0]: (1 + 2 + 4) / 2 = 3.5
 */
export const uncertaintyWeighted = defineLoss({
  name: 'Uncertainty-weighted loss',
  description: 'A sum of task losses whose weights are learned as the noise of each task.',
  formula: 'sum_i L_i exp(-s_i) / 2 + s_i / 2, s_i = log sigma_i^2',
  reference: 'Kendall, Gal, Cipolla, Multi-task learning using uncertainty to weigh losses, 2018',
  example: { inputs: { losses: [1, 2, 4], logVars: [0, 0, 0] }, value: 3.5 },
  inputs: {
    losses: { shape: [3], domain: 'nonnegative' },
    logVars: { shape: [3], domain: { min: -10, max: 10 }, role: 'parameter' },
  },
  loss(losses: Tensor, logVars: Tensor) {
    requireSameShape({ losses, logVars });
    return tf.tidy(() => tf.mul(tf.sum(tf.add(tf.mul(losses, tf.exp(tf.neg(logVars))), logVars)), 0.5));
  },
});
