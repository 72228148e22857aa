import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { boxOf, boxParams, centreDistance, overlap, requireBoxes } from './support/boxes.ts';
import { reduce } from './support/reduction.ts';

/**
 * Distance intersection over union of boxes: `mean(1 - I/U + d^2 / c^2)`, with I the intersection, U the
 * union, d the distance of the centres and c the diagonal of the smallest box around both.
 *
 * Where the boxes do not meet, or one lies inside of the other, it still pulls the centres together.
 *
 * Shapes: [N, 4] both, rows x1, y1, x2, y2. Domain: x1 < x2, y1 < y2; sides from 1e-9 to 1e9, whose
 * squared areas float32 holds.
 * Parameters: `eps` added to U and c^2 (1e-20 by default; torchvision uses 1e-7), `reduction` mean
 * (default), sum or none.
 *
 * @throws Error when the shapes differ or the last axis is not 4
 * @example [0, 0, 2, 2] and [1, 1, 3, 3]: 1 - 1/7 + 2/18 = 0.9683
 */
export const diou = defineLoss({
  name: 'Distance IoU loss',
  description: 'Overlap of bounding boxes and the distance of their centres: converges faster than GIoU.',
  formula: 'mean(1 - I/U + d^2 / c^2)',
  reference: 'Zheng et al., Distance-IoU loss, 2020; torchvision.ops.distance_box_iou_loss',
  kinks: 'Where an edge of one box meets an edge of the other.',
  example: { inputs: { yPred: [[0, 0, 2, 2]], yTrue: [[1, 1, 3, 3]] }, value: 0.9682539682539683 },
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
      return reduce(tf.squeeze(tf.add(distance, centreDistance(predicted, target, eps)), [-1]), reduction);
    });
  },
});
