import type { Trace, TraceOperation, TracedTensor } from '../../contracts/engine.ts';
import { broadcastShape, enlargesAll, isCrosswise, isSameUpToScale } from '../../numerics/broadcast.ts';
import { axisOrigin, isExpandedByHand } from './axis-origin.ts';
import { lineageOf, type Lineage } from './lineage.ts';
import { forward } from './reach.ts';

/**
 * Operations in which every entry of one side meets every entry of the other, and nobody seems to have meant it.
 *
 * Comparing all pairs is right in a contrastive, a ranking or a matching loss, and such a loss says so: both
 * sides have an axis of one element where the other one runs, so their ranks agree. Where the ranks differ, the
 * shorter side was padded with axes in front of it: [8] against [8, 1] is [1, 8] against [8, 1].
 */
export interface Crossing {
  readonly operation: TraceOperation;
  readonly left: TracedTensor;
  readonly right: TracedTensor;
  readonly result: TracedTensor;
  /** Inputs and parameters that the two sides were computed from. */
  readonly sources: readonly string[];
}

export interface CrossingOptions {
  /** Inputs that are predictions: comparing two of them in all pairs needs one expanded axis only. */
  readonly predictions: readonly string[];
}

/** One crossing for each place in the source. */
export function crossings(trace: Trace, options: CrossingOptions): readonly Crossing[] {
  const lineage = lineageOf(trace);
  const found = forward(trace).flatMap((operation) => crossingOf(operation, lineage));
  const suspects = found.filter((crossing) => !isMeant(crossing, { trace, lineage, options }));
  const seen = new Set<string>();
  return suspects.filter(({ operation }) => !seen.has(placeOf(operation)) && seen.add(placeOf(operation)));
}

function placeOf({ kernel, location, index }: TraceOperation): string {
  return location === null ? `${kernel} ${index}` : `${location.file}:${location.line}:${location.column}`;
}

/** The same step of the loss, in another run of it perhaps. */
export function isAtPlaceOf(one: TraceOperation, other: TraceOperation): boolean {
  return one.kernel === other.kernel && placeOf(one) === placeOf(other);
}

function crossingOf(operation: TraceOperation, lineage: Lineage): readonly Crossing[] {
  const operands = operandsOf(operation, lineage);
  const [result] = operation.outputs;
  if (result === undefined || !enlargesAll(operands.map(({ value }) => value.shape), result.value.shape)) return [];
  // A constant is a table of thresholds or levels: who writes one means every entry of it.
  const varying = operands.filter((operand) => lineage.sourcesOf(operand).size > 0);
  for (const [index, left] of varying.entries()) {
    const right = varying.slice(index + 1).find((other) => isCrosswise(left.value.shape, other.value.shape));
    if (right !== undefined) {
      const sources = [...new Set([...lineage.sourcesOf(left), ...lineage.sourcesOf(right)])];
      return [{ operation, left, right, result, sources }];
    }
  }
  return [];
}

/** Multiplies matrices: its operands are called like those of an element-wise operation. */
const MATRIX_PRODUCTS: ReadonlySet<string> = new Set(['BatchMatMul', '_FusedMatMul']);

/** What an element-wise operation was given; none for any other operation. */
function operandsOf(operation: TraceOperation, lineage: Lineage): readonly TracedTensor[] {
  const { kernel, inputs } = operation;
  if (kernel === 'Select') return Object.values(inputs).map((input) => beforeTiling(input, operation, lineage));
  const { a, b } = inputs;
  return a === undefined || b === undefined || MATRIX_PRODUCTS.has(kernel) ? [] : [a, b];
}

/** `tf.where` repeats its operands to one shape itself, in steps that stand at its own place in the source. */
function beforeTiling(tensor: TracedTensor, operation: TraceOperation, lineage: Lineage): TracedTensor {
  const maker = lineage.makerOf(tensor);
  const [given] = Object.values(maker?.inputs ?? {});
  const isStep = maker !== undefined && ['Tile', 'Reshape', 'Identity'].includes(maker.kernel);
  return isStep && given !== undefined && placeOf(maker) === placeOf(operation) ? beforeTiling(given, operation, lineage) : tensor;
}

interface Scene {
  readonly trace: Trace;
  readonly lineage: Lineage;
  readonly options: CrossingOptions;
}

/** Whether all pairs are meant, as far as the rest of the loss shows it. */
function isMeant(crossing: Crossing, scene: Scene): boolean {
  const { left, right, result } = crossing;
  if (isSameQuantity(left, right, scene.lineage)) return true;
  if (meetsPairs(crossing, scene)) return true;
  const longer = left.value.shape.length > right.value.shape.length ? left : right;
  const origin = axisOrigin(longer, result.value.shape, scene.lineage);
  if (origin === 'inserted') return true;
  if (!isExpandedByHand(origin)) return false;
  return isBetweenPredictions(crossing, scene) || isReducedByPairs(crossing, scene) || hasPairsElsewhere(crossing, scene);
}

