import type { Finding } from '../../contracts/check.ts';
import type { Trace, TraceOperation } from '../../contracts/engine.ts';
import { finding } from '../finding.ts';
import { isAllZero } from '../point.ts';
import { gradientLocation } from './custom-grad.ts';
import { forward, operationsBetween, reachableFrom } from './reach.ts';

/** Where the gradient with respect to `input` stops, read off the trace; null when the trace does not show it. */
export function findCut(trace: Trace, input: string): Finding | null {
  const start = trace.inputIds[input];
  if (start === undefined) return null;
  const reached = reachableFrom(trace, start);
  const copy = trace.detachments.find(({ fromTensorId }) => fromTensorId !== null && reached.has(fromTensorId));
  if (copy !== undefined) return finding('detached-copy', { input }, { location: copy.location });
  // A cast before the operation that stops the gradient has lost it already.
  return findIntegerCast(trace, input) ?? zeroDerivative(trace, input, reached);
}

/** The operation that receives a gradient and passes on nothing but zeros. */
function zeroDerivative(trace: Trace, input: string, reached: ReadonlySet<number>): Finding | null {
  const stop = stoppingOperation(trace, reached);
  if (stop === null) return null;
  const stopped = Object.entries(stop.inputs).find(([, { id }]) => reached.has(id))?.[0] ?? '';
  const where = { location: gradientLocation(trace, stop, stopped), op: stop.kernel };
  return isFlatByNature(stop)
    ? finding('zero-gradient-operation', { input, op: stop.kernel }, where)
    : finding('dead-gradient', { input, op: stop.kernel }, where);
}

function stoppingOperation(trace: Trace, reached: ReadonlySet<number>): TraceOperation | null {
  for (const operation of forward(trace).toReversed()) {
    const { vjp } = operation;
    if (vjp === null || !vjp.incoming.some((gradient) => gradient !== null && !isAllZero(gradient.data))) continue;
    const passedOn = Object.entries(vjp.outgoing).filter(([name]) => reached.has(operation.inputs[name]?.id ?? -1));
    if (passedOn.length > 0 && passedOn.every(([, gradient]) => isAllZero(gradient.data))) return operation;
  }
  return null;
}

/** Step functions: their derivative is zero for every argument, not only for these. */
const STEP_FUNCTIONS: ReadonlySet<string> = new Set([
  'ArgMax', 'ArgMin', 'Ceil', 'Floor', 'FloorDiv', 'GreaterEqual', 'LogicalNot', 'OneHot', 'Round', 'Sign', 'Step', 'customGrad', 'ZerosLike', 'OnesLike',
]);

function isFlatByNature({ kernel }: Pick<TraceOperation, 'kernel'>): boolean {
  return STEP_FUNCTIONS.has(kernel);
}

/** Floats in, class indices out: argMax and its kin. */
function answersWithIndices({ kernel, inputs, outputs }: TraceOperation): boolean {
  return isFlatByNature({ kernel }) && Object.values(inputs).some(({ value }) => value.dtype === 'float32') && outputs.every(({ value }) => value.dtype === 'int32');
}

function leadsTo(trace: Trace, operation: TraceOperation, later: TraceOperation): boolean {
  const reached = new Set(operation.outputs.flatMap(({ id }) => [...reachableFrom(trace, id)]));
  return Object.values(later.inputs).some(({ id }) => reached.has(id));
}

/** A cast from float to integer or bool: its derivative is zero, though TensorFlow.js passes a gradient through. */
export function isIntegerCast({ kernel, inputs, outputs }: TraceOperation): boolean {
  return (
    kernel === 'Cast' &&
    Object.values(inputs).some(({ value }) => value.dtype === 'float32') &&
    outputs.some(({ value }) => value.dtype !== 'float32')
  );
}

/** The first such cast between an input and the result. */
export function findIntegerCast(trace: Trace, input: string): Finding | null {
  const start = trace.inputIds[input];
  if (start === undefined || trace.resultId === null) return null;
  const cast = operationsBetween(trace, start, trace.resultId).find(isIntegerCast);
  if (cast === undefined) return null;
  const dtype = cast.outputs[0]?.value.dtype ?? 'int32';
  return finding('integer-cast', { input, dtype }, { location: cast.location, op: 'Cast' });
}

/** The `tf.customGrad` whose forward function uses a tensor of the input that is not among its arguments. */
export function findCapture(trace: Trace, input: string): TraceOperation | null {
  const start = trace.inputIds[input];
  if (start === undefined) return null;
  const reached = reachableFrom(trace, start);
  const operations = forward(trace);
  const captured = operations.findIndex(
    ({ insideCustomGrad, inputs }) => insideCustomGrad && Object.values(inputs).some(({ id }) => reached.has(id)),
  );
  if (captured < 0) return null;
  // Operations inside come before the invocation that they belong to.
  return operations.slice(captured).find(({ kernel, insideCustomGrad }) => kernel === 'customGrad' && !insideCustomGrad) ?? null;
}

/** The operation without a derivative that stands between an input and the result. */
export function findMissingDerivative(trace: Trace, inputs: readonly string[]): Finding | null {
  if (trace.resultId === null) return null;
  for (const input of inputs) {
    const start = trace.inputIds[input];
    if (start === undefined) continue;
    const between = operationsBetween(trace, start, trace.resultId).filter(({ insideCustomGrad }) => !insideCustomGrad);
    const missing = between.find(({ hasGradient }) => !hasGradient);
    if (missing !== undefined) {
      // Indices have lost the gradient before a comparison of them stops it with an error.
      const lost = between.slice(0, between.indexOf(missing)).find((operation) => answersWithIndices(operation) && leadsTo(trace, operation, missing));
      if (lost !== undefined) return finding('zero-gradient-operation', { input, op: lost.kernel }, { location: lost.location, op: lost.kernel });
      return finding('no-gradient-function', { input, op: missing.kernel }, { location: missing.location, op: missing.kernel });
    }
  }
  return null;
}
