import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { classCount, formatShape, requireSameShape } from './support/shapes.ts';

/**
 * Keeps two boxes without area from dividing 0 by 0. torchvision's 1e-7 is as large as a box of side
 * 3e-4, and makes a perfect match of boxes of side 1e-6 cost almost 1; this one is lost in rounding there.
 */
const DEFAULT_EPS = 1e-20;

const params = z.strictObject({ eps: z.number().nonnegative().default(DEFAULT_EPS), reduction: reductionSchema });

interface Sides {
  readonly left: Tensor;
  readonly top: Tensor;
  readonly right: Tensor;
  readonly bottom: Tensor;
}

function sides(boxes: Tensor): Sides {
  const [left, top, right, bottom] = tf.split(boxes, 4, -1);
  if (left === undefined || top === undefined || right === undefined || bottom === undefined) {
    throw new Error('tf.split did not return the four columns of the boxes');
  }
  return { left, top, right, bottom };
}

function area(box: Sides): Tensor {
  return tf.mul(tf.sub(box.right, box.left), tf.sub(box.bottom, box.top));
}

function intersectionArea(a: Sides, b: Sides): Tensor {
  const width = tf.sub(tf.minimum(a.right, b.right), tf.maximum(a.left, b.left));
  const height = tf.sub(tf.minimum(a.bottom, b.bottom), tf.maximum(a.top, b.top));
  return tf.mul(tf.relu(width), tf.relu(height));
}

function enclosingArea(a: Sides, b: Sides): Tensor {
  return area({
    left: tf.minimum(a.left, b.left),
    top: tf.minimum(a.top, b.top),
    right: tf.maximum(a.right, b.right),
    bottom: tf.maximum(a.bottom, b.bottom),
  });
}

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
  params,
  loss(yPred: Tensor, yTrue: Tensor, { eps, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    if (classCount(yPred) !== 4) {
      throw new Error(`Boxes are rows of x1, y1, x2, y2; yPred has shape ${formatShape(yPred.shape)}.`);
    }
    return tf.tidy(() => {
      const [predicted, target] = [sides(yPred), sides(yTrue)];
      const intersection = intersectionArea(predicted, target);
      const union = tf.sub(tf.add(area(predicted), area(target)), intersection);
      const enclosing = enclosingArea(predicted, target);
      const iou = tf.div(intersection, tf.add(union, eps));
      const empty = tf.div(tf.sub(enclosing, union), tf.add(enclosing, eps));
      return reduce(tf.squeeze(tf.add(tf.sub(1, iou), empty), [-1]), reduction);
    });
  },
});
