import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';
import { normOfRows } from './support/vectors.ts';

const params = z.strictObject({
  margin: z.number().nonnegative().default(1),
  p: z.number().min(1).default(2),
  eps: z.number().nonnegative().default(0),
  swap: z.boolean().default(false),
  reduction: reductionSchema,
});

/**
 * Triplet margin loss of rows a, p, n: `mean(max(0, |a - p| - |a - n| + margin))`, in the p-norm.
 *
 * PyTorch adds eps = 1e-6 to each difference, so that no distance is 0, and makes a perfect match cost; here the
 * distance 0 has a derivative, 0, and `eps` is 0 unless asked for.
 *
 * Shapes: the three of one shape [..., D]; the norm runs along the last axis. Domain: real numbers.
 * Parameters: `margin` at least 0 (1 by default), `p` at least 1 (2 by default), `eps` (0 by default), `swap`
 * (false by default; true takes |p - n| for |a - n| where it is smaller), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example a = [[0, 0]], p = [[3, 4]], n = [[0, 2]]: max(0, 5 - 2 + 1) = 4
 */
export const triplet = defineLoss({
  name: 'Triplet margin loss',
  description: 'An anchor should be nearer to its own kind than to another, by a margin.',
  formula: 'mean(max(0, |a - p| - |a - n| + margin))',
  reference: 'Schroff, Kalenichenko, Philbin, FaceNet, 2015; torch.nn.TripletMarginLoss',
  kinks:
    'The margin is met exactly, or two of the three are equal in a row (for p = 1, in one entry); the gradient of ' +
    'that term there is 0.',
  example: { inputs: { anchor: [[0, 0]], positive: [[3, 4]], negative: [[0, 2]] }, value: 4 },
  inputs: {
    anchor: { shape: [6, 3], domain: 'real' },
    positive: { shape: [6, 3], domain: 'real' },
    negative: { shape: [6, 3], domain: 'real' },
  },
  expect: { nonNegative: true },
  params,
  loss(anchor: Tensor, positive: Tensor, negative: Tensor, { margin, p, eps, swap, reduction }: z.infer<typeof params>) {
    requireSameShape({ anchor, positive, negative });
    return tf.tidy(() => {
      const distance = (a: Tensor, b: Tensor): Tensor => normOfRows(tf.add(tf.sub(a, b), eps), p);
      const toNegative = distance(anchor, negative);
      const apart = swap ? tf.minimum(toNegative, distance(positive, negative)) : toNegative;
      return reduce(tf.relu(tf.add(tf.sub(distance(anchor, positive), apart), margin)), reduction);
    });
  },
});
