import type { Trace, TraceOperation } from '../../contracts/engine.ts';

/** Which tensors and operations of a trace are connected, by the operations that were recorded. */

/** Tensors computed from `start`, in any way that the trace saw. */
export function reachableFrom(trace: Trace, start: number): ReadonlySet<number> {
  const reached = new Set([start]);
  for (const operation of forward(trace)) {
    if (inputIds(operation).some((id) => reached.has(id))) for (const { id } of operation.outputs) reached.add(id);
  }
  return reached;
}

/** Tensors that the result was computed from, the result included. */
export function leadingTo(trace: Trace, end: number): ReadonlySet<number> {
  const leading = new Set([end]);
  for (const operation of forward(trace).toReversed()) {
    if (operation.outputs.some(({ id }) => leading.has(id))) for (const id of inputIds(operation)) leading.add(id);
  }
  return leading;
}

/** Forward operations between an input and the result. */
export function operationsBetween(trace: Trace, start: number, end: number): readonly TraceOperation[] {
  const from = reachableFrom(trace, start);
  const to = leadingTo(trace, end);
  return forward(trace).filter(
    (operation) =>
      inputIds(operation).some((id) => from.has(id)) && operation.outputs.some(({ id }) => to.has(id)),
  );
}

/** The operation that made the result; none when the loss returned a tensor it was given. */
export function producerOf(trace: Trace): TraceOperation | undefined {
  return makerOf(trace, trace.resultId);
}

/** The operation that made a tensor. */
export function makerOf({ operations }: Trace, tensorId: number | null): TraceOperation | undefined {
  return operations.find(({ outputs }) => outputs.some(({ id }) => id === tensorId));
}

export function forward(trace: Trace): readonly TraceOperation[] {
  return trace.operations.filter(({ phase }) => phase === 'forward');
}

function inputIds(operation: TraceOperation): readonly number[] {
  return Object.values(operation.inputs).map(({ id }) => id);
}
