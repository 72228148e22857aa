import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { classCount } from './shapes.ts';

const factor = z.number().nonnegative();

/** One factor for each class, in class order; null for none. */
export const classWeightsSchema = z.array(factor).min(1).nullable().default(null);

export type ClassWeights = z.infer<typeof classWeightsSchema>;

/** One factor for all outputs, or one for each entry of the last axis. */
export const outputWeightSchema = z.union([factor, z.array(factor).min(1)]).default(1);

/** Share of the target that is spread evenly over the classes. */
export const labelSmoothingSchema = z.number().min(0).max(1).default(0);

/**
 * The values, each times the factor of its class, which is its place on the last axis.
 *
 * @param parameter what the factors are called, for the message
 * @throws Error when there are not as many factors as classes
 */
export function weighByClass(values: Tensor, weights: ClassWeights | number, parameter: string): Tensor {
  // Most losses are not weighted, and need not pay for it.
  if (weights === null || weights === 1) return values;
  return tf.mul(values, factorTensor(weights, classCount(values), parameter));
}

function factorTensor(weights: readonly number[] | number, classes: number, parameter: string): Tensor {
  if (typeof weights === 'number') return tf.scalar(weights);
  if (weights.length !== classes) {
    throw new Error(`${parameter} has ${weights.length} entries, but the last axis has ${classes}: give one for each.`);
  }
  return tf.tensor1d([...weights]);
}

/** Moves a target towards the uniform distribution over `classes`: t(1-s) + s/classes. */
export function smoothLabels(target: Tensor, smoothing: number, classes: number): Tensor {
  if (smoothing === 0) return target;
  return tf.add(tf.mul(target, 1 - smoothing), smoothing / classes);
}
