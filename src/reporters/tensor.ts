import { formatNumber, formatShape, readNumber } from './numbers.ts';

/** Numbers of a report, flat in row-major order. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/**
 * Reads the numbers of a report, nested or as `{ shape, data }`.
 *
 * @returns null when it is anything else, or ragged
 */
export function readNumbers(value: unknown): Numbers | null {
  const scalar = readNumber(value);
  if (scalar !== null) return { shape: [], values: [scalar] };
  if (isList(value)) return readNested(Array.from(value));
  return readShaped(value);
}

function readNested(list: readonly unknown[]): Numbers | null {
  const parts: Numbers[] = [];
  for (const entry of list) {
    const part = readNumbers(entry);
    if (part === null || !sameShape(part.shape, parts[0]?.shape ?? part.shape)) return null;
    parts.push(part);
  }
  return { shape: [parts.length, ...(parts[0]?.shape ?? [])], values: parts.flatMap((part) => part.values) };
}

function readShaped(value: unknown): Numbers | null {
  if (typeof value !== 'object' || value === null || !('shape' in value) || !('data' in value)) return null;
  const shape = readNumbers(value.shape);
  const flat = readNumbers(value.data);
  if (shape === null || flat === null) return null;
  const size = shape.values.reduce((product, dimension) => product * dimension, 1);
  return size === flat.values.length ? { shape: shape.values, values: flat.values } : null;
}

function isList(value: unknown): value is readonly unknown[] | NumericView {
  return Array.isArray(value) || isNumericView(value);
}

export type NumericView = Float64Array | Float32Array | Int32Array | Uint8Array;

export function isNumericView(value: unknown): value is NumericView {
  return (
    value instanceof Float64Array ||
    value instanceof Float32Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  );
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

const SHOWN_VALUES = 8;

/**
 * A tensor in one short line: its shape, and all values where they are few, else the first ones and
 * the range.
 */
export function describeTensor(value: unknown): string {
  const numbers = readNumbers(value);
  if (numbers === null) return JSON.stringify(value) ?? String(value);
  const { shape, values } = numbers;
  const [first] = values;
  if (first === undefined) return `${formatShape(shape)} empty`;
  if (shape.length === 0) return formatNumber(first);
  if (values.length > 1 && values.every((entry) => Object.is(entry, first))) {
    return `${formatShape(shape)} all ${formatNumber(first)}`;
  }
  const shown = values.slice(0, SHOWN_VALUES).map(formatNumber).join(', ');
  if (values.length <= SHOWN_VALUES) return `${formatShape(shape)} ${shown}`;
  return `${formatShape(shape)} ${shown}, … (${describeRange(values)})`;
}

function describeRange(values: readonly number[]): string {
  const nonFinite = values.filter((entry) => !Number.isFinite(entry)).length;
  const comparable = values.filter((entry) => !Number.isNaN(entry));
  const total = `${values.length} values`;
  if (comparable.length === 0) return `${total}, all NaN`;
  const low = comparable.reduce((a, b) => Math.min(a, b));
  const high = comparable.reduce((a, b) => Math.max(a, b));
  const range = `${total}, ${formatNumber(low)} to ${formatNumber(high)}`;
  return nonFinite === 0 ? range : `${range}, ${nonFinite} not finite`;
}
