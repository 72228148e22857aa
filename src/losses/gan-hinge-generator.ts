import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineLoss } from '../contracts/define-loss.ts';

/**
 * The generator's side of the GAN hinge loss: `-mean(D(G(z)))`.
 *
 * Shapes: any. Domain: real numbers. Unbounded below: the discriminator's side holds it.
 *
 * @example fake [-2, 1]: -(-2 + 1)/2 = 0.5
 */
export const ganHingeGenerator = defineLoss({
  name: 'GAN hinge loss (generator)',
  description: 'The generator raises the scores of what it makes.',
  formula: '-mean(D(G(z)))',
  reference: 'Lim, Ye, Geometric GAN, 2017; Miyato et al., Spectral normalization, 2018',
  example: { inputs: { fakeScores: [-2, 1] }, value: 0.5 },
  inputs: { fakeScores: { shape: [8, 1], domain: 'real' } },
  loss(fakeScores: Tensor) {
    return tf.tidy(() => tf.neg(tf.mean(fakeScores)));
  },
});
