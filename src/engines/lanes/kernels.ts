import type { NumericArray, TensorData } from '../../contracts/tensor.ts';
import type { EngineInternals, Tensor, Tf } from '../tfjs.ts';

/** Runs one kernel on plain numbers. The arrays are handed over as they are: nobody may write to them afterwards. */
export type RunKernel = (
  kernel: string,
  inputs: Readonly<Record<string, TensorData>> | readonly TensorData[],
  attributes: Readonly<Record<string, unknown>>,
) => readonly NumericArray[];

export function kernelRunner(tf: Tf, engine: EngineInternals): RunKernel {
  return (kernel, inputs, attributes) => {
    let outputs: readonly NumericArray[] = [];
    tf.tidy(() => {
      const given = isList(inputs) ? inputs.map((one) => tensorOf(engine, one)) : Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, tensorOf(engine, one)]));
      const made = engine.runKernel(kernel, given, attributes);
      outputs = (Array.isArray(made) ? made : [made]).map((tensor) => numbersOf(engine, tensor));
    });
    return outputs;
  };
}

function isList(inputs: Readonly<Record<string, TensorData>> | readonly TensorData[]): inputs is readonly TensorData[] {
  return Array.isArray(inputs);
}

function tensorOf(engine: EngineInternals, { data, shape, dtype }: TensorData): Tensor {
  return engine.makeTensor(data, [...shape], dtype);
}

function numbersOf(engine: EngineInternals, tensor: Tensor): NumericArray {
  const numbers = engine.readSync(tensor.dataId);
  if (numbers instanceof Float64Array || numbers instanceof Int32Array || numbers instanceof Uint8Array) return numbers;
  throw new Error(`a kernel returned numbers of another kind: ${numbers.constructor.name}`);
}
