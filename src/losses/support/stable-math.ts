import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** PyTorch's floor for the logarithm of a probability, in `binary_cross_entropy`. */
const LOWEST_LOG = -100;

/** PyTorch's floor for the denominator of its gradient. */
const LOWEST_DENOMINATOR = 1e-12;

/** A function of one tensor whose derivative is written down instead of composed from its operations. */
export interface DifferentiableFunction {
  value(x: Tensor): Tensor;
  /** The gradient with respect to x, from the gradient `dy` with respect to the value. */
  gradient(dy: Tensor, x: Tensor): Tensor;
}

/**
 * Evaluates a function with its own derivative.
 *
 * Inside `value` autograd does not look, so comparisons and `topk`, which have no derivative in
 * TensorFlow.js 4.22, are allowed there.
 */
export function withGradient(x: Tensor, { value, gradient }: DifferentiableFunction): Tensor {
  return tf.customGrad((input, save) => {
    if (!(input instanceof tf.Tensor) || typeof save !== 'function') {
      throw new Error('tf.customGrad no longer calls its function with a tensor and a save function');
    }
    save([input]);
    return {
      value: value(input),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => {
        if (saved === undefined) throw new Error('tf.customGrad lost the tensor that was saved for the gradient');
        return gradient(dy, saved);
      },
    };
  })(x);
}

/**
 * |x| with derivative 0 at 0.
 *
 * `tf.abs` has derivative -1 there: valid, but it pushes a perfect prediction away from its target.
 */
export function absolute(x: Tensor): Tensor {
  return tf.mul(x, tf.sign(x));
}

/**
 * log(1 + exp(x)), without overflow.
 *
 * `tf.softplus` switches its branch at |x| = 13.94, with a jump that float64 shows. The derivative is
 * written down because the pieces relu(x) and |x| both have a kink at 0 where the sum has none.
 */
export function softplus(x: Tensor): Tensor {
  return withGradient(x, {
    value: (input) => tf.add(tf.relu(input), tf.log1p(tf.exp(tf.neg(tf.abs(input))))),
    gradient: (dy, input) => tf.mul(dy, tf.sigmoid(input)),
  });
}

/**
 * 1 / (1 + exp(-x)).
 *
 * The derivative of `tf.sigmoid`, y (1 - y), is rounded to 0 above x = 17 in float32, where y is 1.
 */
export function sigmoid(x: Tensor): Tensor {
  return withGradient(x, {
    value: (input) => tf.sigmoid(input),
    gradient: (dy, input) => tf.mul(dy, tf.mul(tf.sigmoid(input), tf.sigmoid(tf.neg(input)))),
  });
}

/**
 * log(p) for p in [0, 1], never below -100, with derivative 1/p, never above 1e12: PyTorch's bounds.
 *
 * An eps inside the logarithm would change every value, and 1 - 1e-8 is 1 in float32. Clipping p would
 * leave a model that is wrong with certainty without a gradient.
 */
export function logProbability(p: Tensor): Tensor {
  return withGradient(p, {
    value: (input) => tf.maximum(tf.log(input), LOWEST_LOG),
    gradient: (dy, input) => tf.div(dy, tf.maximum(input, LOWEST_DENOMINATOR)),
  });
}

/**
 * x^q for x of at least 0 and q in (0, 1], as x · x^(q-1) with the second base kept off 0: below `least` it
 * is a straight line to 0, because the slope of x^q at 0 is infinite.
 */
export function boundedPower(x: Tensor, q: number, least: number): Tensor {
  const base = tf.add(tf.relu(tf.sub(x, least)), least);
  return tf.mul(x, tf.pow(base, q - 1));
}

/** 1 - x. */
export function oneMinus(x: Tensor): Tensor {
  return tf.sub(1, x);
}
