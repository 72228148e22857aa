/** Faults as people make them in gradients, to be planted on purpose: what proves a checker. */

/** Relative faults in a single coordinate, largest first. */
export const DELTAS: readonly number[] = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

/** A fault in a single coordinate; null where the coordinate is zero and nothing would change. */
export const COORDINATE_FAULTS = {
  'sign of a coordinate': (value: number): number => -value,
  'a coordinate zero': (): number => 0,
  'a coordinate doubled': (value: number): number => 2 * value,
} as const;

/** A fault of the whole gradient of one input; null where it would change nothing or the shape has no room for it. */
export const WHOLE_FAULTS: Readonly<Record<string, (gradient: Float64Array, shape: readonly number[]) => Float64Array | null>> = {
  'sign of the gradient': (gradient) => gradient.map((value) => -value),
  'gradient dropped': (gradient) => gradient.map(() => 0),
  'sum for mean over the elements': (gradient) => (gradient.length === 1 ? null : gradient.map((value) => value * gradient.length)),
  'mean for sum over the rows': (gradient, [rows = 1, ...rest]) => (rows === 1 || rest.length === 0 ? null : gradient.map((value) => value / rows)),
  'half the gradient': (gradient) => gradient.map((value) => value / 2),
  transposed: (gradient, shape) => transpose(gradient, shape),
  'rows moved by one': (gradient, shape) => rollRows(gradient, shape),
};

/** The last two axes swapped in memory and read in the old shape: a forgotten transposition. */
function transpose(gradient: Float64Array, shape: readonly number[]): Float64Array | null {
  const rows = shape.at(-2) ?? 1;
  const columns = shape.at(-1) ?? 1;
  if (rows === 1 || columns === 1) return null;
  const size = rows * columns;
  return gradient.map((_, index) => {
    const block = index - (index % size);
    const within = index % size;
    return gradient[block + (within % rows) * columns + Math.floor(within / rows)] ?? 0;
  });
}

/** Each row's gradient given to the next: an index that is off by one. */
function rollRows(gradient: Float64Array, [rows = 1]: readonly number[]): Float64Array | null {
  if (rows === 1) return null;
  const width = gradient.length / rows;
  return gradient.map((_, index) => gradient[(index + width) % gradient.length] ?? 0);
}

/** Whether planting changed anything by more than a tolerance could excuse: a symmetric gradient survives a transposition. */
export function differs(planted: Float64Array, gradient: Float64Array, tolerance: number): boolean {
  return gradient.some((value, index) => {
    const other = planted[index] ?? 0;
    return Math.abs(other - value) > tolerance * Math.max(Math.abs(other), Math.abs(value));
  });
}
