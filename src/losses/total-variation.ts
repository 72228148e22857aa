import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { forwardDifference } from './support/grid.ts';
import { formatShape } from './support/shapes.ts';
import { absolute } from './support/stable-math.ts';

const params = z.strictObject({ reduction: z.enum(['mean', 'sum']).default('mean') });

/** Axes of height and width: [H, W], [H, W, C] or [N, H, W, C]. */
function imageAxes(image: Tensor): readonly [number, number] {
  if (image.rank === 2 || image.rank === 3) return [0, 1];
  if (image.rank === 4) return [1, 2];
  throw new Error(`An image has shape [H, W], [H, W, C] or [N, H, W, C]; this one has ${formatShape(image.shape)}.`);
}

/**
 * Anisotropic total variation of images: `sum(|x[h+1, w] - x[h, w]| + |x[h, w+1] - x[h, w]|)`, divided by
 * the number of elements for reduction mean.
 *
 * Shapes: [H, W], [H, W, C] or [N, H, W, C]. Domain: real numbers.
 * Parameters: `reduction` mean (default) or sum.
 *
 * @throws Error for an image of another rank
 * @example [[0, 1], [2, 3]]: (2 + 2 + 1 + 1) / 4 = 1.5
 */
export const totalVariation = defineLoss({
  name: 'Total variation',
  description: 'Penalty on the differences between neighbouring pixels: smooth areas with sharp edges.',
  formula: 'mean(|x[h+1, w] - x[h, w]| + |x[h, w+1] - x[h, w]|)',
  reference: 'Rudin, Osher, Fatemi, Nonlinear total variation based noise removal, 1992',
  kinks: 'Equal neighbours; their difference adds no gradient.',
  example: {
    inputs: {
      image: [
        [0, 1],
        [2, 3],
      ],
    },
    value: 1.5,
  },
  inputs: { image: { shape: [2, 4, 4, 1], domain: 'real' } },
  expect: { nonNegative: true },
  params,
  loss(image: Tensor, { reduction }: z.infer<typeof params>) {
    const [height, width] = imageAxes(image);
    return tf.tidy(() => {
      const vertical = tf.sum(absolute(forwardDifference(image, height)));
      const horizontal = tf.sum(absolute(forwardDifference(image, width)));
      const total = tf.add(vertical, horizontal);
      return reduction === 'sum' ? total : tf.div(total, image.size);
    });
  },
});
