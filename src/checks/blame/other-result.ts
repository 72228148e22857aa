import type { Phase, Trace, TraceOperation } from '../../contracts/engine.ts';
import type { TensorData } from '../../contracts/tensor.ts';
import { distance, norm } from '../../numerics/precision.ts';
import { nonFinite } from '../point.ts';

/**
 * The operation that two backends make something else of: the kernel itself, and not rounding that was handed to it.
 */

/** Far more than a few roundings, far less than what a wrong kernel does. */
const ALIKE = 2 ** -20;
/** Below it numbers are subnormal, and some backends flush them to zero wherever they meet them. */
const SMALLEST_NORMAL = 2 ** -126;
/** Results are others, and not only rounded otherwise, where they differ by half their size. */
const OTHER = 1 / 2;
/** What is small beside its operands may be anything once these are rounded: only the very same operands say something. */
const CANCELLING = new Set(['Sub', 'Add', 'AddN', 'Sum', 'Mean', 'Cumsum', 'BatchMatMul', '_FusedMatMul', 'SquaredDifference']);

/** The first operation of a phase with the same inputs and other outputs; null where the two do not run the same operations up to there. */
export function otherResult(trace: Trace, than: Trace, phase: Phase): TraceOperation | null {
  const operations = trace.operations.filter((operation) => operation.phase === phase);
  const counterparts = than.operations.filter((operation) => operation.phase === phase);
  for (const [index, operation] of operations.entries()) {
    const other = counterparts[index];
    if (other === undefined || other.kernel !== operation.kernel) return null;
    if (hasSameInputs(operation, other) && operation.outputs.some((output, position) => isOther(output.value, other.outputs[position]?.value))) return operation;
  }
  return null;
}

function hasSameInputs({ kernel, inputs }: TraceOperation, other: TraceOperation): boolean {
  const tolerance = CANCELLING.has(kernel) ? 0 : ALIKE;
  return Object.entries(inputs).every(([name, tensor]) => isAlike(tensor.value, other.inputs[name]?.value, tolerance));
}

function isAlike({ data }: TensorData, other: TensorData | undefined, tolerance: number): boolean {
  if (other === undefined || other.data.length !== data.length) return false;
  for (let index = 0; index < data.length; index++) {
    const [a, b] = [data[index] ?? NaN, other.data[index] ?? NaN];
    const isSame = Object.is(a, b) || Math.abs(a - b) <= Math.max(SMALLEST_NORMAL, tolerance * Math.abs(a));
    if (!isSame) return false;
  }
  return true;
}

function isOther(value: TensorData, other: TensorData | undefined): boolean {
  if (other === undefined || other.data.length !== value.data.length) return true;
  if (isAlike(value, other, OTHER)) return false;
  if (nonFinite(value.data) !== nonFinite(other.data)) return true;
  return distance(value.data, other.data) > OTHER * norm(other.data);
}
