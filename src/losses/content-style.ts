import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { batchSize, classCount, formatShape, requireSameShape } from './support/shapes.ts';

const weight = z.number().nonnegative().default(1);
const params = z.strictObject({ contentWeight: weight, styleWeight: weight });

/** Correlations of the channels, [N, C, C], divided by the number of features H·W·C. */
function gramMatrix(features: Tensor): Tensor {
  const channels = classCount(features);
  const places = features.size / (batchSize(features) * channels);
  const flat = tf.reshape(features, [batchSize(features), places, channels]);
  return tf.div(tf.matMul(flat, flat, true, false), places * channels);
}

function requireFeatureMaps(generated: Tensor, content: Tensor, style: Tensor): void {
  requireSameShape({ generated, content });
  const sameBatch = batchSize(generated) === batchSize(style);
  if (generated.rank === 4 && style.rank === 4 && sameBatch && classCount(generated) === classCount(style)) return;
  throw new Error(
    'Feature maps have shape [N, H, W, C], with the same N and C for the style; generated has shape ' +
      `${formatShape(generated.shape)} and style ${formatShape(style.shape)}.`,
  );
}

/**
 * Neural style transfer on given feature maps:
 * `contentWeight mean((F - F_c)^2) + styleWeight mean_n ||G(F) - G(F_s)||^2`, with G(F) = F'F / (H W C)
 * the Gram matrix and the norm Frobenius's.
 *
 * Shapes: generated and content [N, H, W, C]; style [N, H', W', C]. Domain: features within ±10 here;
 * the loss grows with their fourth power, so float32 overflows near 1e9.
 * Parameters: `contentWeight` and `styleWeight` at least 0 (1 each by default).
 * Returns the total with its components `content` and `style`, before weighting.
 *
 * @throws Error when the feature maps do not have the shapes above
 * @example one pixel, one channel, F = 2, F_c = 1, F_s = 1: (2 - 1)^2 + (4 - 1)^2 = 10
 */
export const contentStyle = defineLoss({
  name: 'Content and style loss',
  description: 'Keeps the features of one image and the texture of another.',
  formula: "contentWeight mean((F - F_c)^2) + styleWeight mean_n ||G(F) - G(F_s)||^2, G(F) = F'F / (H W C)",
  reference: 'Gatys, Ecker, Bethge, 2016; Johnson, Alahi, Fei-Fei, Perceptual losses, 2016',
  example: { inputs: { generated: [[[[2]]]], content: [[[[1]]]], style: [[[[1]]]] }, value: 10 },
  inputs: {
    generated: { shape: [2, 3, 3, 2], domain: { min: -10, max: 10 } },
    content: { shape: [2, 3, 3, 2], domain: { min: -10, max: 10 }, role: 'target' },
    style: { shape: [2, 3, 3, 2], domain: { min: -10, max: 10 }, role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(generated: Tensor, content: Tensor, style: Tensor, { contentWeight, styleWeight }: z.infer<typeof params>) {
    requireFeatureMaps(generated, content, style);
    return tf.tidy((): [Tensor, Record<string, Tensor>] => {
      const contentLoss = tf.mean(tf.square(tf.sub(generated, content)));
      const gramDistance = tf.sum(tf.square(tf.sub(gramMatrix(generated), gramMatrix(style))));
      const styleLoss = tf.div(gramDistance, batchSize(generated));
      const total = tf.add(tf.mul(contentLoss, contentWeight), tf.mul(styleLoss, styleWeight));
      return [total, { content: contentLoss, style: styleLoss }];
    });
  },
});
