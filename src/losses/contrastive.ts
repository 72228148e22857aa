import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { requireOneLabelPerRow } from './support/labels.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { oneMinus } from './support/stable-math.ts';
import { normOfRows } from './support/vectors.ts';

const params = z.strictObject({ margin: z.number().nonnegative().default(1), reduction: reductionSchema });

/**
 * Contrastive loss of pairs of rows at distance d: `mean((1 - y) d^2 / 2 + y max(0, margin - d)^2 / 2)`.
 *
 * The label is that of the paper: y = 0 for a pair of the same kind, which is pulled together, y = 1 for a pair of
 * different kinds, which is pushed apart. Where a pair to be pushed apart is in one place, no direction is better
 * than another and the gradient is 0.
 *
 * Shapes: first and second of one shape [..., D], y [...]. Domain: real numbers, y 0 or 1.
 * Parameters: `margin` at least 0 (1 by default), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes of the pairs differ, or y does not have one label for each
 * @example pairs at distance 2 (y = 0) and 0.5 (y = 1), margin 1: (2^2 / 2 + 0.5^2 / 2) / 2 = 1.0625
 */
export const contrastive = defineLoss({
  name: 'Contrastive loss',
  description: 'Pulls pairs of the same kind together and pushes pairs of different kinds apart, up to a margin.',
  formula: 'mean((1 - y) d^2 / 2 + y max(0, margin - d)^2 / 2), d = |first - second|',
  reference: 'Hadsell, Chopra, LeCun, Dimensionality reduction by learning an invariant mapping, 2006',
  kinks: 'A pair of different kinds in one place; the gradient there is 0.',
  example: {
    inputs: {
      first: [
        [2, 0],
        [0, 0.5],
      ],
      second: [
        [0, 0],
        [0, 0],
      ],
      yTrue: [0, 1],
    },
    value: 1.0625,
  },
  inputs: {
    first: { shape: [6, 3], domain: 'real' },
    second: { shape: [6, 3], domain: 'real' },
    yTrue: { shape: [6], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(first: Tensor, second: Tensor, yTrue: Tensor, { margin, reduction }: z.infer<typeof params>) {
    requireSameShape({ first, second });
    requireOneLabelPerRow(['first', first], ['yTrue', yTrue]);
    return tf.tidy(() => {
      const difference = tf.sub(first, second);
      const together = tf.sum(tf.square(difference), -1);
      const apart = tf.square(tf.relu(tf.sub(margin, normOfRows(difference, 2))));
      const perPair = tf.add(tf.mul(oneMinus(yTrue), together), tf.mul(yTrue, apart));
      return reduce(tf.mul(perPair, 0.5), reduction);
    });
  },
});
