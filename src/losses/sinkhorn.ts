import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { LOG_ZERO, logSumExp } from './support/log-space.ts';
import { requirePairs, squaredDistances, type PairOfClouds } from './support/point-clouds.ts';
import { reduce, reductionSchema } from './support/reduction.ts';

const params = z.strictObject({
  eps: z.number().positive().default(0.1),
  iterations: z.int().positive().default(10),
  reduction: reductionSchema,
});

/** Minus C / eps, for the pairs of points that a plan may join, with the log of the mass of the second point. */
interface Kernels {
  /** Within both clouds at once, [N, T + S, T + S]; log 0 from one cloud to the other. */
  readonly within: Tensor;
  /** From the first cloud to the second, [N, T, S], and back. */
  readonly forth: Tensor;
  readonly back: Tensor;
}

function kernelsOf(yPred: Tensor, yTrue: Tensor, eps: number, { pairs, first, second }: PairOfClouds): Kernels {
  const points = tf.concat([yPred, yTrue], 1);
  const cloud = tf.concat([tf.zeros([1, 1, first]), tf.ones([1, 1, second])], 2);
  const logMass = tf.where(tf.equal(cloud, 0), -Math.log(first), -Math.log(second));
  const logKernel = tf.add(tf.mul(squaredDistances(points, points), -1 / eps), logMass);
  const isAcross = tf.notEqual(cloud, tf.reshape(cloud, [1, -1, 1]));
  return {
    within: tf.add(logKernel, tf.where(isAcross, LOG_ZERO, 0)),
    forth: tf.slice(logKernel, [0, 0, first], [pairs, first, second]),
    back: tf.slice(logKernel, [0, first, 0], [pairs, second, first]),
  };
}

/**
 * Minus the potentials over eps that are right for those of the other cloud, as columns [N, T, 1], from minus those
 * of the other cloud, [N, S, 1].
 */
function answer(kernel: Tensor, other: Tensor): Tensor {
  return logSumExp(tf.sub(kernel, tf.reshape(other, [-1, 1, other.shape[1] ?? 1])));
}

/** The columns of both clouds, [N, T, 1] and [N, S, 1]. */
function perCloud(columns: Tensor, { first, second }: PairOfClouds): [Tensor, Tensor] {
  const [ofFirst, ofSecond] = tf.split(columns, [first, second], 1);
  if (ofFirst === undefined || ofSecond === undefined) throw new Error('tf.split did not return both clouds');
  return [ofFirst, ofSecond];
}

interface Own {
  readonly potentials: Tensor;
  /** log of the mass that their plan moves from each point, over the mass it has. */
  readonly excess: Tensor;
}

/** Within the clouds half of the way each time: the plan is symmetric, and the error at least halves. */
function ownPotentials(within: Tensor, iterations: number): Own {
  let potentials = tf.zeros([within.shape[0] ?? 1, within.shape[1] ?? 1, 1]);
  for (let step = 0; step < iterations; step++) {
    potentials = tf.mul(tf.add(potentials, answer(within, potentials)), 0.5);
  }
  return { potentials, excess: tf.sub(answer(within, potentials), potentials) };
}

/** Potentials across, on both clouds in turn; the plan moves all mass of the second cloud and no more. */
function sharedPotentials({ forth, back }: Kernels, start: Tensor, iterations: number): [Tensor, Tensor] {
  let onFirst = answer(forth, start);
  let onSecond = answer(back, onFirst);
  for (let step = 1; step < iterations; step++) {
    onFirst = answer(forth, onSecond);
    onSecond = answer(back, onFirst);
  }
  return [onFirst, onSecond];
}

/** One cloud's part of the difference of the dual objectives, over eps, [N]. */
function gap(own: Tensor, shared: Tensor, excess: Tensor): Tensor {
  // Dividing a plan by its mass is the best shift of its potentials.
  const logMass = tf.sub(logSumExp(tf.squeeze(excess, [2])), Math.log(excess.shape[1] ?? 1));
  return tf.add(tf.mean(tf.sub(own, shared), [1, 2]), tf.mul(tf.squeeze(logMass, [1]), 0.5));
}

/**
 * Sinkhorn divergence of two clouds of points of equal mass: `OT(x, y) - OT(x, x) / 2 - OT(y, y) / 2`, with
 * `OT = min_P <P, C> + eps KL(P | uniform)` and C_ij = |x_i - y_j|^2.
 *
 * The potentials of (x, y) start from those of (y, y). By the inequality of Cauchy and Schwarz the value is then at
 * least 0 after any number of iterations, and those across only raise it. All of it is in log space: a plan
 * exp(-C / eps) would vanish in float32 for squared distances above 100 eps.
 *
 * Shapes: x [N, T, D], y [N, S, D]; N pairs of clouds. Domain: coordinates from 0 to 1 here, where 10 iterations
 * come within about 1% of the optimum. What counts is C / eps: from about 100 on the value is well below it.
 * Parameters: `eps` above 0 (0.1 by default), `iterations` at least 1 (10 by default) for the potentials within
 * the clouds and again for those across, `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes are not those above
 * @example one point each, x = 0 and y = 1: (0 - 1)^2 = 1
 */
export const sinkhorn = defineLoss({
  name: 'Sinkhorn divergence',
  description: 'Optimal transport between clouds of points, smoothed so that it has a gradient everywhere.',
  formula: 'OT(x, y) - OT(x, x) / 2 - OT(y, y) / 2, OT = min_P <P, C> + eps KL(P | uniform), C_ij = |x_i - y_j|^2',
  reference: 'Cuturi, Sinkhorn distances, 2013; Feydy et al., Interpolating between optimal transport and MMD, 2019',
  example: { inputs: { yPred: [[[0]]], yTrue: [[[1]]] }, value: 1 },
  inputs: {
    yPred: { shape: [2, 3, 2], domain: { min: 0, max: 1 } },
    yTrue: { shape: [2, 3, 2], domain: { min: 0, max: 1 }, role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { eps, iterations, reduction }: z.infer<typeof params>) {
    const shape = requirePairs(yPred, yTrue);
    return tf.tidy(() => {
      const kernels = kernelsOf(yPred, yTrue, eps, shape);
      const { potentials, excess } = ownPotentials(kernels.within, iterations);
      const [ownOfFirst, ownOfSecond] = perCloud(potentials, shape);
      const [excessOfFirst, excessOfSecond] = perCloud(excess, shape);
      const [onFirst, onSecond] = sharedPotentials(kernels, ownOfSecond, iterations);
      const divergence = tf.add(gap(ownOfFirst, onFirst, excessOfFirst), gap(ownOfSecond, onSecond, excessOfSecond));
      return reduce(tf.mul(divergence, eps), reduction);
    });
  },
});