/** A quantity against itself: nobody subtracts a vector from itself to get zeros. */
function isSameQuantity(left: TracedTensor, right: TracedTensor, lineage: Lineage): boolean {
  const [some, others] = [lineage.sourcesOf(left), lineage.sourcesOf(right)];
  return some.size === others.size && [...some].every((name) => others.has(name)) && isSameUpToScale(left.value.data, right.value.data);
}

function isBetweenPredictions({ sources }: Crossing, { options }: Scene): boolean {
  return sources.every((name) => options.predictions.includes(name));
}

/** The result and all that keeps its shape, with the operations that take it. */
function usesOf({ result }: Crossing, trace: Trace): { readonly tensors: ReadonlySet<number>; readonly operations: readonly TraceOperation[] } {
  const tensors = new Set([result.id]);
  const shape = result.value.shape.join();
  const operations = forward(trace).filter(({ inputs, outputs }) => {
    if (!Object.values(inputs).some(({ id }) => tensors.has(id))) return false;
    for (const output of outputs) if (output.value.shape.join() === shape) tensors.add(output.id);
    return true;
  });
  return { tensors, operations };
}

/** Operations that only make sense on a matrix of pairs. */
const MATRIX_USES: ReadonlySet<string> = new Set(['BatchMatMul', '_FusedMatMul', 'Transpose']);

/** The result meets a table of all pairs that was made as such: a matrix product, a mask, an input. */
function meetsPairs(crossing: Crossing, { trace, lineage }: Scene): boolean {
  const { tensors, operations } = usesOf(crossing, trace);
  return operations.some((operation) => {
    if (MATRIX_USES.has(operation.kernel)) return true;
    const others = Object.values(operation.inputs).filter(({ id, value }) => !tensors.has(id) && value.shape.join() === crossing.result.value.shape.join());
    return others.some((other) => isTableOfPairs(other, lineage));
  });
}

function isTableOfPairs(tensor: TracedTensor, lineage: Lineage): boolean {
  const maker = lineage.makerOf(tensor);
  // All entries alike are no table: ones and zeros take the shape of what they meet.
  if (maker === undefined) return lineage.sourcesOf(tensor).size > 0 || !isConstant(tensor.value.data);
  const shape = tensor.value.shape.join();
  const operands = operandsOf(maker, lineage);
  if (operands.length > 0 && enlargesAll(operands.map(({ value }) => value.shape), tensor.value.shape)) return isPairing(operands, lineage);
  const same = Object.values(maker.inputs).filter(({ value }) => value.shape.join() === shape);
  if (same.length > 0) return same.some((input) => isTableOfPairs(input, lineage));
  return lineage.sourcesOf(tensor).size > 0 || !isConstant(tensor.value.data);
}

/** Two sides that were laid across each other on purpose. */
function isPairing(operands: readonly TracedTensor[], lineage: Lineage): boolean {
  const [left, right] = operands;
  if (left === undefined || right === undefined) return false;
  return left.value.shape.length === right.value.shape.length || isSameQuantity(left, right, lineage);
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let index = 1; index < values.length; index++) if (values[index] !== values[0]) return false;
  return true;
}

/** Reductions that choose one partner for each entry, and the operations that weigh them: no mean does. */
const PARTNER_CHOICES: ReadonlySet<string> = new Set(['Max', 'Min', 'ArgMax', 'ArgMin', 'TopK', 'Softmax', 'LogSoftmax', 'Any', 'All']);

/** The pairs are then reduced along one of their axes by choosing. */
function isReducedByPairs(crossing: Crossing, { trace }: Scene): boolean {
  const { tensors, operations } = usesOf(crossing, trace);
  return operations.some(
    ({ kernel, inputs, outputs }) =>
      PARTNER_CHOICES.has(kernel) && Object.values(inputs).some(({ id }) => tensors.has(id)) && outputs.some(({ value }) => value.data.length > 1),
  );
}

/** The loss lays other things across each other in the same shape, and says so there. */
function hasPairsElsewhere({ operation: own, result }: Crossing, { trace, lineage }: Scene): boolean {
  return forward(trace).some((operation) => {
    const operands = operandsOf(operation, lineage);
    const [output] = operation.outputs;
    if (operation === own || operands.length !== 2 || output === undefined || output.value.shape.join() !== result.value.shape.join()) return false;
    const [left, right] = operands.map(({ value }) => value.shape);
    const joined = left === undefined || right === undefined ? null : broadcastShape(left, right);
    return joined !== null && enlargesAll(operands.map(({ value }) => value.shape), joined) && isPairing(operands, lineage);
  });
}
