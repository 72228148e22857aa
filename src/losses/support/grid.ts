import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** `length` entries of one axis from `start`, the other axes whole. `tf.stridedSlice` has no gradient. */
export function sliceAxis(x: Tensor, axis: number, start: number, length: number): Tensor {
  const begin = x.shape.map((_, index) => (index === axis ? start : 0));
  const size = x.shape.map((dimension, index) => (index === axis ? length : dimension));
  return tf.slice(x, begin, size);
}

/** x[i + 1] - x[i] along one axis, one entry shorter. */
export function forwardDifference(x: Tensor, axis: number): Tensor {
  const length = (x.shape[axis] ?? 1) - 1;
  return tf.sub(sliceAxis(x, axis, 1, length), sliceAxis(x, axis, 0, length));
}

/** Each entry of one axis, that axis kept with length 1. The gradient of `tf.split` into a single part throws. */
export function entriesAlong(x: Tensor, axis: number): Tensor[] {
  const length = x.shape[axis] ?? 1;
  return length === 1 ? [x] : tf.split(x, length, axis);
}
