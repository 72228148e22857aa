import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { lossAgainstOthers, temperatureSchema } from './support/contrast.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { batchSize, requireBatchOfRows, requireSameShape } from './support/shapes.ts';
import { directionOfRows, rowsOfManyLengths } from './support/vectors.ts';

const params = z.strictObject({ temperature: temperatureSchema(0.1), reduction: reductionSchema });

/**
 * InfoNCE: `-mean_i log(exp(s_ii) / sum_j exp(s_ij))`, with s_ij = cos(q_i, k_j) / temperature.
 *
 * The key of the same row is the positive of a query, the keys of all other rows are its negatives, so the rows of
 * a batch are coupled. A row of zeros has no direction: its cosines are 0, its gradient is 0.
 *
 * Shapes: q and k of one shape [N, D]. Domain: vectors of any length but 0, declared as unit vectors, which
 * have all directions.
 * Parameters: `temperature` above 0 (0.1 by default; MoCo and CLIP start at 0.07), `reduction` mean (default), sum
 * or none (one value for each query).
 *
 * @throws Error when the shapes differ or are not [N, D]
 * @example q = k = [[1, 0], [0, 1]], temperature 1: log(1 + e^-1) = 0.3133
 */
export const infoNce = defineLoss({
  name: 'InfoNCE',
  description: 'Each query should recognise its own key among the keys of the whole batch.',
  formula: '-mean_i log(exp(s_ii) / sum_j exp(s_ij)), s_ij = cos(q_i, k_j) / temperature',
  reference: 'Van den Oord, Li, Vinyals, Representation learning with contrastive predictive coding, 2018',
  kinks: 'Not continuous in a row of zeros; the gradient there is 0.',
  example: {
    inputs: {
      queries: [
        [1, 0],
        [0, 1],
      ],
      keys: [
        [1, 0],
        [0, 1],
      ],
    },
    params: { temperature: 1 },
    value: 0.31326168751822286,
  },
  inputs: {
    queries: { shape: [6, 3], domain: 'unit-vector' },
    keys: { shape: [6, 3], domain: 'unit-vector' },
  },
  edges: [{ queries: rowsOfManyLengths([6, 3], 0), keys: rowsOfManyLengths([6, 3], 1) }],
  expect: { nonNegative: true },
  params,
  loss(queries: Tensor, keys: Tensor, { temperature, reduction }: z.infer<typeof params>) {
    requireSameShape({ queries, keys });
    requireBatchOfRows({ queries });
    return tf.tidy(() => {
      const [q, k] = [directionOfRows(queries), directionOfRows(keys)];
      const positive = tf.div(tf.sum(tf.mul(q, k), -1), temperature);
      const scores = tf.div(tf.matMul(q, k, false, true), temperature);
      const isOther = tf.logicalNot(tf.eye(batchSize(queries), undefined, undefined, 'bool'));
      return reduce(lossAgainstOthers(positive, scores, isOther), reduction);
    });
  },
});
