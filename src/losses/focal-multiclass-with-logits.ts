import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { multiclassFocal, multiclassFocalParams } from './support/focal.ts';
import { requireSameShape } from './support/shapes.ts';
import { oneMinus } from './support/stable-math.ts';

/**
 * Multi-class focal loss on logits: `-mean_i sum_c alpha_c t_ic (1 - p_ic)^gamma log p_ic`, p = softmax(z).
 *
 * 1 - p of the true class is the sum over the other classes, because subtracting a p near 1 from 1 would
 * leave no digits in float32. This needs one-hot targets.
 *
 * Shapes: z and t of one shape [..., C]. Domain: z any logit, t one-hot.
 * Parameters: `gamma` at least 0 (2 by default; 0 is cross-entropy), `alpha` one factor or one for each
 * class (0.25 by default; null for none), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ or `alpha` does not have C entries
 * @example z = [[0, 0]], t = [[1, 0]]: 0.25 · 0.5^2 · log 2 = 0.0433
 */
export const focalMulticlassWithLogits = defineLoss({
  name: 'Multi-class focal loss with logits',
  description: 'Focal loss for one class out of several, from logits.',
  formula: '-mean_i sum_c alpha_c t_ic (1 - p_ic)^gamma log p_ic, p = softmax(z)',
  reference: 'Lin, Goyal, Girshick, He, Dollár, Focal loss for dense object detection, 2017',
  example: { inputs: { logits: [[0, 0]], yTrue: [[1, 0]] }, value: 0.04332169878499658 },
  inputs: {
    logits: { shape: [8, 4], domain: 'logit' },
    yTrue: { shape: [8, 4], domain: 'one-hot', role: 'target' },
  },
  expect: { nonNegative: true },
  params: multiclassFocalParams,
  loss(logits: Tensor, yTrue: Tensor, parameters: z.infer<typeof multiclassFocalParams>) {
    requireSameShape({ logits, yTrue });
    return tf.tidy(() => {
      const others = tf.sum(tf.mul(oneMinus(yTrue), tf.softmax(logits)), -1, true);
      return multiclassFocal(tf.logSoftmax(logits), others, yTrue, parameters);
    });
  },
});
