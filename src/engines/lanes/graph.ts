import type { Trace, TraceOperation, TracedTensor } from '../../contracts/engine.ts';
import type { TensorData } from '../../contracts/tensor.ts';
import { ignoresWhatRests, linearTail, makers, movedBy } from '../../numerics/tail.ts';
import type { RunKernel } from './kernels.ts';
import { plannerOf } from './rules/index.ts';
import type { Operand, Planner, Site } from './site.ts';

/** A tensor that lanes change: its values, or in the linear end of the loss the changes of its values. */
export interface Slot {
  readonly tensor: TracedTensor;
  readonly isChange: boolean;
}

/** One operation on the way from the input to the loss. */
interface Node {
  readonly operation: TraceOperation;
  /** Null for an operand that lanes do not change. */
  readonly operands: readonly (Slot | null)[];
  readonly outputs: readonly Slot[];
  readonly planner: Planner;
}

/** What a loss computes with one of its inputs, as a trace shows it. */
export interface LaneGraph {
  readonly input: TracedTensor;
  readonly nodes: readonly Node[];
  readonly result: TracedTensor;
}

/** Null where the loss does not depend on the input, or on the way there are tensors that hold no numbers. */
export function laneGraph(trace: Trace, input: string, run: RunKernel): LaneGraph | null {
  const tail = linearTail(trace, input);
  const start = trace.inputIds[input];
  if (tail === null || start === undefined) return null;
  const forward = trace.operations.filter(({ phase }) => phase === 'forward');
  const moves = movedBy(forward, start);
  const made = makers(forward);
  const ends = new Set(tail.operations);
  const needed = operationsOf([...tail.sources.keys()], made, moves);
  // An operation of the linear end may feed another one, that is not linear, with its values.
  const path = forward.flatMap((operation) => [
    ...(needed.has(operation) ? [{ operation, carriesChanges: false }] : []),
    ...(ends.has(operation) ? [{ operation, carriesChanges: true }] : []),
  ]);
  const tensors = tensorsOf(forward);
  const inputTensor = tensors.get(start);
  const result = tensors.get(tail.result);
  if (inputTensor === undefined || result === undefined) return null;
  if (path.some(({ operation: { inputs, outputs } }) => [...Object.values(inputs), ...outputs].some(({ value }) => value.data.length === 0 && value.shape.every((size) => size > 0)))) return null;
  return {
    input: inputTensor,
    nodes: path.map(({ operation, carriesChanges }) => nodeOf(operation, carriesChanges, moves, run)),
    result,
  };
}

/** Operations that these tensors are made by, as far as they move. */
function operationsOf(ids: readonly number[], made: ReturnType<typeof makers>, moves: ReadonlySet<number>): ReadonlySet<TraceOperation> {
  const found = new Set<TraceOperation>();
  const visit = (id: number): void => {
    const operation = made.get(id)?.operation;
    if (!moves.has(id) || operation === undefined || found.has(operation)) return;
    found.add(operation);
    for (const { id: from } of Object.values(operation.inputs)) visit(from);
  };
  for (const id of ids) visit(id);
  return found;
}

function tensorsOf(operations: readonly TraceOperation[]): ReadonlyMap<number, TracedTensor> {
  const tensors = new Map<number, TracedTensor>();
  for (const { inputs, outputs } of operations) for (const tensor of [...Object.values(inputs), ...outputs]) tensors.set(tensor.id, tensor);
  return tensors;
}

function nodeOf(operation: TraceOperation, carriesChanges: boolean, moves: ReadonlySet<number>, run: RunKernel): Node {
  const { kernel, attributes, inputs, outputs } = operation;
  const entries = Object.entries(inputs);
  // Kernels that take a list are recorded with the places in it as names.
  const isList = entries.length > 0 && entries.every(([name], index) => name === String(index));
  const site: Site = {
    kernel,
    attributes,
    carriesChanges,
    operands: entries.map(([name, { id, value }]): Operand => {
      const isMoving = moves.has(id);
      const isZero = carriesChanges && (isMoving || ignoresWhatRests(operation, name));
      return { name, moves: isMoving, tensor: isZero ? zeroLike(value) : value };
    }),
    outputs: outputs.map(({ value }) => (carriesChanges ? zeroLike(value) : value)),
    run: (operands, changed = attributes) => run(kernel, isList ? operands : Object.fromEntries(entries.map(([name], index) => [name, operandAt(operands, index)])), changed),
  };
  let planner: Planner | null = null;
  return {
    operation,
    operands: entries.map(([, tensor]) => (moves.has(tensor.id) ? { tensor, isChange: carriesChanges } : null)),
    outputs: outputs.map((tensor) => ({ tensor, isChange: carriesChanges })),
    planner: (touches) => {
      planner ??= plannerOf(site);
      return planner(touches);
    },
  };
}

function operandAt(operands: readonly TensorData[], index: number): TensorData {
  const operand = operands[index];
  if (operand === undefined) throw new Error('a kernel was run with too few operands');
  return operand;
}

function zeroLike({ shape, dtype, data }: TensorData): TensorData {
  return { shape, dtype, data: new Float64Array(data.length) };
}
