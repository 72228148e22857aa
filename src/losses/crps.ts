import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { withGradients } from './support/custom-gradients.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { erf } from './support/special-functions.ts';

const params = z.strictObject({ reduction: reductionSchema });

/** Twice the standard normal density, less 1 / sqrt(pi). */
function excessDensity(z: Tensor): Tensor {
  const density = tf.mul(tf.exp(tf.mul(tf.square(z), -0.5)), Math.sqrt(2 / Math.PI));
  return tf.sub(density, 1 / Math.sqrt(Math.PI));
}

/**
 * The score of each entry from its residual and scale. The derivatives are the two terms by themselves:
 * composed from the operations they would be differences of parts as large as residual / scale.
 *
 * The absolute error of `tf.erf`, 1.5e-7, is lost beside the other term of the value, but would be all
 * that is left of a gradient near the target.
 */
function score(residual: Tensor, scale: Tensor): Tensor {
  return withGradients(residual, scale, {
    value: (r, s) => {
      const z = tf.div(r, s);
      return tf.add(tf.mul(r, tf.erf(tf.mul(z, Math.SQRT1_2))), tf.mul(s, excessDensity(z)));
    },
    gradients: (dy, r, s) => {
      const z = tf.div(r, s);
      return [tf.mul(dy, erf(tf.mul(z, Math.SQRT1_2))), tf.mul(dy, excessDensity(z))];
    },
  });
}

/**
 * Continuous ranked probability score of a normal distribution: `mean(s (z erf(z / sqrt 2) + 2 phi(z) - 1/sqrt(pi)))`
 * with z = (p - t) / s and phi the standard normal density.
 *
 * In the unit of the target; as s goes to 0 it is the absolute error.
 *
 * Shapes: p, t and scale s of any one shape. Domain: p and t real, s above 0.
 * Parameters: `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p = [0], t = [0], scale = [2]: 2 (sqrt(2/pi) - 1/sqrt(pi)) = 0.4674
 */
export const crps = defineLoss({
  name: 'Continuous ranked probability score',
  description: 'Absolute error for a predicted normal distribution: rewards a right mean and an honest spread.',
  formula: 'mean(s (z erf(z / sqrt 2) + 2 phi(z) - 1/sqrt(pi))), z = (p - t) / s',
  reference: 'Gneiting, Raftery, Strictly proper scoring rules, prediction, and estimation, 2007',
  kinks: 'None.',
  example: { inputs: { yPred: [0], yTrue: [0], scale: [2] }, value: 0.46738995451021825 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
    scale: { shape: [8, 4], domain: 'positive' },
  },
  expect: { nonNegative: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, scale: Tensor, { reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue, scale });
    return tf.tidy(() => reduce(score(tf.sub(yPred, yTrue), scale), reduction));
  },
});
