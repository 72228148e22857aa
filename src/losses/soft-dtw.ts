import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { entriesAlong } from './support/grid.ts';
import { LOG_ZERO, logSumExp } from './support/log-space.ts';
import { requirePairs, squaredDistances, type PairOfClouds } from './support/point-clouds.ts';
import { reduce, reductionSchema } from './support/reduction.ts';

const params = z.strictObject({ gamma: z.number().positive().default(1), reduction: reductionSchema });

/** The anti-diagonals of [N, T, S]: T + S - 1 tensors [N, T, 1], the row kept as the place, log 0 outside. */
function antiDiagonals(logs: Tensor, { pairs, first, second }: PairOfClouds): Tensor[] {
  const width = first + second;
  const padding: [number, number][] = [[0, 0], [0, 0], [0, first]];
  // Read again with rows that are one shorter, row i begins i places further right.
  const flat = tf.reshape(tf.pad(logs, padding, LOG_ZERO), [pairs, first * width]);
  const skewed = tf.reshape(tf.slice(flat, [0, 0], [pairs, first * (width - 1)]), [pairs, first, width - 1]);
  return entriesAlong(skewed, 2);
}

/** Entry i - 1 in the place of entry i. */
function fromRowAbove(diagonal: Tensor): Tensor {
  return tf.slice(tf.pad(diagonal, [[0, 0], [1, 0], [0, 0]], LOG_ZERO), [0, 0, 0], diagonal.shape);
}

/** log of the sum over all alignments of exp(-cost / gamma), from these -cost / gamma of the single steps. */
function logOfAlignments(steps: Tensor, shape: PairOfClouds): Tensor {
  const [corner, ...others] = antiDiagonals(steps, shape);
  if (corner === undefined) throw new Error('entriesAlong returned no diagonal');
  let last = corner;
  let diagonal = tf.fill(corner.shape, LOG_ZERO);
  for (const step of others) {
    const vertical = fromRowAbove(last);
    last = tf.add(step, logSumExp(tf.concat([last, vertical, diagonal], 2)));
    diagonal = vertical;
  }
  return tf.reshape(tf.slice(last, [0, shape.first - 1, 0], [shape.pairs, 1, 1]), [shape.pairs]);
}

/**
 * Soft dynamic time warping of two series: `-gamma log sum_A exp(-<A, C> / gamma)` over all alignments A, monotone
 * paths from the first pair of points to the last, with C_ij = |x_i - y_j|^2.
 *
 * Below the cost of the best alignment and negative for near series; lowest near a perfect prediction but not
 * at it, since all alignments count.
 *
 * Shapes: x [N, T, D], y [N, S, D]; N pairs of series of D numbers a step. Domain: real numbers.
 * Parameters: `gamma` above 0 (1 by default; towards 0 it is dynamic time warping), `reduction` mean (default),
 * sum or none.
 *
 * @throws Error when the shapes are not those above
 * @example x = [0, 1], y = [0, 1]: alignments of cost 0, 1 and 1, so -log(1 + 2 e^-1) = -0.5514
 */
export const softDtw = defineLoss({
  name: 'Soft dynamic time warping',
  description: 'Distance between time series that may run at different speeds.',
  formula: '-gamma log sum_A exp(-<A, C> / gamma) over all alignments A, C_ij = |x_i - y_j|^2',
  reference: 'Cuturi, Blondel, Soft-DTW: a differentiable loss function for time-series, 2017',
  example: { inputs: { yPred: [[[0], [1]]], yTrue: [[[0], [1]]] }, value: -0.5514447139320511 },
  inputs: {
    yPred: { shape: [2, 4, 2], domain: 'real' },
    yTrue: { shape: [2, 4, 2], domain: 'real', role: 'target' },
  },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { gamma, reduction }: z.infer<typeof params>) {
    const shape = requirePairs(yPred, yTrue);
    return tf.tidy(() => {
      const steps = tf.mul(squaredDistances(yPred, yTrue), -1 / gamma);
      return reduce(tf.mul(logOfAlignments(steps, shape), -gamma), reduction);
    });
  },
});
