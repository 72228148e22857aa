import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Functions that keep their digits where the plain formula loses them. They compare, which has no
 * derivative in TensorFlow.js 4.22: for use inside the `value` and `gradient` of a written-down derivative.
 */

/** Below it (exp(s x) - 1) / s is x to 13 digits, for |x| up to 20; s itself may vanish in float32. */
const NEGLIGIBLE_SCALE = 1e-14;

/** (exp(s x) - 1) / s, and its limit x where s goes to 0. */
export function scaledExpm1(x: Tensor, s: number): Tensor {
  return Math.abs(s) < NEGLIGIBLE_SCALE ? x : tf.div(tf.expm1(tf.mul(x, s)), s);
}

/** c0 + c1 x + c2 x^2 + ..., by Horner's rule. */
export function polynomial(x: Tensor, coefficients: readonly number[]): Tensor {
  return coefficients.reduceRight<Tensor>((sum, coefficient) => tf.add(tf.mul(sum, x), coefficient), tf.zerosLike(x));
}

const ERF_SERIES_UP_TO = 0.5;

/** (-1)^n 2 / (sqrt(pi) n! (2n + 1)): 13 terms are exact to a double up to 0.5. */
const ERF_SERIES: readonly number[] = Array.from({ length: 13 }, (_, n) => {
  const factorial = Array.from({ length: n }, (_none, k) => k + 1).reduce((product, factor) => product * factor, 1);
  return ((n % 2 === 0 ? 1 : -1) * 2) / (Math.sqrt(Math.PI) * factorial * (2 * n + 1));
});

/**
 * The error function, right to a few units in the last place of float32 near 0 too.
 *
 * `tf.erf` is a polynomial with an absolute error of 1.5e-7 on the CPU backend: as much as the whole
 * value at 1e-7. Source of the series: Abramowitz and Stegun 7.1.5.
 */
export function erf(x: Tensor): Tensor {
  const near = tf.clipByValue(x, -ERF_SERIES_UP_TO, ERF_SERIES_UP_TO);
  const series = tf.mul(near, polynomial(tf.square(near), ERF_SERIES));
  return tf.where(tf.less(tf.abs(x), ERF_SERIES_UP_TO), series, tf.erf(x));
}
