import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { GRADES, pairDifferences, requireLists } from './support/ranking.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { softplus } from './support/stable-math.ts';

const params = z.strictObject({ sigma: z.number().positive().default(1), reduction: reductionSchema });

/**
 * RankNet: the mean of `log(1 + exp(-sigma (s_i - s_j)))` over the pairs of a list where item i is more relevant
 * than item j, then over the lists.
 *
 * A list without such a pair costs 0. The paper takes the sum over the pairs; the mean keeps a long list from
 * outweighing a short one.
 *
 * Shapes: scores and relevances of one shape [..., n], the items of a list on the last axis. Domain: real scores,
 * relevances from 0 to 4 here; only their order counts.
 * Parameters: `sigma` above 0, the steepness (1 by default), `reduction` mean (default), sum or none (one value for
 * each list).
 *
 * @throws Error when the shapes differ or there is no axis of items
 * @example scores [[2, 1, 0]], relevances [[1, 0, 0]]: (log(1 + e^-1) + log(1 + e^-2)) / 2 = 0.2201
 */
export const ranknet = defineLoss({
  name: 'RankNet',
  description: 'The more relevant item of each pair should have the higher score.',
  formula: 'mean over lists, mean over pairs with t_i > t_j of log(1 + exp(-sigma (s_i - s_j)))',
  reference: 'Burges et al., Learning to rank using gradient descent, 2005',
  example: { inputs: { scores: [[2, 1, 0]], yTrue: [[1, 0, 0]] }, value: 0.2200948492805977 },
  inputs: {
    scores: { shape: [4, 5], domain: 'real' },
    yTrue: { shape: [4, 5], domain: GRADES, role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(scores: Tensor, yTrue: Tensor, { sigma, reduction }: z.infer<typeof params>) {
    requireLists(scores, yTrue);
    return tf.tidy(() => {
      const counts = tf.cast(tf.greater(pairDifferences(yTrue), 0), 'float32');
      const perPair = tf.mul(counts, softplus(tf.mul(pairDifferences(scores), -sigma)));
      const pairs = tf.maximum(tf.sum(counts, [-2, -1]), 1);
      return reduce(tf.div(tf.sum(perPair, [-2, -1]), pairs), reduction);
    });
  },
});
