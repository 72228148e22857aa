import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { formatShape } from './shapes.ts';

/** Sets and series of points, [N, points, D]: as many of each as there are pairs to compare. */

/** The lengths of the axes of two inputs [N, T, D] and [N, S, D]. */
export interface PairOfClouds {
  readonly pairs: number;
  readonly first: number;
  readonly second: number;
}

/** @throws Error when the shapes are not [N, T, D] and [N, S, D] */
export function requirePairs(yPred: Tensor, yTrue: Tensor): PairOfClouds {
  const [pairs, first, dimensions] = yPred.shape;
  const [otherPairs, second, otherDimensions] = yTrue.shape;
  const areCubes = yPred.rank === 3 && yTrue.rank === 3;
  const fit = areCubes && pairs === otherPairs && dimensions === otherDimensions;
  if (fit && pairs !== undefined && first !== undefined && second !== undefined) return { pairs, first, second };
  throw new Error(
    'yPred has shape [N, T, D] and yTrue [N, S, D], with the same N and D; they are ' +
      `${formatShape(yPred.shape)} and ${formatShape(yTrue.shape)}.`,
  );
}

/** |a_i - b_j|^2 for all pairs of points, [N, T, S]. From the differences: squares of lengths would cancel. */
export function squaredDistances(a: Tensor, b: Tensor): Tensor {
  return tf.sum(tf.square(tf.sub(tf.expandDims(a, 2), tf.expandDims(b, 1))), -1);
}
