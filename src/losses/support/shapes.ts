import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Refuses shapes that differ, because [N] against [N, 1] would broadcast to [N, N] without a word.
 *
 * @throws Error that names both inputs and their shapes
 */
export function requireSameShape(tensors: Readonly<Record<string, Tensor>>): void {
  const [first, ...others] = Object.entries(tensors);
  if (first === undefined) return;
  for (const [name, tensor] of others) {
    if (isSameShape(tensor.shape, first[1].shape)) continue;
    throw new Error(
      `${first[0]} has shape ${formatShape(first[1].shape)} and ${name} has shape ${formatShape(tensor.shape)}: ` +
        'they must be the same.',
    );
  }
}

function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/** Length of the last axis: the number of classes. 1 for a scalar. */
export function classCount(tensor: Tensor): number {
  return tensor.shape.at(-1) ?? 1;
}

/** Length of the first axis: the number of samples. 1 for a scalar. */
export function batchSize(tensor: Tensor): number {
  return tensor.shape[0] ?? 1;
}

export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/**
 * Refuses anything but [N, D]: a batch of vectors.
 *
 * @throws Error that names the first input that is something else
 */
export function requireBatchOfRows(tensors: Readonly<Record<string, Tensor>>): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (tensor.rank === 2) continue;
    throw new Error(`${name} must have shape [N, D], one vector for each sample; it has ${formatShape(tensor.shape)}.`);
  }
}
