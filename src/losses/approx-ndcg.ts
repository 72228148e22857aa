import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { temperatureSchema } from './support/contrast.ts';
import { GRADES, pairDifferences, requireLists, standsBefore } from './support/ranking.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { sigmoid } from './support/stable-math.ts';

const params = z.strictObject({ temperature: temperatureSchema(1), reduction: reductionSchema });

/** What each item of the best ranking has of its gain, (2^t - 1) / log(1 + b); zeros where nothing is relevant. */
function shareOfBest(relevance: Tensor, logOfBest: Tensor): Tensor {
  const gain = tf.div(tf.expm1(tf.mul(relevance, Math.LN2)), logOfBest);
  return tf.divNoNan(gain, tf.sum(gain, -1, true));
}

/**
 * Soft rank minus rank in the best order, where `before` is 1 at [i, j] if i should stand before j.
 *
 * The sum over the others of sigmoid((s_j - s_i) / temperature), less 1 for each that belongs before i. Taken
 * together as -sigmoid((s_i - s_j) / temperature), so that a right order leaves small numbers and not differences.
 */
function displacement(scores: Tensor, before: Tensor, temperature: number): Tensor {
  const items = scores.shape.at(-1) ?? 1;
  const side = tf.add(tf.sub(tf.mul(before, 2), 1), tf.eye(items));
  const ahead = sigmoid(tf.mul(side, tf.div(pairDifferences(scores), -temperature)));
  return tf.sum(tf.mul(side, ahead), -1);
}

/**
 * One minus the normalised discounted cumulative gain, with soft ranks: `1 - mean over lists of
 * sum_i g_i / log2(1 + r_i) / sum_i g_i / log2(1 + b_i)`, where g = 2^t - 1, the rank of an item is
 * r_i = 1 + sum_{j != i} sigmoid((s_j - s_i) / temperature) and b_i is its rank in the best order.
 *
 * What is summed are the losses `g_i (1 / log2(1 + b_i) - 1 / log2(1 + r_i))`, by the difference r_i - b_i and log1p:
 * one minus a gain near 1 has no digits left in float32. A list where nothing is relevant costs 0.
 *
 * Shapes: scores and relevances of one shape [..., n], the items of a list on the last axis. Domain: real scores,
 * relevances from 0 to 4 here.
 * Parameters: `temperature` above 0 (1 by default; TensorFlow Ranking takes 0.1): lower is nearer to the true ranks,
 * and flat where the scores are far apart; `reduction` mean (default), sum or none (one value for each list).
 *
 * @throws Error when the shapes differ or there is no axis of items
 * @example scores [[0, 0]], relevances [[1, 0]]: both ranks are 1.5, so 1 - 1 / log2(2.5) = 0.2435
 */
export const approxNdcg = defineLoss({
  name: 'Approximate NDCG',
  description: 'How much of the gain of the best ranking is lost, with ranks softened so that they can be learned.',
  formula:
    '1 - mean over lists of (sum_i g_i / log2(1 + r_i)) / (sum_i g_i / log2(1 + b_i)), g = 2^t - 1, ' +
    'r_i = 1 + sum_{j != i} sigmoid((s_j - s_i) / temperature), b the ranks of the best order',
  reference: 'Qin, Liu, Li, A general approximation framework for information retrieval measures, 2010; Bruch et al., 2019',
  example: { inputs: { scores: [[0, 0]], yTrue: [[1, 0]] }, value: 0.24352920263397004 },
  inputs: {
    scores: { shape: [4, 5], domain: 'real' },
    yTrue: { shape: [4, 5], domain: GRADES, role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(scores: Tensor, yTrue: Tensor, { temperature, reduction }: z.infer<typeof params>) {
    requireLists(scores, yTrue);
    return tf.tidy(() => {
      const before = tf.cast(standsBefore(yTrue), 'float32');
      const bestRank = tf.add(tf.sum(before, -2), 1);
      const logOfBest = tf.log1p(bestRank);
      const logRatio = tf.log1p(tf.div(displacement(scores, before, temperature), tf.add(bestRank, 1)));
      const lost = tf.div(logRatio, tf.add(logOfBest, logRatio));
      const perItem = tf.mul(shareOfBest(yTrue, logOfBest), lost);
      return reduce(tf.sum(perItem, -1), reduction);
    });
  },
});
