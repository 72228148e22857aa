import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({
  logInput: z.boolean().default(true),
  full: z.boolean().default(false),
  eps: z.number().positive().default(1e-8),
  reduction: reductionSchema,
});

/** Stirling's approximation of log t!, 0 up to t = 1, as in PyTorch; `tf.greater` would have no derivative. */
function logFactorial(t: Tensor): Tensor {
  const above = tf.maximum(t, 1);
  const terms = tf.add(tf.sub(tf.mul(above, tf.log(above)), above), tf.mul(tf.log(tf.mul(above, 2 * Math.PI)), 0.5));
  return tf.mul(tf.step(tf.sub(t, 1)), terms);
}

/**
 * Negative log-likelihood of a Poisson distribution: `mean(exp(z) - t z)` for a predicted logarithm z of
 * the rate; `mean(z - t log(z + eps))` for a predicted rate z.
 *
 * Shapes: z and t of any one shape. Domain: t a count, at least 0; z, a log-rate, within ±10 (from about 88
 * on exp overflows float32), or with `logInput` false a rate, at least 0.
 * Parameters: `logInput` (true by default); `full` adds Stirling's approximation of log t! for t above 1
 * (false by default); `eps` above 0 keeps a rate of 0 from costing infinity (1e-8 by default);
 * `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes differ
 * @example z = [0, 1], t = [1, 2]: ((1 - 0) + (e - 2)) / 2 = 0.8591
 */
export const poissonNll = defineLoss({
  name: 'Poisson negative log-likelihood',
  description: 'Regression of counts: how many events are to be expected.',
  formula: 'mean(exp(z) - t z); without logInput mean(z - t log(z + eps))',
  reference: 'Nelder, Wedderburn, Generalized linear models, 1972; torch.nn.PoissonNLLLoss',
  kinks: 'None.',
  example: { inputs: { yPred: [0, 1], yTrue: [1, 2] }, value: 0.8591409142295225 },
  inputs: {
    yPred: { shape: [8, 4], domain: { min: -10, max: 10 } },
    yTrue: { shape: [8, 4], domain: 'nonnegative', role: 'target' },
  },
  params,
  loss(yPred: Tensor, yTrue: Tensor, { logInput, full, eps, reduction }: z.infer<typeof params>) {
    requireSameShape({ yPred, yTrue });
    return tf.tidy(() => {
      const logOfRate = logInput ? yPred : tf.log(tf.add(yPred, eps));
      const losses = tf.sub(logInput ? tf.exp(yPred) : yPred, tf.mul(yTrue, logOfRate));
      return reduce(full ? tf.add(losses, logFactorial(yTrue)) : losses, reduction);
    });
  },
});
