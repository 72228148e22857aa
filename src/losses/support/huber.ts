import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * `r^2 / 2` where |r| < delta, else `delta (|r| - delta / 2)`.
 *
 * Written as c (r - c/2) with c = r clipped to [-delta, delta], which is both pieces at once. A
 * `tf.where(tf.less(r, delta), ...)` would throw in the backward pass: comparisons have no derivative
 * in TensorFlow.js 4.22.
 */
export function huberPenalty(residual: Tensor, delta: number): Tensor {
  const clipped = tf.clipByValue(residual, -delta, delta);
  return tf.mul(clipped, tf.sub(residual, tf.mul(clipped, 0.5)));
}
