import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { binaryFocal, binaryFocalParams } from './support/focal.ts';
import { requireSameShape } from './support/shapes.ts';
import { logProbability, oneMinus } from './support/stable-math.ts';

/**
 * Binary focal loss on probabilities: `-mean(alpha_t (1 - p_t)^gamma log p_t)`, where p_t is p for a
 * positive and 1 - p for a negative, and alpha_t is alpha and 1 - alpha.
 *
 * Shapes: p and t of any one shape. Domain: p in [0, 1], t 0 or 1.
 * Parameters: `gamma` at least 0 (2 by default; 0 is cross-entropy), `alpha` from 0 to 1 (0.25 by
 * default; null for no weighting), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example p = [0.9, 0.2], t = [1, 0]: (0.25·0.1^2·0.1054 + 0.75·0.2^2·0.2231) / 2 = 0.0035
 */
export const focal = defineLoss({
  name: 'Focal loss',
  description: 'Cross-entropy that turns away from examples that are already right: for rare positives.',
  formula: '-mean(alpha_t (1 - p_t)^gamma log p_t)',
  reference: 'Lin, Goyal, Girshick, He, Dollár, Focal loss for dense object detection, 2017',
  kinks: 'None inside (0, 1); the logarithms are bounded below exp(-100).',
  example: { inputs: { yPred: [0.9, 0.2], yTrue: [1, 0] }, value: 0.003478853914285428 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'probability' },
    yTrue: { shape: [8, 4], domain: 'binary', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params: binaryFocalParams,
  loss(yPred: Tensor, yTrue: Tensor, parameters: z.infer<typeof binaryFocalParams>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => binaryFocal(logProbability(yPred), logProbability(oneMinus(yPred)), yTrue, parameters));
  },
});
