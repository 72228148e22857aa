import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { formatShape, requireSameShape } from './support/shapes.ts';
import { withGradient } from './support/stable-math.ts';

const params = z.strictObject({
  windowSize: z.int().positive().default(11),
  sigma: z.number().positive().default(1.5),
  k1: z.number().positive().default(0.01),
  k2: z.number().positive().default(0.03),
  dataRange: z.number().positive().default(1),
  reduction: reductionSchema,
});

interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Weights of a Gaussian around the middle of the window; their sum is 1. */
function gaussian(size: number, sigma: number): number[] {
  const squares = Array.from({ length: size }, (_, index) => ((index - (size - 1) / 2) / sigma) ** 2);
  // Relative to the highest: a narrow bell between two pixels would vanish at both.
  const nearest = Math.min(...squares);
  const heights = squares.map((square) => Math.exp((nearest - square) / 2));
  const total = heights.reduce((sum, height) => sum + height, 0);
  return heights.map((height) => height / total);
}

/** One quantity of x, of y, and of their difference d = x - y. */
interface OfPair {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly d: Tensor;
}

function pairOf(stacked: Tensor): OfPair {
  const [x, y, d] = tf.split(stacked, 3, 0);
  if (x === undefined || y === undefined || d === undefined) throw new Error('tf.split did not return three parts');
  return { x, y, d };
}

/** Weighted means over all windows that lie within the image, one axis after the other. */
function overWindows(images: Tensor4D, weights: number[]): Tensor {
  const size = weights.length;
  const rows = tf.conv2d(images, tf.tensor4d(weights, [size, 1, 1, 1]), 1, 'valid');
  return tf.conv2d(rows, tf.tensor4d(weights, [1, size, 1, 1]), 1, 'valid');
}

/**
 * Mean and variance in each window, of images [M, H, W, 1].
 *
 * The variance does not depend on a shift; with the mean of the image as the shift, E[x^2] - E[x]^2 loses
 * few digits in float32.
 */
function localMoments(images: Tensor4D, weights: number[]): Moments {
  const shift = tf.mean(images, [1, 2], true);
  const centred: Tensor4D = tf.sub(images, shift);
  const [mean, square] = tf.split(overWindows(tf.concat([centred, tf.square(centred)], 0), weights), 2, 0);
  if (mean === undefined || square === undefined) throw new Error('tf.split did not return two parts');
  return { mean: tf.add(mean, shift), variance: tf.sub(square, tf.square(mean)) };
}

/** [N, H, W, C] as [N C, H, W, 1]. */
function channelsAsImages(images: Tensor): Tensor4D {
  const [, height = 1, width = 1] = images.shape;
  return tf.reshape(tf.transpose(images, [0, 3, 1, 2]), [-1, height, width, 1]);
}

function sumOfSquares({ x, y }: OfPair, stabiliser: number): Tensor {
  return tf.add(tf.add(tf.square(x), tf.square(y)), stabiliser);
}

/**
 * m_d^2 / (m_x^2 + m_y^2 + stabiliser), from the means stacked.
 *
 * The derivatives to x and y are written down whole, with nothing left for d: composed of a part through d and
 * one through the sum of squares, they cancel to few digits of float32 for black against white.
 */
function unlikeBrightness(means: Tensor, stabiliser: number): Tensor {
  return withGradient(means, {
    value: (input) => tf.div(tf.square(pairOf(input).d), sumOfSquares(pairOf(input), stabiliser)),
    gradient: (dy, input) => {
      const pair = pairOf(input);
      const { x, y, d } = pair;
      const scale = tf.div(tf.mul(tf.mul(dy, 2), d), tf.square(sumOfSquares(pair, stabiliser)));
      const sum = tf.add(x, y);
      const toX = tf.mul(scale, tf.add(tf.mul(sum, y), stabiliser));
      const toY = tf.mul(tf.neg(scale), tf.add(tf.mul(sum, x), stabiliser));
      return tf.concat([toX, toY, tf.zerosLike(d)], 0);
    },
  });
}

/** s_d^2 / (s_x^2 + s_y^2 + stabiliser), from the variances stacked. */
function unlikeStructure(variances: Tensor, stabiliser: number): Tensor {
  const { x, y, d } = pairOf(variances);
  return tf.div(d, tf.add(tf.add(x, y), stabiliser));
}

function requireImages(yPred: Tensor, yTrue: Tensor, windowSize: number): void {
  requireSameShape({ yPred, yTrue });
  const [, height = 0, width = 0] = yPred.shape;
  if (yPred.rank === 4 && height >= windowSize && width >= windowSize) return;
  throw new Error(
    `Images have shape [N, H, W, C], H and W at least windowSize = ${windowSize}; these have ${formatShape(yPred.shape)}.`,
  );
}

/**
 * One minus the structural similarity of images, averaged over Gaussian windows and channels:
 * `1 - (2 m_x m_y + C1)(2 s_xy + C2) / ((m_x^2 + m_y^2 + C1)(s_x^2 + s_y^2 + C2))`, with m the means, s^2 the variances
 * and s_xy the covariance in a window, C1 = (k1 L)^2 and C2 = (k2 L)^2.
 *
 * Written as a + b - a b with a = m_d^2 / (m_x^2 + m_y^2 + C1) and b = s_d^2 / (s_x^2 + s_y^2 + C2) of the difference
 * d = x - y, which is the same and keeps its digits where the images are alike.
 *
 * Shapes: x and y of one shape [N, H, W, C], H and W at least `windowSize`. Domain: 0 to `dataRange`.
 * Parameters: `windowSize` (11 by default) and `sigma` (1.5) of the window, `k1` (0.01), `k2` (0.03), `dataRange` L
 * (1), `reduction` over the images: mean (default), sum or none.
 *
 * @throws Error when the shapes differ, or the images are no images or smaller than a window
 * @example windowSize 1, x = 1 and y = 0: a = 1 / (1 + 0.0001), b = 0, so 0.9999
 */
export const ssim = defineLoss({
  name: 'SSIM loss',
  description: 'One minus the structural similarity: images are alike where brightness, contrast and structure are.',
  formula: '1 - mean((2 m_x m_y + C1)(2 s_xy + C2) / ((m_x^2 + m_y^2 + C1)(s_x^2 + s_y^2 + C2)))',
  reference: 'Wang, Bovik, Sheikh, Simoncelli, Image quality assessment, 2004',
  example: {
    inputs: { yPred: [[[[1]]]], yTrue: [[[[0]]]] },
    params: { windowSize: 1 },
    value: 0.9999000099990001,
  },
  inputs: {
    yPred: { shape: [2, 12, 12, 1], domain: { min: 0, max: 1 } },
    yTrue: { shape: [2, 12, 12, 1], domain: { min: 0, max: 1 }, role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { windowSize, sigma, k1, k2, dataRange, reduction }: z.infer<typeof params>) {
    requireImages(yPred, yTrue, windowSize);
    return tf.tidy(() => {
      const stacked = channelsAsImages(tf.concat([yPred, yTrue, tf.sub(yPred, yTrue)], 0));
      const { mean, variance } = localMoments(stacked, gaussian(windowSize, sigma));
      const brightness = unlikeBrightness(mean, (k1 * dataRange) ** 2);
      const structure = unlikeStructure(variance, (k2 * dataRange) ** 2);
      const unlike = tf.sub(tf.add(brightness, structure), tf.mul(brightness, structure));
      return reduce(tf.mean(tf.reshape(unlike, [yPred.shape[0] ?? 1, -1]), -1), reduction);
    });
  },
});
