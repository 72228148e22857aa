import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { classCount, formatShape, requireSameShape } from './support/shapes.ts';
import { descending, takeInRows } from './support/sorted-rows.ts';
import { absolute, withGradient } from './support/stable-math.ts';

const params = z.strictObject({ reduction: reductionSchema });

/** The place of each entry in the sorted row: the order of the order. */
function ranks(rows: Tensor): Tensor {
  return descending(tf.neg(descending(rows).indices)).indices;
}

/**
 * Each row sorted, the largest first, with the derivative that gives each entry back what it got in its place.
 *
 * `tf.topk` has no derivative in TensorFlow.js 4.22. Equal entries keep one order, so that none counts twice.
 */
function sortRows(rows: Tensor): Tensor {
  return withGradient(rows, {
    value: (input) => descending(input).values,
    gradient: (dy, input) => takeInRows(dy, ranks(input)),
  });
}

/**
 * Wasserstein distance of order 1 between two samples of one size: `mean_i |p_(i) - t_(i)|`, with p_(i) the i-th of
 * the sorted p. It is the area between the two empirical distribution functions.
 *
 * Shapes: p and t of one shape [..., n], a sample on the last axis. Domain: real numbers.
 * Parameters: `reduction` over the samples: mean (default), sum or none.
 *
 * @throws Error when the shapes differ or there is no axis of a sample
 * @example p = [3, 1], t = [2, 5]: (|1 - 2| + |3 - 5|) / 2 = 1.5
 */
export const wasserstein1 = defineLoss({
  name: 'Wasserstein-1 distance',
  description: 'How far one sample has to be moved to become another, in one dimension.',
  formula: 'mean_i |p_(i) - t_(i)|, both samples sorted',
  reference: 'Vallender, Calculation of the Wasserstein distance, 1974; scipy.stats.wasserstein_distance',
  kinks: 'Equal entries of one sample, and where entries of the same rank meet; the gradient there is 0.',
  example: { inputs: { yPred: [3, 1], yTrue: [2, 5] }, value: 1.5 },
  inputs: {
    yPred: { shape: [4, 8], domain: 'real' },
    yTrue: { shape: [4, 8], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    if (yPred.rank === 0) {
      throw new Error(`A sample has shape [..., n], its entries on the last axis; this one has ${formatShape([])}.`);
    }
    return tf.tidy(() => {
      const asRows = [-1, classCount(yPred)];
      const distance = absolute(tf.sub(sortRows(tf.reshape(yPred, asRows)), sortRows(tf.reshape(yTrue, asRows))));
      return reduce(tf.reshape(tf.mean(distance, -1), yPred.shape.slice(0, -1)), reduction);
    });
  },
});
