import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { formatShape } from './shapes.ts';

type NamedTensor = readonly [name: string, tensor: Tensor];

/**
 * Refuses labels [...] that do not match rows [..., D], one for each.
 *
 * @throws Error that names both shapes
 */
export function requireOneLabelPerRow(rows: NamedTensor, labels: NamedTensor): void {
  const [[rowsName, { shape }], [labelsName, { shape: found }]] = [rows, labels];
  const wanted = formatShape(shape.slice(0, -1));
  if (shape.length > 0 && formatShape(found) === wanted) return;
  throw new Error(
    `${rowsName} has shape ${formatShape(shape)}, so ${labelsName} must have shape ${wanted}, one label for each row; ` +
      `it has ${formatShape(found)}.`,
  );
}

/**
 * Refuses a table of one vector for each class that is not [C, D] beside rows [N, D].
 *
 * @throws Error that names both shapes
 */
export function requireClassVectors(rows: NamedTensor, table: NamedTensor): void {
  const [[rowsName, { shape }], [tableName, { shape: found }]] = [rows, table];
  if (shape.length === 2 && found.length === 2 && shape[1] === found[1]) return;
  throw new Error(
    `${rowsName} must have shape [N, D] and ${tableName} [C, D], with the same D; they have ${formatShape(shape)} and ` +
      `${formatShape(found)}.`,
  );
}

/**
 * The labels as rows of 0 and 1, [N, C].
 *
 * The row of a label outside of 0 to C-1 is 0/0 = NaN and makes the loss NaN: an exception would need the numbers,
 * and reading them stalls a GPU. `tf.oneHot` wants at least two classes.
 */
export function oneHotRows(labels: Tensor, classes: number): Tensor {
  const oneHot = tf.cast(tf.equal(tf.expandDims(labels, -1), tf.range(0, classes)), 'float32');
  return tf.div(oneHot, tf.sum(oneHot, -1, true));
}
