import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { binaryFocal, binaryFocalParams } from './support/focal.ts';
import { requireSameShape } from './support/shapes.ts';
import { softplus } from './support/stable-math.ts';

/**
 * Binary focal loss on logits: `-mean(alpha_t (1 - p_t)^gamma log p_t)` with p = sigmoid(z).
 *
 * Both logarithms come from softplus, so no probability rounds to 0 or 1.
 *
 * Shapes: z and t of any one shape. Domain: z any logit, t 0 or 1.
 * Parameters: `gamma` at least 0 (2 by default; 0 is cross-entropy), `alpha` from 0 to 1 (0.25 by
 * default; null for no weighting), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example z = [0, 0], t = [1, 0]: (0.25 + 0.75) · 0.5^2 · log 2 / 2 = 0.0866
 */
export const focalWithLogits = defineLoss({
  name: 'Focal loss with logits',
  description: 'Cross-entropy that turns away from examples that are already right, from logits.',
  formula: '-mean(alpha_t (1 - p_t)^gamma log p_t), p = sigmoid(z)',
  reference: 'Lin et al., Focal loss for dense object detection, 2017; torchvision.ops.sigmoid_focal_loss',
  example: { inputs: { logits: [0, 0], yTrue: [1, 0] }, value: 0.08664339756999316 },
  inputs: {
    logits: { shape: [8, 4], domain: 'logit' },
    yTrue: { shape: [8, 4], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true },
  params: binaryFocalParams,
  loss(logits: Tensor, yTrue: Tensor, parameters: z.infer<typeof binaryFocalParams>) {
    requireSameShape({ logits, yTrue });
    return tf.tidy(() => {
      const logP = tf.neg(softplus(tf.neg(logits)));
      const logNotP = tf.neg(softplus(logits));
      return binaryFocal(logP, logNotP, yTrue, parameters);
    });
  },
});
