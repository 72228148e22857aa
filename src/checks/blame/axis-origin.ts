import type { TraceOperation, TracedTensor } from '../../contracts/engine.ts';
import type { Lineage } from './lineage.ts';

/**
 * Where a tensor has its axis of one element from.
 *
 * - `inserted`: written by hand between other axes ([8, 3] to [8, 1, 3]), which only makes sense for pairs;
 * - `appended`: written by hand behind the others ([8] to [8, 1]): for pairs, or to make a column;
 * - `given`: from an input, a reduction that keeps its axis, a slice or anything else.
 */
export type AxisOrigin = 'inserted' | 'appended' | 'given';

export function isExpandedByHand(origin: AxisOrigin): boolean {
  return origin !== 'given';
}

/** The origin of the first axis along which a tensor is repeated to reach the shape of the result. */
export function axisOrigin(tensor: TracedTensor, result: readonly number[], lineage: Lineage): AxisOrigin {
  const { shape } = tensor.value;
  const axis = shape.findIndex((dimension, index) => dimension === 1 && (result[index + result.length - shape.length] ?? 1) > 1);
  return axis < 0 ? 'given' : follow(tensor, axis, lineage);
}

function follow(tensor: TracedTensor, axis: number, lineage: Lineage): AxisOrigin {
  const maker = lineage.makerOf(tensor);
  if (maker === undefined) return 'given';
  const { shape } = tensor.value;
  const [input] = Object.values(maker.inputs);
  if (input === undefined) return 'given';
  if (maker.kernel === 'ExpandDims' || maker.kernel === 'Reshape') return followReshape(maker, tensor, input, axis, lineage);
  if (maker.kernel === 'OneHot' || maker.kernel === 'Transpose') {
    const permutation = maker.attributes['perm'];
    const before = Array.isArray(permutation) ? Number(permutation[axis]) : axis;
    return follow(input, before, lineage);
  }
  // Element by element: the axis came with every operand that has this shape and depends on something.
  const alike = Object.values(maker.inputs).filter(({ value }) => value.shape.join() === shape.join());
  const origins = alike.filter((one) => one.id !== tensor.id && lineage.sourcesOf(one).size > 0).map((one) => follow(one, axis, lineage));
  const [first] = origins;
  return first !== undefined && origins.every((origin) => origin === first) ? first : 'given';
}

function followReshape(maker: TraceOperation, tensor: TracedTensor, input: TracedTensor, axis: number, lineage: Lineage): AxisOrigin {
  const [before, after] = [input.value.shape, tensor.value.shape];
  if (before.join() === after.join()) return follow(input, axis, lineage);
  if (isOwnStep(maker, input, lineage)) return 'given';
  const kept = keptAxis(before, after, axis);
  if (kept !== null) return follow(input, kept, lineage);
  return after.slice(axis + 1).some((dimension) => dimension > 1) ? 'inserted' : 'appended';
}

/** `tf.norm` and `tf.logSumExp` reshape their own result to keep its axes: at one place in the source. */
function isOwnStep({ location }: TraceOperation, input: TracedTensor, lineage: Lineage): boolean {
  const before = lineage.makerOf(input)?.location;
  return (
    location !== null && before != null && location.file === before.file && location.line === before.line && location.column === before.column
  );
}

/** The place that an axis of one element had before a reshape; null when it is new. */
function keptAxis(before: readonly number[], after: readonly number[], axis: number): number | null {
  const ones = (shape: readonly number[]): number => shape.filter((dimension) => dimension === 1).length;
  if (ones(after) > ones(before)) {
    // The same axes in front, or the same behind: then it is one of those that were there.
    if (before.slice(0, axis + 1).join() === after.slice(0, axis + 1).join() && before.length > axis) return axis;
    const fromEnd = after.length - axis;
    if (fromEnd <= before.length && before.slice(-fromEnd).join() === after.slice(-fromEnd).join()) return before.length - fromEnd;
    return null;
  }
  const index = before.indexOf(1);
  return index < 0 ? null : index;
}
