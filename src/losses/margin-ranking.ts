import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ margin: z.number().nonnegative().default(0), reduction: reductionSchema });

/**
 * Margin ranking loss on pairs of scores: `mean(max(0, margin - (s+ - s-)))`.
 *
 * Shapes: both scores of any one shape. Domain: real numbers.
 * Parameters: `margin` at least 0 (0 by default, as in PyTorch, where it is `MarginRankingLoss` with
 * target 1), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example s+ = [2, 1], s- = [1, 1.5], margin 1: (0 + 1.5) / 2 = 0.75
 */
export const marginRanking = defineLoss({
  name: 'Margin ranking loss',
  description: 'The relevant item should score above the irrelevant one by a margin.',
  formula: 'mean(max(0, margin - (s+ - s-)))',
  reference: 'Herbrich, Graepel, Obermayer, Large margin rank boundaries, 2000; torch.nn.MarginRankingLoss',
  kinks: 's+ - s- = margin; the gradient there is 0.',
  example: { inputs: { positive: [2, 1], negative: [1, 1.5] }, params: { margin: 1 }, value: 0.75 },
  inputs: {
    positive: { shape: [16], domain: 'real' },
    negative: { shape: [16], domain: 'real' },
  },
  expect: { nonNegative: true },
  params,
  loss(positive: Tensor, negative: Tensor, { margin, reduction }: z.infer<typeof params>) {
    requireSameShape({ positive, negative });
    return tf.tidy(() => reduce(tf.relu(tf.sub(margin, tf.sub(positive, negative))), reduction));
  },
});
