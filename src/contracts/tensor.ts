/** What crosses the border of an engine: plain numbers, never a tensor. */

export type Dtype = 'float32' | 'int32' | 'bool';

export type NumericArray = Float64Array | Float32Array | Int32Array | Uint8Array;

/**
 * A tensor as plain data, row-major.
 *
 * `dtype` is the TensorFlow.js name. On the float64 reference engine a 'float32' tensor holds
 * doubles: the name says what the user's code sees, the array what is computed with.
 */
export interface TensorData {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly data: NumericArray;
}

/** One value for every input and every trainable parameter of a loss, by name. */
export type Point = Readonly<Record<string, TensorData>>;

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** The index of flat position `flat` in a row-major tensor of this shape. */
export function unravel(flat: number, shape: readonly number[]): number[] {
  const index = Array.from<number>({ length: shape.length });
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const dimension = shape[axis] ?? 1;
    index[axis] = rest % dimension;
    rest = Math.floor(rest / dimension);
  }
  return index;
}

/** Flat values in the nesting of a shape; a scalar is a number. */
export function nest(values: ArrayLike<number>, shape: readonly number[]): unknown {
  let offset = 0;
  const build = (axis: number): unknown => {
    const length = shape[axis];
    if (length === undefined) return values[offset++];
    return Array.from({ length }, () => build(axis + 1));
  };
  return build(0);
}
