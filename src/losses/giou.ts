import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { areaOf, boxOf, boxParams, enclosing, overlap, requireBoxes, sizeOf } from './support/boxes.ts';
import { reduce } from './support/reduction.ts';

/**
 * Generalised intersection over union of boxes: `mean(1 - I/U + (C - U)/C)`, with I the intersection, U
 * the union and C the area of the smallest box around both.
 *
 * Unlike 1 - I/U it has a gradient where the boxes do not meet.
 *
 * Shapes: [N, 4] both, rows x1, y1, x2, y2. Domain: x1 < x2, y1 < y2; sides from 1e-9 to 1e9, whose
 * squared areas float32 holds.
 * Parameters: `eps` added to U and C (1e-20 by default; torchvision uses 1e-7), `reduction` mean
 * (default), sum or none.
 *
 * @throws Error when the shapes differ or the last axis is not 4
 * @example [0, 0, 2, 2] and [1, 1, 3, 3]: 1 - 1/7 + (9 - 7)/9 = 1.0794
 */
export const giou = defineLoss({
  name: 'Generalised IoU loss',
  description: 'Overlap of bounding boxes, with a gradient even where they do not meet.',
  formula: 'mean(1 - I/U + (C - U)/C)',
  reference: 'Rezatofighi et al., Generalized intersection over union, 2019; torchvision.ops.generalized_box_iou_loss',
  kinks: 'Where an edge of one box meets an edge of the other.',
  example: { inputs: { yPred: [[0, 0, 2, 2]], yTrue: [[1, 1, 3, 3]] }, value: 1.0793650793650793 },
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
      const { distance, union } = overlap(predicted, target, eps);
      const around = areaOf(sizeOf(enclosing(predicted, target)));
      const empty = tf.div(tf.sub(around, union), tf.add(around, eps));
      return reduce(tf.squeeze(tf.add(distance, empty), [-1]), reduction);
    });
  },
});
