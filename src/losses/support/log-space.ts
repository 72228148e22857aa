import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './stable-math.ts';

/** The logarithm of a probability of 0: a path that does not exist. */
export const LOG_ZERO = -Infinity;

/** Below every logarithm that float32 holds, so that the largest of logarithms of 0 can be subtracted from them. */
const BELOW_ALL = -3e38;

interface Scaled {
  readonly largest: Tensor;
  /** exp(x - largest): one entry is 1, unless all of x are logarithms of 0. */
  readonly shares: Tensor;
}

function scaled(x: Tensor): Scaled {
  const largest = tf.maximum(tf.max(x, -1, true), BELOW_ALL);
  return { largest, shares: tf.exp(tf.sub(x, largest)) };
}

/**
 * log(sum(exp(x))) over the last axis, which stays as one entry, with the derivative softmax(x), also where entries,
 * or all, are log 0.
 *
 * `tf.logSumExp` is NaN where all entries are log 0, and differentiates `tf.max`, which counts a tie twice.
 */
export function logSumExp(x: Tensor): Tensor {
  return withGradient(x, {
    value: (input) => {
      const { largest, shares } = scaled(input);
      return tf.add(largest, tf.log(tf.sum(shares, -1, true)));
    },
    gradient: (dy, input) => {
      const { shares } = scaled(input);
      // The sum is at least 1, or it is 0 and so are the shares.
      return tf.mul(dy, tf.div(shares, tf.maximum(tf.sum(shares, -1, true), 1)));
    },
  });
}
