import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineLoss } from '../contracts/define-loss.ts';

/**
 * The generator's side of the Wasserstein GAN: `-mean(D(G(z)))`.
 *
 * Shapes: any. Domain: real numbers. Unbounded below: the critic's side holds it.
 *
 * @example fake [-2, 1]: -(-2 + 1)/2 = 0.5
 */
export const wganGenerator = defineLoss({
  name: 'Wasserstein GAN loss (generator)',
  description: 'The generator brings its samples closer to the real ones, as the critic measures it.',
  formula: '-mean(D(G(z)))',
  reference: 'Arjovsky, Chintala, Bottou, Wasserstein GAN, 2017',
  example: { inputs: { fakeScores: [-2, 1] }, value: 0.5 },
  inputs: { fakeScores: { shape: [8, 1], domain: 'real' } },
  loss(fakeScores: Tensor) {
    return tf.tidy(() => tf.neg(tf.mean(fakeScores)));
  },
});
