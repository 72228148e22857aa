import type { InputSpec } from '../contracts/domain.ts';
import { LoadError } from '../contracts/errors.ts';
import { showName, showValue } from '../contracts/shown.ts';
import { sizeOf, type Point, type TensorData } from '../contracts/tensor.ts';
import { isIntegerDomain } from '../numerics/domains.ts';

/** From nested numbers, as people write them, to tensors as data. */

/** The values do not form a tensor of the shape they should have. */
export class PointError extends Error {
  override readonly name = 'PointError';
}

/**
 * Nested numbers as flat values with their shape.
 *
 * @throws PointError for ragged arrays and for entries that are no numbers
 */
function flatten(nested: unknown, label: string): { readonly shape: number[]; readonly values: number[] } {
  const shape: number[] = [];
  for (let level: unknown = nested; Array.isArray(level); level = level[0]) shape.push(level.length);
  if (shape.includes(0)) throw new PointError(`${label}: found an empty array, expected at least one number`);
  const values: number[] = [];
  const walk = (part: unknown, axis: number, path: string): void => {
    if (axis === shape.length) {
      values.push(toNumber(part, path));
      return;
    }
    if (!Array.isArray(part) || part.length !== shape[axis]) {
      const found = Array.isArray(part) ? `an array of ${part.length}` : describe(part);
      throw new PointError(`${path}: found ${found}, expected an array of ${shape[axis]} as in the rows before it`);
    }
    part.forEach((entry, index) => walk(entry, axis + 1, `${path}[${index}]`));
  };
  walk(nested, 0, label);
  return { shape, values };
}

const NAMED_NUMBERS: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };

function toNumber(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  const named = typeof value === 'string' ? NAMED_NUMBERS[value] : undefined;
  if (named === undefined) throw new PointError(`${path}: found ${describe(value)}, expected a number`);
  return named;
}

function describe(value: unknown): string {
  return showValue(value);
}

/** One tensor from nested numbers, integers where the domain holds indices. */
export function toTensor(nested: unknown, label: string, integers: boolean): TensorData {
  const { shape, values } = flatten(nested, label);
  const stray = integers ? values.find((value) => !Number.isInteger(value)) : undefined;
  if (stray !== undefined) throw new PointError(`${label}: found ${stray}, expected whole numbers (class indices)`);
  return { shape, dtype: integers ? 'int32' : 'float32', data: Float64Array.from(values) };
}

/**
 * An edge point of the user's: nested values, or a flat list that fills the declared shape.
 *
 * @throws LoadError `invalid-metadata`
 */
export function parsePoint(edge: Readonly<Record<string, unknown>>, inputs: readonly InputSpec[], parameters: Point, label: string): Point {
  return Object.fromEntries(
    Object.entries(edge).map(([name, nested]) => {
      const input = inputs.find((candidate) => candidate.name === name);
      const integers = input !== undefined && isIntegerDomain(input.domain);
      const declared = input?.shape ?? parameters[name]?.shape;
      try {
        return [name, reshaped(toTensor(nested, `${label}.${showName(name)}`, integers), declared)] as const;
      } catch (error) {
        if (!(error instanceof PointError)) throw error;
        throw new LoadError('invalid-metadata', error.message, { fix: 'Give numbers nested like the input, or a flat list that fills its shape.' });
      }
    }),
  );
}

function reshaped(tensor: TensorData, declared: readonly number[] | undefined): TensorData {
  const fills = declared !== undefined && tensor.shape.length === 1 && sizeOf(declared) === sizeOf(tensor.shape);
  return fills ? { ...tensor, shape: declared } : tensor;
}
