import type { Phase, Trace, TraceOperation, TracedTensor } from '../../contracts/engine.ts';
import { firstDifference } from '../../numerics/bits.ts';
import { forward, leadingTo } from './reach.ts';

/** Where two evaluations at the same inputs part. */
export interface Divergence {
  readonly operation: TraceOperation;
  /** The tensors that differ and that no operation has made, in both evaluations; none when another thing differs. */
  readonly operands: readonly TracedTensor[];
}

/**
 * The first operation at which two traces differ although all that earlier operations handed to it agrees.
 *
 * What differs there came in from outside: a constant, an attribute, or the choice of the operation itself.
 */
export function firstDivergence(a: Trace, b: Trace, phase: Phase): Divergence | null {
  const left = relevant(a, phase);
  const right = relevant(b, phase);
  const [computedLeft, computedRight] = [computedIn(a), computedIn(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const one = left[index];
    const other = right[index];
    if (one === undefined || other === undefined || signature(one) !== signature(other)) {
      const operation = oddOne(left.slice(index), right.slice(index));
      return operation === undefined ? null : { operation, operands: [] };
    }
    const differing = differingOperands(one, other);
    const given = differing.filter(({ mine, theirs }) => !computedLeft.has(mine?.id ?? NaN) && !computedRight.has(theirs?.id ?? NaN));
    if (given.length > 0) return { operation: one, operands: given.flatMap(({ mine, theirs }) => [mine, theirs]).filter((operand) => operand !== undefined) };
    if (differing.length === 0 && !agree(one.outputs, other.outputs)) return { operation: one, operands: [] };
  }
  return null;
}

/** Only what leads to the result counts: a loss may keep a running average for its log. */
function relevant(trace: Trace, phase: Phase): readonly TraceOperation[] {
  if (phase === 'backward') return trace.operations.filter((operation) => operation.phase === 'backward');
  if (trace.resultId === null) return forward(trace);
  const leading = leadingTo(trace, trace.resultId);
  return forward(trace).filter(({ insideCustomGrad, outputs }) => insideCustomGrad || outputs.some(({ id }) => leading.has(id)));
}

/** What was called, how and from where; not with which tensors. */
function signature({ kernel, attributes, location, outputs }: TraceOperation): string {
  return JSON.stringify([kernel, attributes, location, outputs.map(({ value }) => value.shape)]);
}

/** The operation that one evaluation ran and the other did not; the first evaluation's where each has its own. */
function oddOne(left: readonly TraceOperation[], right: readonly TraceOperation[]): TraceOperation | undefined {
  const [one] = left;
  const [other] = right;
  if (one === undefined || other === undefined) return one ?? other;
  const isIn = (operation: TraceOperation, list: readonly TraceOperation[]): boolean => list.some((candidate) => signature(candidate) === signature(operation));
  return isIn(other, left) && !isIn(one, right) ? one : other;
}

/** Tensors made in this evaluation. What an earlier one made and the loss kept is not among them. */
function computedIn({ operations }: Trace): ReadonlySet<number> {
  return new Set(operations.flatMap(({ outputs }) => outputs.map(({ id }) => id)));
}

interface OperandPair {
  readonly mine: TracedTensor | undefined;
  readonly theirs: TracedTensor | undefined;
}

/** The operands that are not the same in both, or that only one has. */
function differingOperands(one: TraceOperation, other: TraceOperation): readonly OperandPair[] {
  const names = new Set([...Object.keys(one.inputs), ...Object.keys(other.inputs)]);
  return [...names].flatMap((name) => {
    const [mine, theirs] = [one.inputs[name], other.inputs[name]];
    const same = mine !== undefined && theirs !== undefined && firstDifference(mine.value.data, theirs.value.data) < 0;
    return same ? [] : [{ mine, theirs }];
  });
}

function agree(a: readonly TracedTensor[], b: readonly TracedTensor[]): boolean {
  return a.every(({ value }, index) => firstDifference(value.data, b[index]?.value.data ?? []) < 0);
}
