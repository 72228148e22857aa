import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { formatShape, requireSameShape } from './shapes.ts';

/** Lists of items, [..., n]: what learning to rank is made of. */

/** Grades of relevance from "not at all" to "perfect", as in the common data sets. */
export const GRADES = { min: 0, max: 4 } as const;

/** @throws Error when the shapes differ, or there is no axis of items */
export function requireLists(scores: Tensor, yTrue: Tensor): void {
  requireSameShape({ scores, yTrue });
  if (scores.rank > 0) return;
  const found = formatShape(scores.shape);
  throw new Error(`scores and yTrue must have shape [..., n], the items of a list on the last axis; they have ${found}.`);
}

/** x_i - x_j for all pairs of a list, [..., n, n]. */
export function pairDifferences(x: Tensor): Tensor {
  return tf.sub(tf.expandDims(x, -1), tf.expandDims(x, -2));
}

/**
 * True at [i, j] where item i stands before item j when the list is sorted by relevance, the highest first; among
 * equals the one that comes first in the list. So the order is always a whole one, without a sort.
 */
export function standsBefore(relevance: Tensor): Tensor {
  const [left, right] = [tf.expandDims(relevance, -1), tf.expandDims(relevance, -2)];
  const place = tf.range(0, relevance.shape.at(-1) ?? 1);
  const comesFirst = tf.less(tf.expandDims(place, 1), tf.expandDims(place, 0));
  return tf.logicalOr(tf.greater(left, right), tf.logicalAnd(tf.equal(left, right), comesFirst));
}
