import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { oneMinus } from './stable-math.ts';

/** Added above and below the fraction, so that two empty masks are a perfect match and not 0/0. */
export const smoothSchema = z.number().positive().default(1);

/** 1 - (2 sum(p g) + smooth) / (sum p + sum g + smooth), over all elements. */
export function diceDistance(probabilities: Tensor, mask: Tensor, smooth: number): Tensor {
  const overlap = tf.sum(tf.mul(probabilities, mask));
  const total = tf.add(tf.sum(probabilities), tf.sum(mask));
  return tf.sub(1, tf.div(tf.add(tf.mul(overlap, 2), smooth), tf.add(total, smooth)));
}

/** What a false positive and a false negative count, in units of a true positive. */
export const errorWeightSchema = z.number().nonnegative();

export interface TverskyParameters {
  readonly alpha: number;
  readonly beta: number;
  readonly smooth: number;
}

/**
 * (alpha FP + beta FN) / (TP + alpha FP + beta FN + smooth), over all elements: 1 - the Tversky index.
 *
 * As a quotient of errors, because 1 minus an index close to 1 keeps few digits in float32, and a perfect
 * prediction would be 0 only up to rounding.
 */
export function tverskyDistance(probabilities: Tensor, mask: Tensor, { alpha, beta, smooth }: TverskyParameters): Tensor {
  const overlap = tf.sum(tf.mul(probabilities, mask));
  const falsePositive = tf.sum(tf.mul(probabilities, oneMinus(mask)));
  const falseNegative = tf.sum(tf.mul(oneMinus(probabilities), mask));
  const errors = tf.add(tf.mul(falsePositive, alpha), tf.mul(falseNegative, beta));
  return tf.div(errors, tf.add(tf.add(overlap, errors), smooth));
}
