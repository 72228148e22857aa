import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { weighByClass } from './class-weights.ts';
import { reduce, reductionSchema } from './reduction.ts';
import { logProbability, oneMinus } from './stable-math.ts';

const gamma = z.number().nonnegative().default(2);

export const binaryFocalParams = z.strictObject({
  gamma,
  alpha: z.number().min(0).max(1).nullable().default(0.25),
  reduction: reductionSchema,
});

const alphaFactor = z.number().nonnegative();

export const multiclassFocalParams = z.strictObject({
  gamma,
  alpha: z
    .union([alphaFactor, z.array(alphaFactor).min(1)])
    .nullable()
    .default(0.25),
  reduction: reductionSchema,
});

/**
 * -(1 - p)^gamma log p, from log p and log(1 - p).
 *
 * The power is taken as exp(gamma log(1 - p)): the derivative of `tf.pow` divides by its base, which is
 * 0 at a certain and right prediction, and is NaN there for gamma below 1.
 */
function focused(logP: Tensor, logNotP: Tensor, exponent: number): Tensor {
  return tf.neg(tf.mul(tf.exp(tf.mul(logNotP, exponent)), logP));
}

/** The binary focal loss from the two log-probabilities. */
export function binaryFocal(
  logP: Tensor,
  logNotP: Tensor,
  target: Tensor,
  parameters: z.infer<typeof binaryFocalParams>,
): Tensor {
  const { alpha, reduction } = parameters;
  const positive = tf.mul(target, focused(logP, logNotP, parameters.gamma));
  const negative = tf.mul(oneMinus(target), focused(logNotP, logP, parameters.gamma));
  const onPositive = alpha ?? 1;
  const onNegative = alpha === null ? 1 : 1 - alpha;
  return reduce(tf.add(tf.mul(positive, onPositive), tf.mul(negative, onNegative)), reduction);
}

/** The multi-class focal loss from the log-probability and the probability of being wrong in each class. */
export function multiclassFocal(
  logP: Tensor,
  notP: Tensor,
  target: Tensor,
  parameters: z.infer<typeof multiclassFocalParams>,
): Tensor {
  const { alpha, reduction } = parameters;
  const perClass = tf.mul(target, focused(logP, logProbability(notP), parameters.gamma));
  return reduce(tf.sum(weighByClass(perClass, alpha, 'alpha'), -1), reduction);
}
