/**
 * The loops of element-wise kernels, one copy of their code for each operation.
 *
 * TensorFlow.js runs one loop for all operations: V8 then calls the operation for every element, divides twice for
 * every index, and makes four arrays an element where shapes broadcast. What is computed is the same to the bit.
 */

const BINARY = `
return {
  plain(result, a, b) {
    const { length } = result;
    if (a.length === length && b.length === length) {
      for (let i = 0; i < length; ++i) result[i] = op(a[i], b[i]);
    } else if (a.length === length && b.length === 1) {
      const other = b[0];
      for (let i = 0; i < length; ++i) result[i] = op(a[i], other);
    } else if (a.length === 1 && b.length === length) {
      const other = a[0];
      for (let i = 0; i < length; ++i) result[i] = op(other, b[i]);
    } else {
      for (let i = 0; i < length; ++i) result[i] = op(a[i % a.length], b[i % b.length]);
    }
  },
  broadcast(result, a, b, shape, aSteps, bSteps) {
    const rank = shape.length;
    const index = new Array(rank).fill(0);
    let at = 0;
    let bt = 0;
    for (let i = 0; i < result.length; ++i) {
      result[i] = op(a[at], b[bt]);
      for (let axis = rank - 1; axis >= 0; --axis) {
        at += aSteps[axis];
        bt += bSteps[axis];
        if (++index[axis] < shape[axis]) break;
        index[axis] = 0;
        at -= aSteps[axis] * shape[axis];
        bt -= bSteps[axis] * shape[axis];
      }
    }
  },
};`;

const UNARY = `
return (result, values, attributes) => {
  for (let i = 0; i < values.length; ++i) result[i] = op(values[i], attributes);
};`;

/** How far to go in a tensor for one step along each axis of the result; not at all where it is repeated. */
export function stepsOf(shape, resultShape) {
  const missing = resultShape.length - shape.length;
  let stride = 1;
  return resultShape
    .map((size, axis) => ({ size, own: axis < missing ? 1 : shape[axis - missing] }))
    .reduceRight((steps, { size, own }) => {
      steps.unshift(own === 1 && size !== 1 ? 0 : stride);
      stride *= own;
      return steps;
    }, []);
}

export function binaryLoops(op) {
  return new Function('op', BINARY)(op);
}

export function unaryLoop(op) {
  return new Function('op', UNARY)(op);
}
