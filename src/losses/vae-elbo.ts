import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { batchSize, requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ beta: z.number().nonnegative().default(1) });

/**
 * Negative evidence lower bound of a variational autoencoder with a normal decoder of variance 1:
 * `(sum (p - t)^2 / 2 + beta sum (mu^2 + exp(v) - 1 - v) / 2) / N`, with v = log sigma^2 of the code.
 *
 * Both terms are sums over the features and means over the N samples: averaging only the first over its
 * pixels would let the second win.
 *
 * Shapes: p and t of one shape [N, ...], mu and logVar of one shape [N, D]. Domain: p, t and mu real,
 * logVar within ±5 (from about 88 on exp overflows float32).
 * Parameters: `beta` at least 0 (1 by default; above 1 it is a beta-VAE).
 * Returns the total with its components `reconstruction` and `kl`, before weighting.
 *
 * @throws Error when the shapes of p and t, or of mu and logVar, differ
 * @example p = [[1, 2]], t = [[0, 0]], mu = [[1]], logVar = [[0]]: 5/2 + 1/2 = 3
 */
export const vaeElbo = defineLoss({
  name: 'VAE loss',
  description: 'Reconstruction error and divergence of the code from the standard normal distribution.',
  formula: '(sum (p - t)^2 / 2 + beta sum (mu^2 + exp(v) - 1 - v) / 2) / N',
  reference: 'Kingma, Welling, Auto-encoding variational Bayes, 2014; Higgins et al., beta-VAE, 2017',
  example: { inputs: { yPred: [[1, 2]], yTrue: [[0, 0]], mu: [[1]], logVar: [[0]] }, value: 3 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
    mu: { shape: [8, 2], domain: 'real' },
    logVar: { shape: [8, 2], domain: { min: -5, max: 5 } },
  },
  expect: { nonNegative: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, mu: Tensor, logVar: Tensor, { beta }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    requireSameShape({ mu, logVar });
    return tf.tidy((): [Tensor, Record<string, Tensor>] => {
      const perSample = 0.5 / batchSize(yPred);
      const reconstruction = tf.mul(tf.sum(tf.square(tf.sub(yPred, yTrue))), perSample);
      // expm1(v) - v keeps its digits near v = 0, where exp(v) - 1 - v would lose them.
      const excess = tf.sub(tf.expm1(logVar), logVar);
      const kl = tf.mul(tf.sum(tf.add(tf.square(mu), excess)), perSample);
      return [tf.add(reconstruction, tf.mul(kl, beta)), { reconstruction, kl }];
    });
  },
});
