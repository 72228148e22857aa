import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { lossAgainstOthers } from './support/contrast.ts';
import { GRADES, requireLists, standsBefore } from './support/ranking.ts';
import { reduce, reductionSchema } from './support/reduction.ts';

const params = z.strictObject({ reduction: reductionSchema });

/**
 * ListMLE: the negative log-likelihood of the right order, `-mean over lists of sum_i log(exp(s_i) / sum_{j from i on}
 * exp(s_j))`, i and j running through the list sorted by relevance, the highest first.
 *
 * Among items of the same relevance the one that comes first in the list stands first: the paper wants one right
 * order, and drawing lots would make the loss random.
 *
 * Shapes: scores and relevances of one shape [..., n], the items of a list on the last axis. Domain: real scores,
 * relevances from 0 to 4 here; only their order counts.
 * Parameters: `reduction` mean (default), sum or none (one value for each list).
 *
 * @throws Error when the shapes differ or there is no axis of items
 * @example scores [[0, 1, 0]], relevances [[2, 1, 0]]: log(2 + e) + log(1 + e^-1) = 1.8647
 */
export const listmle = defineLoss({
  name: 'ListMLE',
  description: 'The whole list in its right order should be the likeliest of all orders.',
  formula: '-mean over lists of sum_i log(exp(s_i) / sum_{j from i on} exp(s_j)), in the order of t',
  reference: 'Xia, Liu, Wang, Zhang, Li, Listwise approach to learning to rank, 2008',
  example: { inputs: { scores: [[0, 1, 0]], yTrue: [[2, 1, 0]] }, value: 1.8647064014502739 },
  inputs: {
    scores: { shape: [4, 5], domain: 'real' },
    yTrue: { shape: [4, 5], domain: GRADES, role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(scores: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireLists(scores, yTrue);
    return tf.tidy(() => {
      const perItem = lossAgainstOthers(scores, tf.expandDims(scores, -2), standsBefore(yTrue));
      return reduce(tf.sum(perItem, -1), reduction);
    });
  },
});
