import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { multiclassFocal, multiclassFocalParams } from './support/focal.ts';
import { requireSameShape } from './support/shapes.ts';
import { logProbability, oneMinus } from './support/stable-math.ts';

/**
 * Multi-class focal loss on probabilities: `-mean_i sum_c alpha_c t_ic (1 - p_ic)^gamma log p_ic`.
 *
 * Shapes: p and t of one shape [..., C]. Domain: rows of p sum to 1, t one-hot.
 * Parameters: `gamma` at least 0 (2 by default; 0 is cross-entropy), `alpha` one factor or one for each
 * class (0.25 by default; null for none), `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ or `alpha` does not have C entries
 * @example p = [[0.5, 0.3, 0.2]], t = [[1, 0, 0]]: 0.25 · 0.5^2 · log 2 = 0.0433
 */
export const focalMulticlass = defineLoss({
  name: 'Multi-class focal loss',
  description: 'Focal loss for one class out of several, from probabilities.',
  formula: '-mean_i sum_c alpha_c t_ic (1 - p_ic)^gamma log p_ic',
  reference: 'Lin, Goyal, Girshick, He, Dollár, Focal loss for dense object detection, 2017',
  kinks: 'None inside (0, 1); the logarithms are bounded below exp(-100).',
  example: { inputs: { yPred: [[0.5, 0.3, 0.2]], yTrue: [[1, 0, 0]] }, value: 0.04332169878499658 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'distribution' },
    yTrue: { shape: [8, 4], domain: 'one-hot', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params: multiclassFocalParams,
  loss(yPred: Tensor, yTrue: Tensor, parameters: z.infer<typeof multiclassFocalParams>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => multiclassFocal(logProbability(yPred), oneMinus(yPred), yTrue, parameters));
  },
});
