import type { EngineInternals, Tensor } from './tfjs.ts';

/**
 * Has autograd save tensors for the backward pass without running a kernel for each.
 *
 * tfjs-core clones what it saves: an Identity kernel and a node on the tape, of which a loss needs more than of
 * its own. A second tensor on the same data does as well, but for the node: through that a derivative is itself
 * differentiated. Where gradients are nested all stays as it is.
 */
export function saveWithoutKernels(engine: EngineInternals): void {
  const save = engine.saveTensorsForBackwardMode.bind(engine);
  engine.saveTensorsForBackwardMode = (tensors) => {
    if (engine.state.gradientDepth !== 1) return save(tensors);
    return tensors.map((tensor) => engine.keep(secondTensor(engine, tensor)));
  };
}

function secondTensor(engine: EngineInternals, { dataId, shape, dtype }: Tensor): Tensor {
  engine.backend.incRef(dataId);
  return engine.makeTensorFromTensorInfo({ dataId, shape, dtype });
}
