import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';

/** How the losses of the elements or samples become one number; `none` leaves them as they are. */
export const reductionSchema = z.enum(['mean', 'sum', 'none']).default('mean');

export type Reduction = z.infer<typeof reductionSchema>;

/** With `none` the result is no scalar: it cannot be trained on, and `verify` says so. */
export function reduce(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === 'mean') return tf.mean(losses);
  if (reduction === 'sum') return tf.sum(losses);
  return losses;
}
