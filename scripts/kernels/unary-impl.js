/** Stands in for `utils/unary_impl.js` of the CPU backend. */
import { util } from '@tensorflow/tfjs-core';
import { unaryLoop } from './loops.js';

export function createSimpleUnaryImpl(op) {
  let loop = null;
  return (values, dtype, attributes) => {
    loop ??= unaryLoop(op);
    const result = util.getArrayFromDType(dtype, values.length);
    loop(result, values, attributes);
    return result;
  };
}
