import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineLoss } from '../contracts/define-loss.ts';

/**
 * Hinge loss of a GAN's discriminator: `mean(max(0, 1 - D(x))) + mean(max(0, 1 + D(G(z))))`.
 *
 * Shapes: any; the batches of real and generated scores may differ in size. Domain: real numbers.
 *
 * @example real [2, 0], fake [-2, 0]: (0 + 1)/2 + (0 + 1)/2 = 1
 */
export const ganHinge = defineLoss({
  name: 'GAN hinge loss (discriminator)',
  description: 'The discriminator scores real samples above 1 and generated ones below -1.',
  formula: 'mean(max(0, 1 - D(x))) + mean(max(0, 1 + D(G(z))))',
  reference: 'Lim, Ye, Geometric GAN, 2017; Miyato et al., Spectral normalization, 2018',
  kinks: 'D(x) = 1 and D(G(z)) = -1; the gradient there is 0.',
  example: { inputs: { realScores: [2, 0], fakeScores: [-2, 0] }, value: 1 },
  inputs: {
    realScores: { shape: [8, 1], domain: 'real' },
    fakeScores: { shape: [8, 1], domain: 'real' },
  },
  expect: { nonNegative: true },
  loss(realScores: Tensor, fakeScores: Tensor) {
    return tf.tidy(() => {
      const onReal = tf.mean(tf.relu(tf.sub(1, realScores)));
      const onFake = tf.mean(tf.relu(tf.add(1, fakeScores)));
      return tf.add(onReal, onFake);
    });
  },
});
