import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { requireSameShape } from './support/shapes.ts';

const params = z.strictObject({ temperature: z.number().positive().default(3), reduction: reductionSchema });

/**
 * p - q - q log(p/q) for each class, p the student's probability and q the teacher's: the divergence, and p - q,
 * which adds up to 0 over the classes.
 *
 * Without it the sum cancels where the two are close, and a high temperature brings any two close: multiplied
 * by T^2, the rounding would be most of what is left. p - q is taken as (p + q) tanh(log(p/q) / 2), which keeps
 * its digits there and cannot overflow elsewhere, as q expm1 could.
 */
function perClass(logP: Tensor, logQ: Tensor): Tensor {
  const [p, q] = [tf.exp(logP), tf.exp(logQ)];
  const logRatio = tf.sub(logP, logQ);
  return tf.sub(tf.mul(tf.add(p, q), tf.tanh(tf.mul(logRatio, 0.5))), tf.mul(q, logRatio));
}

/**
 * Knowledge distillation: `T^2 mean_i sum_c q_ic (log q_ic - log p_ic)` with p = softmax(z / T) of the
 * student and q = softmax(v / T) of the teacher.
 *
 * T^2 keeps the gradient at one size when T changes. `mean` is the mean over the rows.
 *
 * Shapes: z and v of one shape [..., C]; classes on the last axis. Domain: any logits.
 * Parameters: `temperature` T above 0 (3 by default, as in Keras), `reduction` mean (default), sum or none
 * (one value for each row).
 *
 * @throws Error when the shapes differ
 * @example temperature 1, z = [[0, 0]], v = [[log 3, 0]]: 0.75 log 1.5 + 0.25 log 0.5 = 0.1308
 */
export const distillation = defineLoss({
  name: 'Knowledge distillation',
  description: 'A student learns the softened class probabilities of its teacher.',
  formula: 'T^2 mean_i sum_c q_ic (log q_ic - log p_ic), p = softmax(z / T), q = softmax(v / T)',
  reference:
    'Hinton, Vinyals, Dean, Distilling the knowledge in a neural network, 2015; keras.distillation.LogitsDistillation',
  kinks: 'None.',
  example: {
    inputs: { logits: [[0, 0]], teacherLogits: [[1.0986122886681098, 0]] },
    params: { temperature: 1 },
    value: 0.13081203594113697,
  },
  inputs: {
    logits: { shape: [8, 4], domain: 'logit' },
    teacherLogits: { shape: [8, 4], domain: 'logit', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, minimisedAtTarget: true },
  params,
  loss(logits: Tensor, teacherLogits: Tensor, { temperature, reduction }: z.infer<typeof params>) {
    requireSameShape({ logits, teacherLogits });
    return tf.tidy(() => {
      const student = tf.logSoftmax(tf.div(logits, temperature));
      const teacher = tf.logSoftmax(tf.div(teacherLogits, temperature));
      const rows = tf.sum(perClass(student, teacher), -1);
      return reduce(tf.mul(rows, temperature ** 2), reduction);
    });
  },
});
