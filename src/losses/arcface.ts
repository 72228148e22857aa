import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { lossAgainstOthers } from './support/contrast.ts';
import { oneHotRows, requireClassVectors, requireOneLabelPerRow } from './support/labels.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { batchSize } from './support/shapes.ts';
import { directionOfRows, normOfRows, rowsOfManyLengths, zeroRows } from './support/vectors.ts';

const params = z.strictObject({
  margin: z.number().min(0).lt(Math.PI).default(0.5),
  scale: z.number().positive().default(64),
  reduction: reductionSchema,
});

/**
 * ArcFace, cross-entropy of cosines with a margin on the angle of the true class:
 * `-mean_i log(exp(s cos(a_iy + m)) / (exp(s cos(a_iy + m)) + sum_{j != y} exp(s cos a_ij)))`, where a_ij is the
 * angle between embedding x_i and the weight w_j of class j.
 *
 * Written as cos(a + m) = cos a cos m - sin a sin m. The derivatives of arccos(c) and of sqrt(1 - c^2) are infinite
 * at c = ±1, although sin a as a function of the vectors is not steep: it is the distance |u - (u . v) v| from the
 * direction u to the line through v. That is how it is computed; at an angle of 0 or pi it has a tip, with gradient 0.
 * Beyond a = pi - m the cosine rises again, as in the paper; no other formula takes over there.
 *
 * A row of zeros has no direction: it is at right angles to everything, its gradient is 0.
 *
 * Shapes: x [N, D], w [C, D], labels [N]. Domain: vectors of any length but 0, declared as unit vectors, which have
 * all directions; labels whole numbers 0 to C-1. A label outside makes the loss NaN.
 * Parameters: `margin` m in radians, from 0 to below pi (0.5 by default), `scale` s above 0 (64 by default),
 * `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes are not those above
 * @example x = [[3, 4]], w = [[1, 0], [0, 2]], label 1, s = 2, m = pi/2: the angle to the label has cosine 0.8 and
 *   sine 0.6, so log(1 + e^(2·0.6 - 2·(-0.6))) = log(1 + e^2.4) = 2.4868
 */
export const arcface = defineLoss({
  name: 'ArcFace',
  description: 'Classes as directions on a sphere, each to be met with an angle to spare: for recognising faces.',
  formula:
    '-mean_i log(exp(s cos(a_iy + m)) / (exp(s cos(a_iy + m)) + sum_{j != y} exp(s cos a_ij))), ' +
    'a_ij the angle between x_i and w_j',
  reference: 'Deng, Guo, Xue, Zafeiriou, ArcFace: Additive angular margin loss for deep face recognition, 2019',
  kinks:
    'An embedding along the weight of its class, or against it; not continuous in a row of zeros. The gradient of ' +
    'that term there is 0.',
  example: {
    inputs: {
      embeddings: [[3, 4]],
      weight: [
        [1, 0],
        [0, 2],
      ],
      yTrue: [1],
    },
    params: { margin: Math.PI / 2, scale: 2 },
    value: 2.4868361521539493,
  },
  inputs: {
    embeddings: { shape: [6, 3], domain: 'unit-vector' },
    weight: { shape: [4, 3], domain: 'unit-vector', role: 'parameter' },
    yTrue: { shape: [6], domain: 'class-index', classes: 4, role: 'target' },
  },
  edges: [{ embeddings: rowsOfManyLengths([6, 3], 0), weight: rowsOfManyLengths([4, 3], 1) }],
  expect: { nonNegative: true },
  params,
  loss(embeddings: Tensor, weight: Tensor, yTrue: Tensor, { margin, scale, reduction }: z.infer<typeof params>) {
    requireClassVectors(['embeddings', embeddings], ['weight', weight]);
    requireOneLabelPerRow(['embeddings', embeddings], ['yTrue', yTrue]);
    return tf.tidy(() => {
      const [directions, classes] = [directionOfRows(embeddings), directionOfRows(weight)];
      const oneHot = oneHotRows(yTrue, batchSize(weight));
      const own = tf.matMul(oneHot, classes);
      const cosOwn = tf.sum(tf.mul(directions, own), -1);
      const aside = tf.sub(directions, tf.mul(own, tf.expandDims(cosOwn, -1)));
      const sinOwn = tf.add(normOfRows(aside, 2), zeroRows(embeddings));
      const widened = tf.sub(tf.mul(cosOwn, Math.cos(margin)), tf.mul(sinOwn, Math.sin(margin)));
      const others = tf.matMul(directions, classes, false, true);
      const isOther = tf.equal(oneHot, 0);
      return reduce(lossAgainstOthers(tf.mul(widened, scale), tf.mul(others, scale), isOther), reduction);
    });
  },
});
