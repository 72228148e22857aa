/** Stands in for `utils/binary_impl.js` of the CPU backend. */
import { backend_util, util } from '@tensorflow/tfjs-core';
import { binaryLoops, stepsOf } from './loops.js';

export function createSimpleBinaryKernelImpl(op) {
  let loops = null;
  return (aShape, bShape, aVals, bVals, dtype) => {
    loops ??= binaryLoops(op);
    const shape = backend_util.assertAndGetBroadcastShape(aShape, bShape);
    const result = util.getTypedArrayFromDType(dtype, util.sizeFromShape(shape));
    const repeated = backend_util.getBroadcastDims(aShape, shape).length + backend_util.getBroadcastDims(bShape, shape).length;
    // One number against all others is no matter of shapes.
    if (repeated === 0 || aVals.length === 1 || bVals.length === 1) loops.plain(result, aVals, bVals);
    else loops.broadcast(result, aVals, bVals, shape, stepsOf(aShape, shape), stepsOf(bShape, shape));
    return [result, shape];
  };
}
