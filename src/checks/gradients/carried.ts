import type { CheckContext } from '../../contracts/check.ts';
import type { Trace, TraceOperation } from '../../contracts/engine.ts';
import type { Point, TensorData } from '../../contracts/tensor.ts';
import { domainBounds } from '../../numerics/domains.ts';
import { defaultStep } from '../../numerics/difference.ts';
import { forward, reachableFrom } from '../blame/reach.ts';
import { tensorOf } from '../point.ts';

/**
 * Differences that are carried through the linear end of a loss.
 *
 * `sum(y)` over a thousand rows is rounded like the whole sum, and the derivative of a coordinate that moves one
 * row by 1e-10 drowns in it. So the change of y is formed where it arises, element by element: rows that do
 * not depend on the coordinate cancel to an exact zero, and the sum adds up changes instead of values. The linear
 * operations run as they are, on the changes; nothing is taken from autograd.
 */
export interface Carried {
  /** The change of the loss against the point. */
  readonly f: (x: number) => number;
  /** What rounding of that change is relative to. */
  readonly magnitude: number;
}

export type Carrier = (position: number) => Carried | null;

/** Null where the loss has no such end, or does not show all that it computes with. */
export function carrierOf(context: CheckContext, point: Point, trace: Trace, input: string): Carrier | null {
  if (trace.reads.length > 0 || trace.detachments.length > 0 || trace.nestedGradients.length > 0) return null;
  let tail: Tail | null = null;
  let isKnown = false;
  return (position) => {
    // Without a gradient, as the differences run it: autograd copies what it saves, which counts as operations.
    if (!isKnown) tail = linearTail(context.reference.trace(point, []), input);
    isKnown = true;
    return tail === null ? null : carriedAt(context, point, trace, input, tail, position);
  };
}

/** Linear operations at the end of a loss, in the order they ran, and the tensors that go into them. */
interface Tail {
  readonly operations: readonly TraceOperation[];
  /** Tensors made by other operations: operation index and output, by tensor id. */
  readonly sources: ReadonlyMap<number, { readonly operation: number; readonly output: number }>;
  /** Tensor id of the input itself, where it goes in without another operation; null elsewhere. */
  readonly leaf: number | null;
  readonly result: number;
  /** Operations of the whole run. */
  readonly length: number;
}

const LINEAR: ReadonlySet<string> = new Set(['Sum', 'Mean', 'Neg', 'Identity', 'Reshape', 'ExpandDims', 'Transpose', 'Slice', 'Concat', 'Pack', 'Add', 'AddN', 'Sub', 'Tile', 'Reverse']);
/** Linear in one operand while the other stays as it is. */
const BILINEAR: ReadonlySet<string> = new Set(['Multiply', 'BatchMatMul']);

function isLinear({ kernel, inputs, outputs }: TraceOperation, moves: ReadonlySet<number>): boolean {
  if (outputs.length !== 1 || [...Object.values(inputs), ...outputs].some(({ value }) => value.dtype !== 'float32')) return false;
  const moving = Object.entries(inputs).filter(([, { id }]) => moves.has(id)).map(([name]) => name);
  if (LINEAR.has(kernel)) return true;
  if (BILINEAR.has(kernel)) return moving.length === 1;
  return kernel === 'RealDiv' && moving.join() === 'a';
}

function linearTail(trace: Trace, input: string): Tail | null {
  const start = trace.inputIds[input];
  const { resultId } = trace;
  if (start === undefined || resultId === null) return null;
  const moves = reachableFrom(trace, start);
  const producers = new Map<number, { readonly operation: TraceOperation; readonly output: number }>();
  for (const operation of forward(trace)) operation.outputs.forEach(({ id }, output) => producers.set(id, { operation, output }));
  const operations = new Set<TraceOperation>();
  const sources = new Map<number, { readonly operation: number; readonly output: number }>();
  let leaf: number | null = null;
  const seen = new Set<number>();
  const visit = (id: number): void => {
    if (!moves.has(id) || seen.has(id)) return;
    seen.add(id);
    const made = producers.get(id);
    if (made === undefined) {
      leaf = id;
    } else if (isLinear(made.operation, moves)) {
      operations.add(made.operation);
      for (const { id: from } of Object.values(made.operation.inputs)) visit(from);
    } else {
      sources.set(id, { operation: made.operation.index, output: made.output });
    }
  };
  visit(resultId);
  if (operations.size === 0) return null;
  return { operations: [...operations].toSorted((a, b) => a.index - b.index), sources, leaf, result: resultId, length: trace.operations.length };
}

