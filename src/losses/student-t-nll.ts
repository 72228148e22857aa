import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { withGradient } from './support/stable-math.ts';

const params = z.strictObject({ df: z.number().positive().default(4), reduction: reductionSchema });

/** From here on log(1 + x^2) is 2 log|x|, to the last digit of a double. */
const LOGARITHMIC_FROM = 1e9;

/** log(1 + x^2), with derivative 2 / (x + 1/x): x^2 overflows in float32 from 1.8e19 on, and the logarithm never. */
function log1pSquare(x: Tensor): Tensor {
  return withGradient(x, {
    value: (input) => {
      const magnitude = tf.abs(input);
      const near = tf.minimum(magnitude, LOGARITHMIC_FROM);
      const beyond = tf.maximum(tf.div(magnitude, LOGARITHMIC_FROM), 1);
      return tf.add(tf.log1p(tf.square(near)), tf.mul(tf.log(beyond), 2));
    },
    gradient: (dy, input) => tf.mul(dy, tf.div(2, tf.add(input, tf.reciprocal(input)))),
  });
}

/** Where the expansion of the ratio of gamma functions is exact to a double. */
const EXPANDED_FROM = 16;

/**
 * log(Γ(x) / Γ(x + 1/2)) + log(x) / 2, which goes to 0 for large x.
 *
 * Shifted up by Γ(x + 1) = x Γ(x), then expanded in 1/x (Abramowitz and Stegun 6.1.40, the difference of
 * two): logarithms of the gamma functions themselves would cancel for large x.
 */
function logGammaRatio(x: number): number {
  const steps = Math.max(0, Math.ceil(EXPANDED_FROM - x));
  const top = x + steps;
  const shifted = Array.from({ length: steps }, (_, k) => Math.log1p(0.5 / (x + k)));
  const u = 1 / top ** 2;
  const expansion = (1 / 8 - u * (1 / 192 - u * (1 / 640 - u * (17 / 14336 - (u * 31) / 18432)))) / top;
  return shifted.reduce((sum, term) => sum + term, expansion) + (Math.log(x) - Math.log(top)) / 2;
}

/**
 * Negative log-likelihood of Student's t distribution:
 * `mean(log s + (df + 1)/2 log(1 + ((p - t)/s)^2 / df) + log(Γ(df/2) sqrt(pi df) / Γ((df + 1)/2)))`.
 *
 * Grows like the logarithm of a large residual, where the normal distribution grows like its square.
 *
 * Shapes: p, t and scale s of any one shape. Domain: p and t real, s above 0.
 * Parameters: `df` above 0, the degrees of freedom (4 by default, the paper's advice; 1 is Cauchy's
 * distribution, infinity the normal one), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example df 1, p = [0], t = [1], scale = [1]: log 2 + log pi = 1.8379
 */
export const studentTNll = defineLoss({
  name: "Student's t negative log-likelihood",
  description: 'Regression with heavy tails: learns the noise of each target, and outliers hardly disturb it.',
  formula: 'mean(log s + (df + 1)/2 log(1 + ((p - t)/s)^2 / df) + log(Γ(df/2) sqrt(pi df) / Γ((df + 1)/2)))',
  reference:
    'Lange, Little, Taylor, Robust statistical modeling using the t distribution, 1989; torch.distributions.StudentT',
  kinks: 'None.',
  example: { inputs: { yPred: [0], yTrue: [1], scale: [1] }, params: { df: 1 }, value: 1.8378770664093453 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
    scale: { shape: [8, 4], domain: 'positive' },
  },
  expect: { minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, scale: Tensor, { df, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue, scale });
    return tf.tidy(() => {
      const spread = tf.div(tf.div(tf.sub(yPred, yTrue), scale), Math.sqrt(df));
      const normaliser = logGammaRatio(df / 2) + 0.5 * Math.log(2 * Math.PI);
      const tails = tf.mul(log1pSquare(spread), (df + 1) / 2);
      return reduce(tf.add(tf.add(tf.log(scale), tails), normaliser), reduction);
    });
  },
});
