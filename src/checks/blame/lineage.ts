import type { Trace, TraceOperation, TracedTensor } from '../../contracts/engine.ts';
import { forward } from './reach.ts';

/** From which inputs and by which operation each tensor of a trace was made. */
export interface Lineage {
  /** Inside a `tf.customGrad` the operation of its forward function, which knows more than the whole. */
  makerOf(tensor: TracedTensor): TraceOperation | undefined;
  /** Names of the inputs and parameters that a tensor depends on; none for a constant. */
  sourcesOf(tensor: TracedTensor): ReadonlySet<string>;
  readonly result: TracedTensor | null;
}

const NONE: ReadonlySet<string> = new Set();

export function lineageOf(trace: Trace): Lineage {
  const makers = new Map<number, TraceOperation>();
  const sources = new Map<number, ReadonlySet<string>>(Object.entries(trace.inputIds).map(([name, id]) => [id, new Set([name])]));
  let result: TracedTensor | null = null;
  for (const operation of forward(trace)) {
    const inputs = Object.values(operation.inputs);
    const joined = new Set(inputs.flatMap(({ id }) => [...(sources.get(id) ?? NONE)]));
    for (const output of operation.outputs) {
      if (!makers.has(output.id)) makers.set(output.id, operation);
      sources.set(output.id, new Set([...joined, ...(sources.get(output.id) ?? NONE)]));
    }
    result = [...inputs, ...operation.outputs].find(({ id }) => id === trace.resultId) ?? result;
  }
  return {
    makerOf: ({ id }) => makers.get(id),
    sourcesOf: ({ id }) => sources.get(id) ?? NONE,
    result,
  };
}
