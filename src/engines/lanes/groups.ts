import { sizeOf } from '../../contracts/tensor.ts';

/** A tensor cut into groups of equal size, such as its rows. */
export interface Grouping {
  readonly count: number;
  readonly size: number;
  /** The group of each element. */
  readonly groupOf: Int32Array;
  /** Its place within the group. */
  readonly rankOf: Int32Array;
  /** Elements of the groups, one group after the other. */
  readonly members: Int32Array;
}

/** Groups along some axes, numbered by the others. */
export function groupAlong(shape: readonly number[], axes: readonly number[]): Grouping {
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const size = axes.reduce((product, axis) => product * (shape[axis] ?? 1), 1);
  const total = sizeOf(shape);
  const strides = stridesOf(shape);
  const sizes = order.map((axis) => shape[axis] ?? 1);
  const steps = order.map((axis) => strides[axis] ?? 0);
  const members = new Int32Array(total);
  const groupOf = new Int32Array(total);
  const rankOf = new Int32Array(total);
  const index = new Int32Array(order.length);
  let position = 0;
  for (let at = 0; at < total; at++) {
    members[at] = position;
    groupOf[position] = Math.floor(at / size);
    rankOf[position] = at % size;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      const length = sizes[axis] ?? 1;
      index[axis] = (index[axis] ?? 0) + 1;
      position += steps[axis] ?? 0;
      if ((index[axis] ?? 0) < length) break;
      index[axis] = 0;
      position -= length * (steps[axis] ?? 0);
    }
  }
  return { count: size === 0 ? 0 : total / size, size, groupOf, rankOf, members };
}

function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  return strides;
}

/** Axes as TensorFlow.js takes them: one or several, from the end when negative, all when there are none. */
export function axesOf(axis: unknown, rank: number): readonly number[] {
  const all = Array.from({ length: rank }, (_, index) => index);
  if (axis === undefined || axis === null) return all;
  const given = Array.isArray(axis) ? axis.map(Number) : [Number(axis)];
  return given.map((one) => (one < 0 ? one + rank : one));
}
