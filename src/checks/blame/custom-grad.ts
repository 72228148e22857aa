import type { Trace, TraceOperation } from '../../contracts/engine.ts';
import type { SourceLocation } from '../../contracts/source.ts';

/**
 * Where a `tf.customGrad` makes the gradient of one of its inputs: the line of its gradFunc and not of the call,
 * which may be far away. For any other operation, and a gradient that no operation of the gradFunc made, the
 * place of the operation itself.
 */
export function gradientLocation(trace: Trace, operation: TraceOperation, input: string): SourceLocation | null {
  if (operation.kernel !== 'customGrad') return operation.location;
  const made = trace.operations.filter(({ phase, forwardIndex }) => phase === 'backward' && forwardIndex === operation.index);
  const returned = operation.vjp?.outgoing[input];
  const maker = made.findLast(({ outputs }) => outputs.some(({ value }) => value === returned)) ?? made.at(-1);
  return maker?.location ?? operation.location;
}
