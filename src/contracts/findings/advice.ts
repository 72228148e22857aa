/** What to write instead: advice that the findings of several checks share. */

/** Operations that have a smooth stand-in a person would want. */
export const SMOOTH_STAND_INS: Readonly<Record<string, string>> = {
  ArgMax: 'use tf.softmax as a soft choice, or compare with a one-hot target instead of an index',
  OneHot: 'leave the index out: compare with tf.softmax weights, or interpolate between neighbours with tf.relu(1 - |x - i|)',
  customGrad: 'let the gradFunc of the tf.customGrad return dy times the derivative of its value, not zeros',
  ArgMin: 'use tf.softmax of the negated values as a soft choice',
  Round: 'leave the rounding out of the loss (round in the metric)',
  Floor: 'leave the rounding out of the loss (round in the metric)',
  Ceil: 'leave the rounding out of the loss (round in the metric)',
  Sign: 'use tf.tanh(k * x) as a smooth sign, or tf.abs where |x| is meant',
  Step: 'use tf.sigmoid(k * x) as a smooth step, or a hinge: tf.relu(margin - x)',
  GreaterEqual: 'use tf.sigmoid(k * (a - b)) as a smooth comparison, or a hinge: tf.relu(b - a)',
};

/** What to write instead of an operation whose derivative TensorFlow.js does not know. */
export function withoutGradient(op: string): string {
  if (/^(Less|Greater|LessEqual|Equal|NotEqual|Logical)/.test(op)) {
    return (
      'Do not compare predictions on the way to the loss. Write the pieces with operations that have a derivative: ' +
      'for Huber, const q = tf.minimum(r, delta) and then 0.5 * q^2 + delta * (r - q); in general tf.minimum, tf.maximum, ' +
      'tf.clipByValue, tf.relu or tf.abs. Or keep tf.where and compare with tf.greaterEqual (branches swapped), the one ' +
      'comparison that TensorFlow.js lets a gradient pass. A comparison of targets alone is fine.'
    );
  }
  if (op === 'TopK') return 'Use tf.topk only to choose, and gather the values: const i = tf.tensor1d(tf.topk(x, k).indices.dataSync(), "int32"); tf.gather(x, i). The gradient then flows through tf.gather.';
  if (op === 'Einsum') return 'Write it with tf.matMul, tf.mul and tf.sum, which have derivatives.';
  if (op === 'Cumprod') return 'Use tf.exp(tf.cumsum(tf.log(x))) for positive x.';
  if (op === 'GatherNd' || op === 'StridedSlice') return 'Use tf.gather, tf.slice, or a one-hot mask: tf.sum(tf.mul(x, tf.oneHot(index, n)), -1).';
  return 'Use other operations for this step, or give it a derivative with tf.customGrad.';
}

const EPSILON_ADVICE =
  'Keep the argument away from the edge in float32: tf.log(tf.clipByValue(p, 1e-7, 1 - 1e-7)) or tf.log(tf.add(p, 1e-7)); ' +
  'tf.sqrt(tf.add(x, 1e-12)) for roots; better still, work on logits (tf.logSoftmax, tf.softplus). ' +
  'Mind that 1 - 1e-8 is 1 in float32.';

/** Advice by the operation that broke, for values and gradients at the edges. */
export function stabilise(op: string | null): string {
  switch (op) {
    case 'Exp':
    case 'Expm1':
    case 'Sinh':
    case 'Cosh':
      return 'Subtract the maximum first (tf.logSumExp, tf.logSoftmax, tf.softplus do it), or bound the argument with tf.clipByValue. If the input never gets this large, declare its domain, for instance { min: -20, max: 20 }.';
    case 'RealDiv':
    case 'Div':
    case 'DivNoNan':
    case 'Reciprocal':
      return 'Add a small positive number to the denominator, for instance tf.div(a, tf.add(b, 1e-7)), or guard both the numerator and the denominator.';
    case 'Pow':
      return 'Keep the base above 0: tf.pow(tf.add(x, 1e-7), q), or tf.exp(tf.mul(q, tf.log(tf.add(x, 1e-7)))). The derivative of a power below 1 is infinite at 0, and a negative base has none.';
    case 'Sqrt':
    case 'Rsqrt':
      return 'Add a small number under the root: tf.sqrt(tf.add(x, 1e-12)). The derivative of a root at 0 is infinite.';
    case 'Square':
    case 'Multiply':
    case 'Sum':
    case 'Mean':
    case 'Add':
    case 'AddN':
    case 'Prod':
      return 'The numbers leave the range of float32 (3.4e38). Scale before multiplying, use a loss that grows slower (Huber, log-cosh), or declare the range that the input really has, for instance { min: -1000, max: 1000 }.';
    default:
      return EPSILON_ADVICE;
  }
}

export const NESTED_ADVICE =
  'TensorFlow.js loses the derivative of a derivative through operations that save their output (exp, tanh, sigmoid, sqrt, ...). Write the inner derivative out as a formula instead of calling tf.grad.';

/** What to write instead of an operation that a backend has no kernel for; the wasm backend lacks those of several derivatives. */
export function withoutKernel(kernel: string): string {
  switch (kernel) {
    case 'UnsortedSegmentSum':
      return 'It is the derivative of tf.gather: pick entries with a one-hot mask instead, tf.sum(tf.mul(x, tf.oneHot(index, n)), -1).';
    case 'Einsum':
      return 'Write it with tf.matMul, tf.mul and tf.sum.';
    case 'Conv2DBackpropFilter':
      return 'It is the derivative of a convolution with respect to its filter: use a constant filter, or slices that are multiplied and added up.';
    default:
      return `Write this step with operations that do not need ${kernel}.`;
  }
}

/** What to write instead of an operation that a backend computes wrongly. */
export function withoutWrongKernel(op: string): string {
  if (op === 'GatherV2') return 'Pick entries with a one-hot mask instead of tf.gather: tf.sum(tf.mul(x, tf.oneHot(index, n)), -1). The wasm backend reads beside its input with batchDims.';
  if (op === 'OneHot') return 'Leave the dtype of tf.oneHot out and cast its result: tf.cast(tf.oneHot(index, n), "float32"). The wasm backend fills a one-hot of float32 with the bits of integers, which are next to zero.';
  if (op === 'Cast') return 'Compare instead of casting to bool: tf.notEqual(x, 0). The wasm backend cuts the number off first, so that 0.5 becomes false.';
  return `Write this step without ${op}, or in other words: for the same inputs the backends do not agree on its result.`;
}