/** Change of the result for given changes of what goes in. */
function carry(context: CheckContext, { operations, result }: Tail, changes: ReadonlyMap<number, TensorData>): number {
  const known = new Map(changes);
  for (const operation of operations) {
    const inputs = Object.entries(operation.inputs).flatMap(([name, { id, value }]) => {
      const change = known.get(id);
      if (change !== undefined) return [[name, change] as const];
      // A factor stays as it is; a summand that does not move changes by nothing.
      return LINEAR.has(operation.kernel) ? [[name, { ...value, data: new Float64Array(value.data.length) }] as const] : [];
    });
    const [out] = context.reference.replay(operation, Object.fromEntries(inputs));
    const id = operation.outputs[0]?.id;
    if (out !== undefined && id !== undefined) known.set(id, out);
  }
  return known.get(result)?.data[0] ?? NaN;
}

function minus(a: TensorData, b: TensorData): TensorData {
  const data = Float64Array.from(a.data, (value, index) => value - (b.data[index] ?? 0));
  return { ...a, data };
}

/**
 * Carried and direct changes may differ by rounding of the direct one, in units of eps times its magnitude. A
 * loss in which they differ by more computes with something that the trace does not show.
 */
const AGREEMENT = 2 ** -44;

function carriedAt(context: CheckContext, point: Point, trace: Trace, input: string, tail: Tail, position: number): Carried | null {
  const tensor = tensorOf(point, input);
  const x = tensor.data[position] ?? 0;
  const at = (value: number): Point => {
    const data = Float64Array.from(tensor.data);
    data[position] = value;
    return { ...point, [input]: { ...tensor, data } };
  };
  const { length } = tail;
  const wanted = new Set([...tail.sources.values()].map(({ operation }) => operation));
  const base = context.reference.tap(point, wanted, length);
  if (base === null) return null;
  const touched = touchedMagnitude(context, trace, input, x, at);
  if (touched === null) return null;
  let agrees = true;
  const f = (value: number): number => {
    const run = context.reference.tap(at(value), wanted, length);
    if (run === null || !agrees) return NaN;
    const changes = new Map<number, TensorData>();
    for (const [id, { operation, output }] of tail.sources) {
      const now = run.outputs.get(operation)?.[output];
      const before = base.outputs.get(operation)?.[output];
      if (now === undefined || before === undefined) return NaN;
      changes.set(id, minus(now, before));
    }
    if (tail.leaf !== null) changes.set(tail.leaf, minus(tensorOf(at(value), input), tensor));
    const change = carry(context, tail, changes);
    agrees = Math.abs(change - (run.value - base.value)) <= AGREEMENT * touched.whole || !Number.isFinite(run.value);
    return change;
  };
  return { f, magnitude: touched.moved };
}

/** Rounding of the loss comes from all elements of its operations, rounding of the change from those that move. */
function touchedMagnitude(
  context: CheckContext,
  trace: Trace,
  input: string,
  x: number,
  at: (value: number) => Point,
): { readonly whole: number; readonly moved: number } | null {
  const { lower, upper } = domainBounds(context.inputs.find(({ name }) => name === input)?.domain ?? 'real');
  const before = forward(trace);
  // The linear end runs on changes: what it adds up is not rounded like its values.
  const end = new Set(linearTail(trace, input)?.operations.map(({ index }) => index));
  // A change that is below rounding moves nothing; a NaN reaches whatever depends on the coordinate.
  const reached = forward(context.reference.trace(at(NaN), context.differentiable));
  if (reached.length !== before.length) return null;
  let whole = 0;
  let moved = 0;
  for (const side of [-1, 1]) {
    const stepped = Math.min(upper, Math.max(lower, x + side * defaultStep(x)));
    const after = forward(context.reference.trace(at(stepped), context.differentiable));
    if (after.length !== before.length) return null;
    before.forEach((operation, index) => {
      const twin = after[index];
      if (twin === undefined) return;
      for (const seen of [operation, twin]) {
        const sums = weightedSums(seen, operation, twin, reached[index] ?? twin);
        whole = Math.max(whole, sums.whole);
        if (!end.has(operation.index)) moved = Math.max(moved, sums.moved);
      }
    });
  }
  return { whole, moved };
}

/** `sum |w·y|` of an operation, over all elements and over those that depend on the coordinate. */
function weightedSums(
  { vjp, outputs }: TraceOperation,
  before: TraceOperation,
  after: TraceOperation,
  reached: TraceOperation,
): { whole: number; moved: number } {
  const sums = { whole: 0, moved: 0 };
  outputs.forEach(({ value }, position) => {
    const incoming = vjp?.incoming[position]?.data;
    const one = before.outputs[position]?.value.data;
    const other = after.outputs[position]?.value.data;
    const marked = reached.outputs[position]?.value.data;
    if (incoming === undefined || one === undefined || other === undefined || marked === undefined) return;
    value.data.forEach((output, index) => {
      const size = Math.abs(output * (incoming[index] ?? 0));
      if (!Number.isFinite(size)) return;
      sums.whole += size;
      if (one[index] !== other[index] || Number.isNaN(marked[index])) sums.moved += size;
    });
  });
  return sums;
}
