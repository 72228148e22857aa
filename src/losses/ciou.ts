import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { boxOf, boxParams, centreDistance, halves, overlap, requireBoxes, sizeOf, type Box } from './support/boxes.ts';
import { reduce } from './support/reduction.ts';

/**
 * Where 1 - I/U is as small as its rounding in float32. v is less than its square there, so what this
 * changes is lost beside it; the 0/0 of a match becomes 0.
 */
const LEAST_DENOMINATOR = 1e-7;

/** Angle of the diagonal: atan(width / height), without a quotient to overflow. */
function angleOf(box: Box): Tensor {
  const [width, height] = halves(sizeOf(box));
  return tf.atan2(width, height);
}

/** (4 / pi^2) times the squared difference of the angles of the diagonals, from 0 to 1. */
function aspectDifference(a: Box, b: Box): Tensor {
  return tf.mul(tf.square(tf.sub(angleOf(b), angleOf(a))), 4 / Math.PI ** 2);
}

/** alpha v with alpha = v / (1 - I/U + v + eps). */
function aspectPenalty(v: Tensor, iouDistance: Tensor, eps: number): Tensor {
  const denominator = tf.maximum(tf.add(tf.add(iouDistance, v), eps), LEAST_DENOMINATOR);
  return tf.mul(v, tf.div(v, denominator));
}

/**
 * Complete intersection over union of boxes: `mean(1 - I/U + d^2 / c^2 + alpha v)`. As DIoU, with I the
 * intersection, U the union, d the distance of the centres, c the diagonal of the smallest box around both;
 * and v = (4 / pi^2) (atan(w_t / h_t) - atan(w_p / h_p))^2, alpha = v / (1 - I/U + v).
 *
 * The value is that of torchvision; the gradient is the derivative of that value. torchvision and the paper
 * take alpha for a constant in the backward pass, which is the derivative of no function: the pull on the
 * aspect ratio is then alpha v' where it is (2 alpha - alpha^2) v' here, and that on the overlap smaller
 * here by alpha^2.
 *
 * Shapes: [N, 4] both, rows x1, y1, x2, y2. Domain: x1 < x2, y1 < y2; sides from 1e-9 to 1e9, whose
 * squared areas float32 holds.
 * Parameters: `eps` added to U, c^2 and the denominator of alpha (1e-20 by default; torchvision uses 1e-7),
 * `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ or the last axis is not 4
 * @example [0, 0, 2, 2] and [0, 0, 2, 1]: I/U 1/2, d^2/c^2 0.25/8, v 0.0420, alpha 0.0774: 0.5345
 */
export const ciou = defineLoss({
  name: 'Complete IoU loss',
  description: 'Overlap of bounding boxes, the distance of their centres, and the difference of their shapes.',
  formula: 'mean(1 - I/U + d^2 / c^2 + alpha v), v = (4 / pi^2) (atan(w_t/h_t) - atan(w_p/h_p))^2, alpha = v / (1 - I/U + v)',
  reference: 'Zheng et al., Distance-IoU loss, 2020; torchvision.ops.complete_box_iou_loss',
  kinks: 'Where an edge of one box meets an edge of the other.',
  example: { inputs: { yPred: [[0, 0, 2, 2]], yTrue: [[0, 0, 2, 1]] }, value: 0.534498129298557 },
  inputs: {
    yPred: { shape: [4, 4], domain: 'boxes' },
    yTrue: { shape: [4, 4], domain: 'boxes', role: 'target' },
  },
  expect: { zeroAtMatch: true, minimisedAtTarget: true },
  params: boxParams,
  loss(yPred: Tensor, yTrue: Tensor, { eps, reduction }: z.infer<typeof boxParams>) {
    requireBoxes(yPred, yTrue);
    return tf.tidy(() => {
      const [predicted, target] = [boxOf(yPred), boxOf(yTrue)];
      const { distance } = overlap(predicted, target, eps);
      const penalty = aspectPenalty(aspectDifference(predicted, target), distance, eps);
      const centres = centreDistance(predicted, target, eps);
      return reduce(tf.squeeze(tf.add(tf.add(distance, centres), penalty), [-1]), reduction);
    });
  },
});
