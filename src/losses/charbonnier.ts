import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { withGradient } from './support/stable-math.ts';

const params = z.strictObject({ eps: z.number().positive().default(1e-3), reduction: reductionSchema });

/** sqrt(x^2 + eps^2), with the larger of the two in front of the root: a square of eps may vanish in float32. */
function hypotenuse(x: Tensor, eps: number): Tensor {
  const magnitude = tf.abs(x);
  const larger = tf.maximum(magnitude, eps);
  const ratio = tf.div(tf.minimum(magnitude, eps), larger);
  return tf.mul(larger, tf.sqrt(tf.add(tf.square(ratio), 1)));
}

/** The derivative x / sqrt(x^2 + eps^2) is written down: minimum and maximum have kinks that the root has not. */
function smoothAbsolute(x: Tensor, eps: number): Tensor {
  return withGradient(x, {
    value: (input) => hypotenuse(input, eps),
    gradient: (dy, input) => tf.mul(dy, tf.div(input, hypotenuse(input, eps))),
  });
}

/**
 * Charbonnier loss: `mean(sqrt((p - t)^2 + eps^2))`.
 *
 * A perfect prediction costs eps.
 *
 * Shapes: p and t of any one shape. Domain: real numbers.
 * Parameters: `eps` above 0 (1e-3 by default), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example eps 3, p = [4, 0], t = [0, 0]: (5 + 3) / 2 = 4
 */
export const charbonnier = defineLoss({
  name: 'Charbonnier loss',
  description: 'Absolute error with its corner rounded off over a width of eps: for restoring images.',
  formula: 'mean(sqrt((p - t)^2 + eps^2))',
  reference:
    'Charbonnier et al., Two deterministic half-quadratic regularization algorithms, 1994; Lai et al., LapSRN, 2017',
  kinks: 'None.',
  example: { inputs: { yPred: [4, 0], yTrue: [0, 0] }, params: { eps: 3 }, value: 4 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { eps, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => reduce(smoothAbsolute(tf.sub(yPred, yTrue), eps), reduction));
  },
});
