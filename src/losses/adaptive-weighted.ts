import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { requireSameShape } from './support/shapes.ts';
import { absolute } from './support/stable-math.ts';

const weight = z.number().nonnegative();
const params = z.strictObject({
  start: weight.default(0),
  end: weight.default(1),
  rampSteps: z.number().positive().default(1000),
});

/**
 * A second term whose weight grows over the training steps: `mean((p - t)^2) + w(step) mean(|p - t|)`,
 * with w going from `start` to `end` in a straight line over `rampSteps` steps, and staying there.
 *
 * The step is an input: a counter inside the loss would make two calls with the same input differ.
 *
 * Shapes: p and t of any one shape, step a scalar. Domain: p and t real, step at least 0.
 * Parameters: `start` (0) and `end` (1) at least 0, `rampSteps` above 0 (1000).
 * Returns the total with its components `mse` and `l1`, before weighting.
 *
 * @throws Error when the shapes of p and t differ
 * @example p = [1, 2, 3], t = [1.5, 2.5, 3.5], step 500: 0.25 + 0.5 · 0.5 = 0.5
 */
export const adaptiveWeighted = defineLoss({
  name: 'Adaptively weighted loss',
  description: 'A sum of losses in which one is brought in little by little as training goes on.',
  formula: 'mean((p - t)^2) + w(step) mean(|p - t|), w = start + (end - start) min(1, step / rampSteps)',
  reference: 'Bengio, Louradour, Collobert, Weston, Curriculum learning, 2009',
  kinks: 'p = t; the gradient there is 0.',
  example: { inputs: { yPred: [1, 2, 3], yTrue: [1.5, 2.5, 3.5], step: 500 }, value: 0.5 },
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
    step: { shape: [], domain: { min: 0, max: 2000 }, role: 'weight' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(yPred: Tensor, yTrue: Tensor, step: Tensor, { start, end, rampSteps }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy((): [Tensor, Record<string, Tensor>] => {
      const residual = tf.sub(yPred, yTrue);
      const mse = tf.mean(tf.square(residual));
      const l1 = tf.mean(absolute(residual));
      const progress = tf.clipByValue(tf.div(step, rampSteps), 0, 1);
      const growing = tf.add(tf.mul(progress, end - start), start);
      return [tf.add(mse, tf.mul(growing, l1)), { mse, l1 }];
    });
  },
});
