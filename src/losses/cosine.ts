import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { directionOfRows, rowsOfManyLengths, zeroRows } from './support/vectors.ts';

const params = z.strictObject({ reduction: reductionSchema });

/**
 * Cosine distance of rows: `mean(1 - cos(p, t))`.
 *
 * Computed as |u - v|^2 / 2 of the two directions u and v, which is the same number: 1 - cos rounds everything
 * below 1e-7 away in float32. A row of zeros has no direction: its distance is 1, its gradient 0.
 *
 * It is `torch.nn.CosineEmbeddingLoss` with target 1, and 1 more than Keras's `CosineSimilarity`.
 *
 * Shapes: p and t of one shape [..., D]; the vectors lie on the last axis. Domain: vectors of any length but
 * 0, declared as unit vectors, which have all directions.
 * Parameters: `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p = [[3, 4]], t = [[1, 0]]: 1 - 3/5 = 0.4
 */
export const cosine = defineLoss({
  name: 'Cosine distance',
  description: 'How far a predicted vector points away from the true one, whatever its length.',
  formula: 'mean(1 - p . t / (|p| |t|))',
  reference: 'Salton, McGill, Introduction to modern information retrieval, 1983; torch.nn.CosineEmbeddingLoss',
  kinks: 'Not continuous in a row of zeros; the gradient there is 0.',
  example: { inputs: { yPred: [[3, 4]], yTrue: [[1, 0]] }, value: 0.4 },
  inputs: {
    yPred: { shape: [6, 4], domain: 'unit-vector' },
    yTrue: { shape: [6, 4], domain: 'unit-vector', role: 'target' },
  },
  edges: [{ yPred: rowsOfManyLengths([6, 4], 0), yTrue: rowsOfManyLengths([6, 4], 1) }],
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => {
      const apart = tf.sub(directionOfRows(yPred), directionOfRows(yTrue));
      const withoutDirection = tf.add(zeroRows(yPred), zeroRows(yTrue));
      return reduce(tf.mul(tf.add(tf.sum(tf.square(apart), -1), withoutDirection), 0.5), reduction);
    });
  },
});
