import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { LOG_ZERO, logSumExp } from './log-space.ts';
import { softplus } from './stable-math.ts';

/** One positive against many others: the cross-entropy of contrastive, margin-softmax and listwise losses. */

/** Divides similarities: the lower, the more the nearest others count. */
export function temperatureSchema(byDefault: number): z.ZodDefault<z.ZodNumber> {
  return z.number().positive().default(byDefault);
}

/**
 * `-log(exp(a) / (exp(a) + sum exp(b)))` for each positive a [...] and its others b, those entries of
 * [..., M] where `isOther` is true; 0 where there are none.
 *
 * As softplus(log sum exp(b) - a) it keeps its digits where the positive is far above the others: there
 * 1 + sum exp(b - a), inside of `tf.logSoftmax`, is rounded to 1.
 */
export function lossAgainstOthers(positive: Tensor, scores: Tensor, isOther: Tensor): Tensor {
  const others = tf.where(isOther, scores, tf.scalar(LOG_ZERO));
  return softplus(tf.sub(tf.squeeze(logSumExp(others), [-1]), positive));
}
