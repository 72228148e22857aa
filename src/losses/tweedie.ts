import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { withGradients } from './support/custom-gradients.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { polynomial, scaledExpm1 } from './support/special-functions.ts';

const params = z.strictObject({ power: z.number().min(1).max(2).default(1.5), reduction: reductionSchema });

/** Relative distance of target and prediction up to which the series is taken. */
const NEAR = 0.4;
/** The terms that |log(t/m)| <= 0.52 needs in double precision: up to x^16. */
const SERIES_TERMS = 15;
/** Below every positive float32: x log x is 0 there. */
const SMALLEST_RATIO = 2 ** -126;

/** (1 + a + ... + a^(n-2)) / n! for n = 2, 3, ...: the unit deviance in powers of log(t/m), less its factor x^2. */
function seriesCoefficients(a: number): readonly number[] {
  const coefficients: number[] = [];
  let [sum, power, factorial] = [0, 1, 1];
  for (let n = 2; n < 2 + SERIES_TERMS; n++) {
    sum += power;
    power *= a;
    factorial *= n;
    coefficients.push(sum / factorial);
  }
  return coefficients;
}

/** log(t/m), with a t of 0 taken as the smallest float32. */
function boundedLogRatio(m: Tensor, t: Tensor): Tensor {
  return tf.log(tf.maximum(tf.div(t, m), SMALLEST_RATIO));
}

/**
 * Half the deviance at m = 1, as a function of q = t/m and x = log q: with a = 2 - power and k = power - 1
 * (a q - q^a + k) / (a k), whose limits are q x - q + 1 for k = 0 and q - 1 - x for a = 0.
 *
 * Written so that it divides by the larger of a and k only, the smaller one being inside of `scaledExpm1`.
 * Near q = 1, where all of it cancels, it is a series in x = log(1 + (t - m)/m).
 */
function unitDeviance(m: Tensor, t: Tensor, power: number): Tensor {
  const [a, k] = [2 - power, power - 1];
  const q = tf.div(t, m);
  const far =
    a >= k
      ? tf.div(tf.add(tf.mul(q, tf.sub(scaledExpm1(boundedLogRatio(m, t), -k), 1)), 1), a)
      : tf.div(tf.sub(tf.sub(q, 1), scaledExpm1(tf.log(q), a)), k);
  const difference = tf.div(tf.sub(t, m), m);
  const x = tf.log1p(tf.clipByValue(difference, -NEAR, NEAR));
  const near = tf.mul(tf.square(x), polynomial(x, seriesCoefficients(a)));
  return tf.where(tf.less(tf.abs(difference), NEAR), near, far);
}

/** Deviance of each entry. Its derivative 2 (m - t) m^-power keeps its digits where those of the terms cancel. */
function deviance(prediction: Tensor, target: Tensor, power: number): Tensor {
  return withGradients(prediction, target, {
    value: (m, t) => tf.mul(tf.mul(tf.pow(m, 2 - power), unitDeviance(m, t, power)), 2),
    gradients: (dy, m, t) => {
      const slope = tf.mul(dy, tf.mul(tf.pow(m, 1 - power), 2));
      return [
        tf.mul(slope, tf.div(tf.sub(m, t), m)),
        tf.mul(slope, scaledExpm1(boundedLogRatio(m, t), 1 - power)),
      ];
    },
  });
}

/**
 * Mean Tweedie deviance: `2 mean(t^(2-p) / ((1-p)(2-p)) - t m^(1-p) / (1-p) + m^(2-p) / (2-p))` with power p
 * and predicted mean m; the Poisson deviance for p = 1, the gamma deviance for p = 2.
 *
 * Shapes: m and t of any one shape. Domain: m above 0, t at least 0 (above 0 for power 2, where a target
 * of 0 costs infinity).
 * Parameters: `power` from 1 to 2 (1.5 by default), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p 1.5, m = [1, 4], t = [4, 0]: (4 + 8) / 2 = 6
 */
export const tweedie = defineLoss({
  name: 'Tweedie deviance',
  description: 'Regression of amounts that are often exactly 0 and otherwise positive: claims, rainfall, sales.',
  formula: '2 mean(t^(2-p) / ((1-p)(2-p)) - t m^(1-p) / (1-p) + m^(2-p) / (2-p))',
  reference: 'Jørgensen, Exponential dispersion models, 1987; sklearn.metrics.mean_tweedie_deviance',
  kinks: 'None.',
  example: { inputs: { yPred: [1, 4], yTrue: [4, 0] }, value: 6 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'positive' },
    yTrue: { shape: [8, 4], domain: 'nonnegative', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { power, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => reduce(deviance(yPred, yTrue, power), reduction));
  },
});
