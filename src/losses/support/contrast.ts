import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { softplus, withGradient } from './stable-math.ts';

/** One positive against many others: the cross-entropy of contrastive, margin-softmax and listwise losses. */

/** Stands for minus infinity, which would make NaN of a row without any others: the lowest float32. */
const LOWEST = -(2 - 2 ** -23) * 2 ** 127;

/** Divides similarities: the lower, the more the nearest others count. */
export function temperatureSchema(byDefault: number): z.ZodDefault<z.ZodNumber> {
  return z.number().positive().default(byDefault);
}

/**
 * log sum exp along the last axis, with the softmax for derivative.
 *
 * The derivative of `tf.logSumExp` goes through `tf.max`, which counts the largest entry several times at ties.
 */
function logSumExp(x: Tensor): Tensor {
  return withGradient(x, {
    value: (input) => tf.logSumExp(input, -1),
    gradient: (dy, input) => tf.mul(tf.expandDims(dy, -1), tf.softmax(input)),
  });
}

/**
 * `-log(exp(a) / (exp(a) + sum exp(b)))` for each positive a [...] and its others b, those entries of
 * [..., M] where `isOther` is true; 0 where there are none.
 *
 * As softplus(log sum exp(b) - a) it keeps its digits where the positive is far above the others: there
 * 1 + sum exp(b - a), inside of `tf.logSoftmax`, is rounded to 1.
 */
export function lossAgainstOthers(positive: Tensor, scores: Tensor, isOther: Tensor): Tensor {
  const others = tf.where(isOther, scores, tf.scalar(LOWEST));
  return softplus(tf.sub(logSumExp(others), positive));
}
