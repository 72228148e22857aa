import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { lossAgainstOthers, temperatureSchema } from './support/contrast.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { batchSize, requireBatchOfRows, requireSameShape } from './support/shapes.ts';
import { directionOfRows, rowsOfManyLengths } from './support/vectors.ts';

const params = z.strictObject({ temperature: temperatureSchema(0.5), reduction: reductionSchema });

/** True for the pairs of 2N rows that are neither a row with itself nor the two views of one sample. */
function strangers(samples: number): Tensor {
  const sample = tf.tile(tf.range(0, samples), [2]);
  return tf.notEqual(tf.expandDims(sample, 1), tf.expandDims(sample, 0));
}

/**
 * NT-Xent, the loss of SimCLR: `-mean_i log(exp(s_ij) / sum_{k != i} exp(s_ik))` over the 2N rows of both views,
 * where j is the other view of i and s_ik = cos(z_i, z_k) / temperature.
 *
 * The rows of a batch are coupled: each has all views of the other samples for negatives. A row of zeros has no
 * direction: its cosines are 0, its gradient is 0.
 *
 * Shapes: both views of one shape [N, D]. Domain: vectors of any length but 0, declared as unit vectors, which
 * have all directions.
 * Parameters: `temperature` above 0 (0.5 by default), `reduction` mean (default), sum or none (2N values, those of
 * the first view first).
 *
 * @throws Error when the shapes differ or are not [N, D]
 * @example both views [[1, 0], [0, 1]], temperature 1: log(1 + 2 e^-1) = 0.5514
 */
export const ntXent = defineLoss({
  name: 'NT-Xent',
  description: 'Two views of one sample should be more alike than any of them is to a view of another sample.',
  formula: '-mean_i log(exp(s_ij) / sum_{k != i} exp(s_ik)), s_ik = cos(z_i, z_k) / temperature, j the other view of i',
  reference: 'Chen, Kornblith, Norouzi, Hinton, A simple framework for contrastive learning (SimCLR), 2020',
  kinks: 'Not continuous in a row of zeros; the gradient there is 0.',
  example: {
    inputs: {
      firstView: [
        [1, 0],
        [0, 1],
      ],
      secondView: [
        [1, 0],
        [0, 1],
      ],
    },
    params: { temperature: 1 },
    value: 0.5514447139320511,
  },
  inputs: {
    firstView: { shape: [4, 3], domain: 'unit-vector' },
    secondView: { shape: [4, 3], domain: 'unit-vector' },
  },
  edges: [{ firstView: rowsOfManyLengths([4, 3], 0), secondView: rowsOfManyLengths([4, 3], 1) }],
  expect: { nonNegative: true },
  params,
  loss(firstView: Tensor, secondView: Tensor, { temperature, reduction }: z.infer<typeof params>) {
    requireSameShape({ firstView, secondView });
    requireBatchOfRows({ firstView });
    return tf.tidy(() => {
      const [a, b] = [directionOfRows(firstView), directionOfRows(secondView)];
      const positive = tf.div(tf.sum(tf.mul(a, b), -1), temperature);
      const rows = tf.concat([a, b], 0);
      const scores = tf.div(tf.matMul(rows, rows, false, true), temperature);
      const isOther = strangers(batchSize(firstView));
      return reduce(lossAgainstOthers(tf.concat([positive, positive], 0), scores, isOther), reduction);
    });
  },
});
