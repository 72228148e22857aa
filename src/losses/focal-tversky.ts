import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { errorWeightSchema, smoothSchema, tverskyDistance } from './support/overlap.ts';
import { requireSameShape } from './support/shapes.ts';
import { boundedPower } from './support/stable-math.ts';

const params = z.strictObject({
  alpha: errorWeightSchema.default(0.3),
  beta: errorWeightSchema.default(0.7),
  gamma: z.number().min(1).max(3).default(4 / 3),
  smooth: smoothSchema,
});

/** The distance of which float32 shows nothing in 1 minus an index close to 1. */
const STRAIGHT_BELOW = 1e-7;

/**
 * Focal Tversky loss: `D^(1/gamma)` of the Tversky distance D = 1 - (TP + smooth) / (TP + alpha FP +
 * beta FN + smooth), over all elements.
 *
 * The exponent is 1/gamma, as in the paper (code that raises to 0.75 means the same as gamma 4/3), and
 * below 1 its slope at a perfect match is infinite: the loss goes to 0 like a root. So for D below 1e-7,
 * which in float32 is lost in the rounding of the index, the power is a straight line to 0, of slope
 * 1e-7^(1/gamma - 1): 56 at gamma 4/3, 46000 at gamma 3. A perfect prediction costs 0, and has the gradient
 * of this line.
 *
 * alpha is the weight of false positives and beta of false negatives, as in `tversky`; the paper names them
 * the other way round.
 *
 * Shapes: p and g of any one shape. Domain: p in [0, 1], g 0 or 1.
 * Parameters: `alpha` and `beta` at least 0 (0.3 and 0.7 by default), `gamma` from 1, the Tversky loss, to
 * 3, the range of the paper (4/3 by default), `smooth` above 0 (1 by default).
 *
 * @throws Error when the shapes differ
 * @example p = [0.5, 0], g = [1, 0], alpha = beta = smooth = 1, gamma 2: D = 0.5 / 2 = 0.25, its root 0.5
 */
export const focalTversky = defineLoss({
  name: 'Focal Tversky loss',
  description: 'A root of the Tversky loss: keeps steep where the overlap is already good, for small regions.',
  formula: '(1 - (TP + smooth) / (TP + alpha FP + beta FN + smooth))^(1/gamma)',
  reference: 'Abraham, Khan, A novel focal Tversky loss function with improved attention U-Net, 2019',
  kinks: 'A Tversky distance of 1e-7, below which the power is a straight line.',
  example: {
    inputs: { yPred: [0.5, 0], yTrue: [1, 0] },
    params: { alpha: 1, beta: 1, gamma: 2 },
    value: 0.5,
  },
  inputs: {
    yPred: { shape: [2, 4, 4, 1], domain: 'probability' },
    yTrue: { shape: [2, 4, 4, 1], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { gamma, ...tverskyParameters }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => boundedPower(tverskyDistance(yPred, yTrue, tverskyParameters), 1 / gamma, STRAIGHT_BELOW));
  },
});
