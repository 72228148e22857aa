import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { oneHotRows, requireClassVectors, requireOneLabelPerRow } from './support/labels.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { batchSize } from './support/shapes.ts';

const params = z.strictObject({ reduction: reductionSchema });

/**
 * Center loss: `mean_i |x_i - c_yi|^2 / 2`, with c_y the learned center of class y.
 *
 * The paper takes the sum and moves the centers by a rule of its own; here they have their gradient, and learn like
 * every other parameter.
 *
 * Shapes: features x [N, D], centers c [C, D], labels [N]. Domain: real numbers, labels whole numbers 0 to C-1. A
 * label outside makes the loss NaN.
 * Parameters: `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes are not those above
 * @example x = [[1, 2], [3, 0]], c = [[1, 0], [0, 0]], labels 0, 1: (2^2 / 2 + 3^2 / 2) / 2 = 3.25
 */
export const center = defineLoss({
  name: 'Center loss',
  description: 'Draws the features of each class towards one learned center.',
  formula: 'mean_i |x_i - c_yi|^2 / 2',
  reference: 'Wen, Zhang, Li, Qiao, A discriminative feature learning approach for deep face recognition, 2016',
  example: {
    inputs: {
      features: [
        [1, 2],
        [3, 0],
      ],
      centers: [
        [1, 0],
        [0, 0],
      ],
      yTrue: [0, 1],
    },
    value: 3.25,
  },
  inputs: {
    features: { shape: [8, 3], domain: 'real' },
    centers: { shape: [4, 3], domain: 'real', role: 'parameter' },
    yTrue: { shape: [8], domain: 'class-index', classes: 4, role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(features: Tensor, centers: Tensor, yTrue: Tensor, { reduction }: z.infer<typeof params>) {
    requireClassVectors(['features', features], ['centers', centers]);
    requireOneLabelPerRow(['features', features], ['yTrue', yTrue]);
    return tf.tidy(() => {
      const own = tf.matMul(oneHotRows(yTrue, batchSize(centers)), centers);
      return reduce(tf.mul(tf.sum(tf.square(tf.sub(features, own)), -1), 0.5), reduction);
    });
  },
});
