import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { batchSize, formatShape } from './shapes.ts';
import { oneMinus, withGradient } from './stable-math.ts';

/**
 * The Lovász extension of the Jaccard loss, for each row: `sum_j w_j e_j`, where w_j is what the j-th
 * largest error adds to the Jaccard loss of the errors before it.
 *
 * The weights are constant between two orders of the errors, so they are the derivative. At equal errors
 * every order gives the same value and a valid subgradient; the first in the row is taken as the largest.
 *
 * @param errors [rows, elements]
 * @param labels [rows, elements], 0 or 1
 * @returns [rows]
 */
export function lovaszExtension(errors: Tensor, labels: Tensor): Tensor {
  // `tf.topk` has no derivative in TensorFlow.js 4.22.
  const weights = withGradient(errors, {
    value: (input) => jaccardSteps(input, labels),
    gradient: (_, input) => tf.zerosLike(input),
  });
  return tf.sum(tf.mul(errors, weights), -1);
}

function jaccardSteps(errors: Tensor, labels: Tensor): Tensor {
  const [rows = 1, length = 1] = errors.shape;
  const rowStarts = tf.reshape(tf.range(0, rows * length, length, 'int32'), [rows, 1]);
  const order = tf.reshape(tf.add(tf.topk(errors, length).indices, rowStarts), [-1]);
  const sorted = tf.reshape(tf.gather(tf.reshape(labels, [-1]), order), [rows, length]);
  const steps = tf.reshape(stepsInOrder(sorted), [-1]);
  return tf.reshape(tf.scatterND(tf.reshape(order, [-1, 1]), steps, [rows * length]), [rows, length]);
}

/**
 * Growth of 1 - I/U from one element to the next, with I the positives that are left and U all positives
 * and the negatives so far.
 *
 * As a fraction of counts: the difference of two neighbouring Jaccard losses is all rounding in float32
 * when there are a million pixels. 1 - 0/0 of no positive and no negative is 0.
 */
function stepsInOrder(labels: Tensor): Tensor {
  const negatives = oneMinus(labels);
  // Not axis -1, which `tf.cumsum` takes for another axis in TensorFlow.js 4.22.
  const positivesLeft = tf.sub(tf.sum(labels, -1, true), tf.cumsum(labels, 1));
  const union = tf.add(tf.sum(labels, -1, true), tf.cumsum(negatives, 1));
  const unionBefore = tf.sub(union, negatives);
  const ofNegative = tf.div(tf.div(positivesLeft, union), tf.maximum(unionBefore, 1));
  const ofFirst = tf.cast(tf.equal(unionBefore, 0), 'float32');
  return tf.add(tf.div(labels, union), tf.mul(negatives, tf.add(ofNegative, ofFirst)));
}

/**
 * How many images are looked at apart: all of a batch [N, ...] with `perImage`, else one.
 *
 * @throws Error when there are no images to tell apart, because the tensor has fewer axes than `rank`
 */
export function imageCount(name: string, tensor: Tensor, rank: number, perImage: boolean): number {
  if (!perImage) return 1;
  if (tensor.rank >= rank) return batchSize(tensor);
  throw new Error(
    `perImage needs a batch of images, ${rank} axes or more; ${name} has shape ${formatShape(tensor.shape)}. ` +
      'Give perImage: false for one image.',
  );
}
