import type { InputSpec } from '../contracts/domain.ts';
import type { PointData } from '../contracts/findings.ts';
import { nest, sizeOf, type Point, type TensorData } from '../contracts/tensor.ts';

/** A finding shows whole points only while a person can read them. */
const MAX_SHOWN_ELEMENTS = 64;

/** The inputs of a finding as people paste them; large tensors are left out and say so. */
export function showPoint(point: Point): PointData {
  return Object.fromEntries(
    Object.entries(point).map(([name, tensor]) => [
      name,
      sizeOf(tensor.shape) <= MAX_SHOWN_ELEMENTS
        ? nest(tensor.data, tensor.shape)
        : `${sizeOf(tensor.shape)} values of shape [${tensor.shape.join(', ')}]`,
    ]),
  );
}

/** The point with the values of one input replaced. */
function withValues(point: Point, name: string, data: Float64Array): Point {
  const before = tensorOf(point, name);
  return { ...point, [name]: { ...before, data } };
}

export function tensorOf(point: Point, name: string): TensorData {
  const tensor = point[name];
  if (tensor === undefined) throw new Error(`the point has no value for ${name}`);
  return tensor;
}

/** The point moved by `step` along `direction` in one input. */
export function moved(point: Point, name: string, direction: ArrayLike<number>, step: number): Point {
  const { data } = tensorOf(point, name);
  const there = new Float64Array(data.length);
  for (let index = 0; index < there.length; index++) there[index] = (data[index] ?? NaN) + step * (direction[index] ?? 0);
  return withValues(point, name, there);
}

export function isAllZero(values: ArrayLike<number>): boolean {
  for (let index = 0; index < values.length; index++) if (values[index] !== 0) return false;
  return true;
}

/** 'nan', 'infinite', or null when every value is finite. */
export function nonFinite(values: ArrayLike<number>): 'nan' | 'infinite' | null {
  let infinite = false;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (Number.isNaN(value)) return 'nan';
    if (!Number.isFinite(value)) infinite = true;
  }
  return infinite ? 'infinite' : null;
}

/** Above this many numbers a loss takes so long that a check looks at one point, and not at several. */
const LARGE = 2 ** 15;

export function isLarge(inputs: readonly InputSpec[]): boolean {
  return inputs.reduce((total, { shape }) => total + sizeOf(shape), 0) > LARGE;
}

/** Typical size of the entries. */
export function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += (values[index] ?? 0) ** 2;
  return Math.sqrt(sum / Math.max(1, values.length));
}

export function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < values.length; index++) largest = Math.max(largest, Math.abs(values[index] ?? 0));
  return largest;
}
