import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { reductionSchema } from './reduction.ts';
import { classCount, formatShape, requireSameShape } from './shapes.ts';
import { oneMinus } from './stable-math.ts';

/**
 * Keeps two boxes without area from dividing 0 by 0. torchvision's 1e-7 is as large as a box of side
 * 3e-4, and makes a perfect match of boxes of side 1e-6 cost almost 1; this one is lost in rounding there.
 */
const DEFAULT_EPS = 1e-20;

export const boxParams = z.strictObject({
  eps: z.number().nonnegative().default(DEFAULT_EPS),
  reduction: reductionSchema,
});

/** Corners of boxes, [N, 2] each: x and y. */
export interface Box {
  readonly low: Tensor;
  readonly high: Tensor;
}

/** @throws Error when the shapes differ or the last axis is not 4 */
export function requireBoxes(yPred: Tensor, yTrue: Tensor): void {
  requireSameShape({ yPred, yTrue });
  if (classCount(yPred) === 4) return;
  throw new Error(`Boxes are rows of x1, y1, x2, y2; yPred has shape ${formatShape(yPred.shape)}.`);
}

export function boxOf(rows: Tensor): Box {
  const [low, high] = halves(rows);
  return { low, high };
}

/** Columns of [N, 2], or corners of [N, 4]. */
export function halves(rows: Tensor): readonly [Tensor, Tensor] {
  const [first, second] = tf.split(rows, 2, -1);
  if (first === undefined || second === undefined) throw new Error('tf.split did not return two halves');
  return [first, second];
}

/** Width and height, [N, 2]. */
export function sizeOf(box: Box): Tensor {
  return tf.sub(box.high, box.low);
}

/** Width times height, [N, 1]. */
export function areaOf(size: Tensor): Tensor {
  const [width, height] = halves(size);
  return tf.mul(width, height);
}

/**
 * a where `lead` is positive, b where it is negative, and where it is 0 half of each.
 *
 * `tf.minimum` and `tf.maximum` give all of the derivative to the first of two equal numbers: valid, but
 * then a perfect match has a gradient, which pushes the boxes apart.
 */
function chosen(a: Tensor, b: Tensor, lead: Tensor): Tensor {
  const share = tf.mul(tf.add(tf.sign(lead), 1), 0.5);
  return tf.add(tf.mul(a, share), tf.mul(b, oneMinus(share)));
}

function smaller(a: Tensor, b: Tensor): Tensor {
  return chosen(a, b, tf.sub(b, a));
}

function larger(a: Tensor, b: Tensor): Tensor {
  return chosen(a, b, tf.sub(a, b));
}

/** The smallest box around both. */
export function enclosing(a: Box, b: Box): Box {
  return { low: smaller(a.low, b.low), high: larger(a.high, b.high) };
}

/** The box that both have in common; its sides are negative where they do not meet. */
function common(a: Box, b: Box): Box {
  return { low: larger(a.low, b.low), high: smaller(a.high, b.high) };
}

export interface Overlap {
  /** 1 - I / (U + eps), [N, 1]. */
  readonly distance: Tensor;
  /** Area of the union, U, [N, 1]. */
  readonly union: Tensor;
}

export function overlap(a: Box, b: Box, eps: number): Overlap {
  const intersection = areaOf(tf.relu(sizeOf(common(a, b))));
  const union = tf.sub(tf.add(areaOf(sizeOf(a)), areaOf(sizeOf(b))), intersection);
  return { distance: oneMinus(tf.div(intersection, tf.add(union, eps))), union };
}

/** Squared distance of the centres, over the squared diagonal of the box around both, [N, 1]. */
export function centreDistance(a: Box, b: Box, eps: number): Tensor {
  const twice = tf.add(tf.sub(a.low, b.low), tf.sub(a.high, b.high));
  const squared = tf.mul(tf.sum(tf.square(twice), -1, true), 0.25);
  const diagonal = tf.sum(tf.square(sizeOf(enclosing(a, b))), -1, true);
  return tf.div(squared, tf.add(diagonal, eps));
}
