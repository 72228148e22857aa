import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { forwardDifference, sliceAxis } from './support/grid.ts';
import { classCount, formatShape, requireSameShape } from './support/shapes.ts';

const params = z.strictObject({
  spacing: z.number().positive().default(1),
  residualWeight: z.number().nonnegative().default(1),
});

/**
 * Data misfit and residual of the Poisson equation u'' = f on a uniform grid:
 * `mean((u - d)^2) + residualWeight mean(((u[i-1] - 2 u[i] + u[i+1]) / h^2 - f[i])^2)`, the second mean
 * over the inner points.
 *
 * Shapes: prediction u, data d and source f of one shape [..., P], P at least 3 grid points on the last
 * axis. Domain: real numbers.
 * Parameters: `spacing` h above 0 (1 by default), `residualWeight` at least 0 (1 by default).
 * Returns the total with its components `data` and `residual`, before weighting.
 *
 * @throws Error when the shapes differ or there are fewer than 3 grid points
 * @example u = [0, 1, 4], d = u, f = [2, 0, 2]: 0 + (0 - 2 + 4 - 0)^2 = 4
 */
export const physicsResidual = defineLoss({
  name: 'Physics residual loss',
  description: 'Fits data while the prediction obeys a differential equation.',
  formula: "mean((u - d)^2) + residualWeight mean((u'' - f)^2), u'' by central differences",
  reference: 'Raissi, Perdikaris, Karniadakis, Physics-informed neural networks, 2019',
  example: { inputs: { yPred: [0, 1, 4], yTrue: [0, 1, 4], source: [2, 0, 2] }, value: 4 },
  inputs: {
    yPred: { shape: [4, 8], domain: 'real' },
    yTrue: { shape: [4, 8], domain: 'real', role: 'target' },
    source: { shape: [4, 8], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, source: Tensor, { spacing, residualWeight }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue, source });
    const points = classCount(yPred);
    if (points < 3) {
      throw new Error(`A second difference needs 3 grid points; yPred has shape ${formatShape(yPred.shape)}.`);
    }
    return tf.tidy((): [Tensor, Record<string, Tensor>] => {
      const axis = yPred.rank - 1;
      const data = tf.mean(tf.square(tf.sub(yPred, yTrue)));
      const secondDifference = forwardDifference(forwardDifference(yPred, axis), axis);
      const curvature = tf.div(secondDifference, spacing * spacing);
      const residual = tf.mean(tf.square(tf.sub(curvature, sliceAxis(source, axis, 1, points - 2))));
      return [tf.add(data, tf.mul(residual, residualWeight)), { data, residual }];
    });
  },
});
