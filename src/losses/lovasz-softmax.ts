import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { imageCount, lovaszExtension } from './support/lovasz.ts';
import { classCount, requireSameShape } from './support/shapes.ts';
import { oneMinus } from './support/stable-math.ts';

const params = z.strictObject({
  classes: z.enum(['present', 'all']).default('present'),
  perImage: z.boolean().default(false),
});

/** [N, ..., C] as one row of pixels for each image and class. */
function rowsOfClasses(tensor: Tensor, images: number): Tensor {
  const classes = classCount(tensor);
  return tf.reshape(tf.transpose(tf.reshape(tensor, [images, -1, classes]), [0, 2, 1]), [images * classes, -1]);
}

/**
 * |t - p| with p the softmax, [..., C]: p of the classes that are wrong, and of the right one the sum of
 * these, because 1 - p of a confident prediction is all rounding in float32.
 */
function errorsOf(logits: Tensor, oneHot: Tensor): Tensor {
  const ofWrong = tf.mul(tf.softmax(logits), oneMinus(oneHot));
  return tf.add(ofWrong, tf.mul(oneHot, tf.sum(ofWrong, -1, true)));
}

/**
 * Lovász-softmax: the Jaccard loss of each class, extended from right and wrong pixels to the errors
 * `m_i = |t_ic - softmax(z_i)_c|`: `mean_c sum_j (J_j - J_(j-1)) m_(j)`, errors in falling order, J_j the
 * Jaccard loss 1 - I/U if the j pixels of the largest errors are wrong.
 *
 * It takes logits, and does the softmax itself; the authors' code takes probabilities.
 *
 * Shapes: z and t of one shape [..., C], [N, ..., C] for `perImage`; classes on the last axis. Domain: z any
 * logit, t one-hot.
 * Parameters: `classes`, the mean over the classes that occur among the labels ('present', the default) or
 * over 'all', where a class that does not occur costs its largest probability; `perImage`, the mean of the
 * losses of the images or one loss over the pixels of all (false by default, as in the authors' code).
 *
 * @throws Error when the shapes differ, or for `perImage` when there are fewer than three axes
 * @example z = [[0, 0], [0, 1]], t = [[1, 0], [0, 1]]: errors of both classes 0.5 and q = 1/(1 + e) = 0.2689;
 *   class 0, positive first: 0.5 · 1 + q · 0; class 1, negative first: 0.5 · 1/2 + q · 1/2; mean 0.4422
 */
export const lovaszSoftmax = defineLoss({
  name: 'Lovász-softmax',
  description: 'A surrogate of mean intersection over union for several classes: trains on what is measured.',
  formula: 'mean over classes of sum_j (J_j - J_(j-1)) |t_(j) - softmax(z_(j))|, errors in falling order',
  reference: 'Berman, Rannen Triki, Blaschko, The Lovász-softmax loss, 2018',
  kinks: 'Where the errors of a pixel of a class and of another one are equal.',
  example: { inputs: { logits: [[0, 0], [0, 1]], yTrue: [[1, 0], [0, 1]] }, value: 0.4422353553424988 },
  inputs: {
    logits: { shape: [2, 2, 3, 3], domain: 'logit' },
    yTrue: { shape: [2, 2, 3, 3], domain: 'one-hot', role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(logits: Tensor, yTrue: Tensor, { classes, perImage }: z.infer<typeof params>) {
    requireSameShape({ logits, yTrue });
    const images = imageCount('logits', logits, 3, perImage);
    return tf.tidy(() => {
      const labels = rowsOfClasses(yTrue, images);
      const errors = rowsOfClasses(errorsOf(logits, yTrue), images);
      const perClass = tf.reshape(lovaszExtension(errors, labels), [images, -1]);
      if (classes === 'all') return tf.mean(perClass);
      const present = tf.reshape(tf.max(labels, -1), [images, -1]);
      return tf.mean(tf.div(tf.sum(tf.mul(perClass, present), -1), tf.sum(present, -1)));
    });
  },
});
