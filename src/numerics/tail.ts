/** The linear end of a loss, such as its last sum and mean: changes can be carried through it as they are. */

import type { Trace, TraceOperation } from '../contracts/engine.ts';

/** Linear operations at the end of a loss, in the order they ran, and the tensors that go into them. */
export interface Tail {
  readonly operations: readonly TraceOperation[];
  /** Tensors made by other operations: the operation, its output; by tensor id. */
  readonly sources: ReadonlyMap<number, Made>;
  /** Tensor id of the input itself, where it goes in without another operation; null elsewhere. */
  readonly leaf: number | null;
  readonly result: number;
}

export interface Made {
  readonly operation: TraceOperation;
  readonly output: number;
}

/** Linear in all operands together. */
const LINEAR: ReadonlySet<string> = new Set(
  [
    'Add AddN BatchToSpaceND Concat ExpandDims GatherNd GatherV2 Identity Mean MirrorPad Neg Pack PadV2 Reshape',
    'Reverse Slice SpaceToBatchND SplitV StridedSlice Sub Sum Tile Transpose Unpack',
  ].flatMap((names) => names.split(' ')),
);
/** Linear in one operand while the other stays as it is. */
const BILINEAR: ReadonlySet<string> = new Set(['Multiply', 'BatchMatMul']);
/** Says where numbers go, and is no number itself. */
const INDICES: ReadonlySet<string> = new Set(['indices']);

/** Whether operands that do not move count as zero for the change of the result. */
export function ignoresWhatRests({ kernel }: TraceOperation, operand: string): boolean {
  return LINEAR.has(kernel) && !INDICES.has(operand);
}

function isLinear({ kernel, attributes, inputs, outputs }: TraceOperation, moves: ReadonlySet<number>): boolean {
  const numbers = Object.entries(inputs).filter(([name]) => !INDICES.has(name));
  if ([...numbers.map(([, tensor]) => tensor), ...outputs].some(({ value }) => value.dtype !== 'float32')) return false;
  const moving = Object.entries(inputs).filter(([, { id }]) => moves.has(id)).map(([name]) => name);
  if (moving.some((name) => INDICES.has(name))) return false;
  // What is padded with something else than zero is not linear but affine: its change is linear all the same, but a
  // replay on changes would pad with that number.
  if (kernel === 'PadV2') return attributes['constantValue'] === 0;
  if (LINEAR.has(kernel)) return true;
  if (BILINEAR.has(kernel)) return moving.length === 1;
  return kernel === 'RealDiv' && moving.join() === 'a';
}

/** The operation that made each tensor: of one that a `tf.customGrad` hands on, the one inside. */
export function makers(operations: readonly TraceOperation[]): ReadonlyMap<number, Made> {
  const made = new Map<number, Made>();
  for (const operation of operations) {
    operation.outputs.forEach(({ id }, output) => {
      if (!made.has(id)) made.set(id, { operation, output });
    });
  }
  return made;
}

/** Results of a `tf.customGrad`: autograd does not look inside, so nobody knows how what happens there is rounded. */
function handedOn(operations: readonly TraceOperation[], made: ReturnType<typeof makers>): ReadonlySet<number> {
  return new Set(operations.flatMap((operation) => operation.outputs.flatMap(({ id }) => (made.get(id)?.operation === operation ? [] : [id]))));
}

/** Tensors that depend on `start`. */
export function movedBy(operations: readonly TraceOperation[], start: number): ReadonlySet<number> {
  const moved = new Set([start]);
  for (const { inputs, outputs } of operations) {
    if (Object.values(inputs).some(({ id }) => moved.has(id))) for (const { id } of outputs) moved.add(id);
  }
  return moved;
}

/** Null where the loss does not depend on the input as far as its trace shows. */
export function linearTail(trace: Trace, input: string): Tail | null {
  const start = trace.inputIds[input];
  const { resultId } = trace;
  if (start === undefined || resultId === null) return null;
  const forward = trace.operations.filter(({ phase }) => phase === 'forward');
  const moves = movedBy(forward, start);
  if (!moves.has(resultId)) return null;
  const made = makers(forward);
  const handed = handedOn(forward, made);
  const operations = new Set<TraceOperation>();
  const sources = new Map<number, Made>();
  let leaf: number | null = null;
  const seen = new Set<number>();
  const visit = (id: number): void => {
    if (!moves.has(id) || seen.has(id)) return;
    seen.add(id);
    const maker = made.get(id);
    if (maker === undefined) {
      leaf = id;
    } else if (!handed.has(id) && isLinear(maker.operation, moves)) {
      operations.add(maker.operation);
      for (const { id: from } of Object.values(maker.operation.inputs)) visit(from);
    } else {
      sources.set(id, maker);
    }
  };
  visit(resultId);
  return { operations: [...operations].toSorted((a, b) => a.index - b.index), sources, leaf, result: resultId };
}
