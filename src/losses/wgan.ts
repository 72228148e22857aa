import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineLoss } from '../contracts/define-loss.ts';

/**
 * Loss of a Wasserstein GAN's critic: `mean(D(G(z))) - mean(D(x))`.
 *
 * The constraint on the critic (clipped weights, gradient penalty) belongs to the training loop: it
 * concerns the critic's weights, which a loss of scores does not see.
 *
 * Shapes: any; the batches of real and generated scores may differ in size. Domain: real numbers.
 *
 * @example real [2, 0], fake [-2, 0]: -1 - 1 = -2
 */
export const wgan = defineLoss({
  name: 'Wasserstein GAN loss (critic)',
  description: 'The critic estimates the distance between real and generated samples.',
  formula: 'mean(D(G(z))) - mean(D(x))',
  reference: 'Arjovsky, Chintala, Bottou, Wasserstein GAN, 2017',
  example: { inputs: { realScores: [2, 0], fakeScores: [-2, 0] }, value: -2 },
  inputs: {
    realScores: { shape: [8, 1], domain: 'real' },
    fakeScores: { shape: [8, 1], domain: 'real' },
  },
  loss(realScores: Tensor, fakeScores: Tensor) {
    return tf.tidy(() => tf.sub(tf.mean(fakeScores), tf.mean(realScores)));
  },
});
