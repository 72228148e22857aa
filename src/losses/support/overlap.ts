import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';

/** Added above and below the fraction, so that two empty masks are a perfect match and not 0/0. */
export const smoothSchema = z.number().positive().default(1);

/** 1 - (2 sum(p g) + smooth) / (sum p + sum g + smooth), over all elements. */
export function diceDistance(probabilities: Tensor, mask: Tensor, smooth: number): Tensor {
  const overlap = tf.sum(tf.mul(probabilities, mask));
  const total = tf.add(tf.sum(probabilities), tf.sum(mask));
  return tf.sub(1, tf.div(tf.add(tf.mul(overlap, 2), smooth), tf.add(total, smooth)));
}
