import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { batchSize, classCount } from './shapes.ts';

/** The order of each row of [N, n], the largest first; equal entries in the order in which they stand. */
export function descending(rows: Tensor): { values: Tensor; indices: Tensor } {
  return tf.topk(rows, classCount(rows), true);
}

/**
 * Entry `places[i, j]` of row i at [i, j], for rows and places [N, n]. For data, or within a written derivative.
 *
 * From one long row: `tf.gather` with batchDims takes the wrong entries in the WebAssembly backend of
 * TensorFlow.js 4.22, from the second row on.
 */
export function takeInRows(rows: Tensor, places: Tensor): Tensor {
  const length = classCount(rows);
  const begins = tf.range(0, batchSize(rows) * length, length, 'int32');
  const taken = tf.gather(tf.reshape(rows, [-1]), tf.reshape(tf.add(places, tf.expandDims(begins, 1)), [-1]));
  return tf.reshape(taken, places.shape);
}
