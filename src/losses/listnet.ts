import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { GRADES, requireLists } from './support/ranking.ts';
import { reduce, reductionSchema } from './support/reduction.ts';

const params = z.strictObject({ reduction: reductionSchema });

/**
 * ListNet with top-one probabilities: `-mean over lists of sum_j softmax(t)_j log softmax(s)_j`.
 *
 * The cross-entropy between the chances of each item to come first, by relevance and by score. It is least where
 * the scores are the relevances up to a constant, and is not 0 there.
 *
 * Shapes: scores and relevances of one shape [..., n], the items of a list on the last axis. Domain: real scores,
 * relevances from 0 to 4 here.
 * Parameters: `reduction` mean (default), sum or none (one value for each list).
 *
 * @throws Error when the shapes differ or there is no axis of items
 * @example scores [[0, 0]], relevances [[1, 0]]: log 2 = 0.6931
 */
export const listnet = defineLoss({
  name: 'ListNet',
  description: 'The item of highest relevance should be the one most likely to be ranked first.',
  formula: '-mean over lists of sum_j softmax(t)_j log softmax(s)_j',
  reference: 'Cao, Qin, Liu, Tsai, Li, Learning to rank: from pairwise approach to listwise approach, 2007',
  example: { inputs: { scores: [[0, 0]], yTrue: [[1, 0]] }, value: Math.LN2 },
  inputs: {
    scores: { shape: [4, 5], domain: 'real' },
    yTrue: { shape: [4, 5], domain: GRADES, role: 'target' },
  },
  expect: { nonNegative: true, minimisedAtTarget: true },
  params,
  loss(scores: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireLists(scores, yTrue);
    return tf.tidy(() => {
      const perItem = tf.mul(tf.softmax(yTrue), tf.logSoftmax(scores));
      return reduce(tf.neg(tf.sum(perItem, -1)), reduction);
    });
  },
});
