import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { scaledExpm1 } from './support/special-functions.ts';
import { withGradient } from './support/stable-math.ts';

const params = z.strictObject({
  alpha: z.number().max(2).default(1),
  scale: z.number().positive().default(1),
  reduction: reductionSchema,
});

/** From here on the loss is its limit for alpha = -infinity, to the last digit of a double. */
const LARGEST_BEND = 1e16;

/** Next to alpha = 2, y / b may pass the largest float32, where its logarithm counts for nothing any more. */
const LARGEST_RATIO = 2 ** 127;

/** b log(1 + y/b), for b = 0 its limit 0. */
function bentBy(b: number, y: Tensor): Tensor {
  if (b === 0) return tf.zerosLike(y);
  return tf.mul(tf.log1p(tf.minimum(tf.div(y, b), LARGEST_RATIO)), b);
}

/**
 * The penalty of x with b = 2 - alpha, y = x^2 and l = b log(1 + y/b): `(exp(s l) - 1) / (2 s)` with
 * s = alpha / (2b), which is l / 2 for alpha = 0, or the same as `(y exp(-l/2) + b (exp(-l/2) - 1)) / alpha`.
 *
 * The first divides by b and loses its digits near alpha = 2, the second near alpha = 0; taken where they
 * are good, they are right at and beside the special cases too, without an epsilon in alpha. The
 * derivative x exp(-l/2) is one for all alpha; exp in two halves, as it may vanish before x times it does.
 */
function robustPenalty(x: Tensor, alpha: number): Tensor {
  const b = Math.min(2 - alpha, LARGEST_BEND);
  return withGradient(x, {
    value: (input) => {
      const squared = tf.square(input);
      const bent = bentBy(b, squared);
      if (b > 1) return tf.mul(scaledExpm1(bent, (2 - b) / (2 * b)), 0.5);
      const half = tf.mul(bent, -0.5);
      return tf.div(tf.add(tf.mul(squared, tf.exp(half)), tf.mul(tf.expm1(half), b)), 2 - b);
    },
    gradient: (dy, input) => {
      const quarter = tf.exp(tf.mul(bentBy(b, tf.square(input)), -0.25));
      return tf.mul(dy, tf.mul(tf.mul(input, quarter), quarter));
    },
  });
}

/**
 * Barron's general robust loss of x = (p - t) / c: `|alpha - 2| / alpha ((x^2 / |alpha - 2| + 1)^(alpha/2) - 1)`.
 *
 * One loss for many: alpha 2 is half the squared error, 1 the Charbonnier loss sqrt(x^2 + 1) - 1, 0
 * Cauchy's log(x^2 / 2 + 1), -2 Geman and McClure's, and Welsch's 1 - exp(-x^2 / 2) is approached as alpha
 * goes to -infinity.
 *
 * Shapes: p and t of any one shape. Domain: real numbers.
 * Parameters: `alpha` at most 2 (1 by default), the smaller the less an outlier counts; `scale` c above 0
 * (1 by default), the residual from which on one is an outlier; `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example alpha -2, p = [2, 0], t = [0, 0]: (2·4 / (4 + 4) + 0) / 2 = 0.5
 */
export const generalRobust = defineLoss({
  name: 'General robust loss',
  description: 'A family from squared error to losses that ignore outliers, along one parameter.',
  formula: 'mean(|alpha - 2| / alpha ((x^2 / |alpha - 2| + 1)^(alpha/2) - 1)), x = (p - t) / c',
  reference: 'Barron, A general and adaptive robust loss function, 2019',
  kinks: 'None.',
  example: { inputs: { yPred: [2, 0], yTrue: [0, 0] }, params: { alpha: -2 }, value: 0.5 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { alpha, scale, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => reduce(robustPenalty(tf.div(tf.sub(yPred, yTrue), scale), alpha), reduction));
  },
});
