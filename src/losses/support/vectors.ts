import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './stable-math.ts';

/** Lengths and directions of the rows of a tensor, the last axis; a row of zeros has length 0 and no direction. */

const LENGTHS = [0.01, 1, 1e10];

/** The p-norm of each row, rows kept as [..., 1]. Scaled by the largest entry, so that |d|^p cannot overflow. */
function rowNorms(rows: Tensor, p: number): Tensor {
  const magnitude = tf.abs(rows);
  const largest = tf.max(magnitude, -1, true);
  const scaled = tf.divNoNan(magnitude, largest);
  return tf.mul(largest, tf.pow(tf.sum(tf.pow(scaled, p), -1, true), 1 / p));
}

/**
 * The p-norm of each row with the derivative sign(d) (|d| / norm)^(p-1), and 0 in a row of zeros.
 *
 * Composed from its operations the derivative is 0/0 there, as that of `tf.norm` is.
 */
export function normOfRows(rows: Tensor, p: number): Tensor {
  const norms = withGradient(rows, {
    value: (input) => rowNorms(input, p),
    gradient: (dy, input) => {
      const share = tf.divNoNan(tf.abs(input), rowNorms(input, p));
      return tf.mul(dy, tf.mul(tf.sign(input), tf.pow(share, p - 1)));
    },
  });
  return tf.squeeze(norms, [-1]);
}

/** Each row divided by its length; scaled first by the largest entry, so that no square overflows or vanishes. */
function unitRows(rows: Tensor): Tensor {
  const scaled = tf.divNoNan(rows, tf.max(tf.abs(rows), -1, true));
  return tf.divNoNan(scaled, tf.sqrt(tf.sum(tf.square(scaled), -1, true)));
}

/**
 * x / |x| for each row x, with the derivative (dy - u (u . dy)) / |x|; zeros, and derivative 0, in a row of zeros.
 *
 * An eps below the fraction changes short rows, and at 0 it makes a gradient of 1/eps where there is no direction
 * to go. The quotient composed from its operations is 0/0 there.
 */
export function directionOfRows(rows: Tensor): Tensor {
  return withGradient(rows, {
    value: unitRows,
    gradient: (dy, input) => {
      const unit = unitRows(input);
      const along = tf.mul(unit, tf.sum(tf.mul(unit, dy), -1, true));
      return tf.divNoNan(tf.sub(dy, along), rowNorms(input, 2));
    },
  });
}

/** 1 for each row of zeros and 0 for the others, without a gradient: a comparison in autograd's sight would throw. */
export function zeroRows(rows: Tensor): Tensor {
  return withGradient(rows, {
    value: (input) => tf.cast(tf.equal(tf.max(tf.abs(input), -1), 0), 'float32'),
    gradient: (_, input) => tf.zerosLike(input),
  });
}

/**
 * Rows of several directions and lengths, flat, for the `edges` of a loss that is declared for unit vectors and takes
 * any that is not 0: unit vectors alone would never show a length forgotten.
 */
export function rowsOfManyLengths([rows, width]: readonly [number, number], shift: number): number[] {
  return Array.from({ length: rows * width }, (_, index) => {
    const length = LENGTHS[(Math.floor(index / width) + shift) % LENGTHS.length] ?? 1;
    return length * Math.cos((1 + shift) * (1 + index));
  });
}
