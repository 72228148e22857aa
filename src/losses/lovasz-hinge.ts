import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { imageCount, lovaszExtension } from './support/lovasz.ts';
import { requireSameShape } from './support/shapes.ts';
import { oneMinus } from './support/stable-math.ts';

const params = z.strictObject({ perImage: z.boolean().default(true) });

/**
 * Lovász hinge: the Jaccard loss of a binary mask, extended from right and wrong pixels to hinge errors
 * `m_i = max(0, 1 - z_i (2 g_i - 1))`: `sum_j (J_j - J_(j-1)) m_(j)`, errors in falling order, J_j the
 * Jaccard loss 1 - I/U if the j pixels of the largest errors are wrong.
 *
 * Logits of ±1 cost twice 1 - I/U of the mask they predict; logits beyond ±1 on the right side cost nothing.
 *
 * Shapes: z and g of one shape, [N, ...] for `perImage`. Domain: z any number, g 0 or 1 (an image without
 * positives costs its largest error).
 * Parameters: `perImage`, the mean of the losses of the images (true by default, as in the authors' code)
 * or one loss over the pixels of all.
 *
 * @throws Error when the shapes differ, or for `perImage` when there is but one axis
 * @example z = [[2, -0.5, 0.5, -2]], g = [[1, 1, 0, 0]]: errors -1, 1.5, 1.5, -1 (sorted 1.5 of a positive,
 *   1.5 of a negative): 1.5 · 1/2 + 1.5 · (2/3 - 1/2) = 1
 */
export const lovaszHinge = defineLoss({
  name: 'Lovász hinge',
  description: 'A convex surrogate of intersection over union for a binary mask: trains on what is measured.',
  formula: 'mean over images of sum_j (J_j - J_(j-1)) max(0, 1 - z_(j) (2 g_(j) - 1)), errors in falling order',
  reference: 'Berman, Rannen Triki, Blaschko, The Lovász-softmax loss, 2018; Yu, Blaschko, 2015',
  kinks: 'Where the errors of a positive and a negative are equal, or an error is 0.',
  example: { inputs: { logits: [[2, -0.5, 0.5, -2]], yTrue: [[1, 1, 0, 0]] }, value: 1 },
  inputs: {
    logits: { shape: [2, 4, 4, 1], domain: 'real' },
    yTrue: { shape: [2, 4, 4, 1], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(logits: Tensor, yTrue: Tensor, { perImage }: z.infer<typeof params>) {
    requireSameShape({ logits, yTrue });
    const images = imageCount('logits', logits, 2, perImage);
    return tf.tidy(() => {
      const labels = tf.reshape(yTrue, [images, -1]);
      const margins = tf.mul(tf.reshape(logits, [images, -1]), tf.sub(tf.mul(labels, 2), 1));
      return tf.mean(lovaszExtension(tf.relu(oneMinus(margins)), labels));
    });
  },
});
