import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A function of two tensors of one shape whose derivatives are written down. */
export interface FunctionOfTwo {
  value(a: Tensor, b: Tensor): Tensor;
  /** The gradients with respect to a and b, from the gradient `dy` with respect to the value. */
  gradients(dy: Tensor, a: Tensor, b: Tensor): [Tensor, Tensor];
}

/** `withGradient` for two tensors: both derivatives are there, so that neither input is cut off in silence. */
export function withGradients(a: Tensor, b: Tensor, { value, gradients }: FunctionOfTwo): Tensor {
  return tf.customGrad((first, second, save) => {
    if (!(first instanceof tf.Tensor) || !(second instanceof tf.Tensor) || typeof save !== 'function') {
      throw new Error('tf.customGrad no longer calls its function with two tensors and a save function');
    }
    save([first, second]);
    return {
      value: value(first, second),
      gradFunc: (dy: Tensor, [savedFirst, savedSecond]: Tensor[]) => {
        if (savedFirst === undefined || savedSecond === undefined) {
          throw new Error('tf.customGrad lost the tensors that were saved for the gradient');
        }
        return gradients(dy, savedFirst, savedSecond);
      },
    };
  })(a, b);
}
