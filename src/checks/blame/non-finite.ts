import type { Trace, TraceOperation, TracedTensor } from '../../contracts/engine.ts';
import type { SourceLocation } from '../../contracts/source.ts';
import { sizeOf } from '../../contracts/tensor.ts';
import { nonFinite } from '../point.ts';
import { forward, leadingTo } from './reach.ts';

export interface Blamed {
  readonly op: string | null;
  readonly location: SourceLocation | null;
}

const NOBODY: Blamed = { op: null, location: null };

function isFinite(tensors: Iterable<TracedTensor>): boolean {
  for (const { value } of tensors) if (nonFinite(value.data) !== null) return false;
  return true;
}

/**
 * Finite in, not finite out: the operation that made a NaN or infinity, not one that passed it on. A tensor
 * with fewer numbers than its shape says is read as NaN by the next operation: that one is not to blame.
 */
function produces(operation: TraceOperation): boolean {
  const isShort = operation.outputs.some(({ value }) => value.data.length !== sizeOf(value.shape));
  return isFinite(Object.values(operation.inputs)) && (isShort || !isFinite(operation.outputs));
}

/** The operation that made the first NaN or infinity on the way to the result. */
export function blameNonFiniteValue(trace: Trace): Blamed {
  const leading = trace.resultId === null ? null : leadingTo(trace, trace.resultId);
  const producer = forward(trace).find(
    (operation) =>
      produces(operation) &&
      (leading === null || operation.insideCustomGrad || operation.outputs.some(({ id }) => leading.has(id))),
  );
  return producer === undefined ? NOBODY : { op: producer.kernel, location: producer.location };
}

export interface BlamedGradient extends Blamed {
  /** The derivative got a zero and made a NaN of it, behind a `tf.where` that masks the value. */
  readonly doubleWhere: boolean;
}

/**
 * The forward operation in whose derivative a gradient becomes NaN or infinite.
 *
 * That is the last operation (the first in backward order) which receives a finite gradient and passes on
 * one that is not.
 */
export function blameNonFiniteGradient(trace: Trace): BlamedGradient {
  const operations = forward(trace).toReversed();
  const culprit = operations.find(({ vjp }) => {
    if (vjp === null) return false;
    const arrived = vjp.incoming.every((gradient) => gradient === null || nonFinite(gradient.data) === null);
    return arrived && Object.values(vjp.outgoing).some((gradient) => nonFinite(gradient.data) !== null);
  });
  if (culprit === undefined) return { ...NOBODY, doubleWhere: false };
  return { op: culprit.kernel, location: culprit.location, doubleWhere: isMasked(trace, culprit) };
}

/** Zero times infinity, with a `Select` between the operation and the result. */
function isMasked(trace: Trace, culprit: TraceOperation): boolean {
  const incoming = culprit.vjp?.incoming[0];
  const becameNan = Object.values(culprit.vjp?.outgoing ?? {}).some(
    ({ data }) => incoming?.data.length === data.length && data.some((value, index) => Number.isNaN(value) && incoming?.data[index] === 0),
  );
  if (!becameNan) return false;
  const reached = new Set(culprit.outputs.map(({ id }) => id));
  for (const operation of forward(trace)) {
    if (!Object.values(operation.inputs).some(({ id }) => reached.has(id))) continue;
    if (operation.kernel === 'Select') return true;
    for (const { id } of operation.outputs) reached.add(id);
  }
  return false;
}
