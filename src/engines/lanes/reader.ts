import type { NumericArray } from '../../contracts/tensor.ts';
import { arrayLike } from './site.ts';
import { locate, type Touch } from './touch.ts';

/** Values of a tensor at the entries of a touch, lane by lane. */
export type Reader = (values: NumericArray | null) => NumericArray;

/**
 * Reads a tensor at `wanted`: what its lanes changed where they did, what it was elsewhere.
 *
 * @param given what the lanes touch of the tensor; null when nothing of it moves
 * @param source for entries of `given`, where in the values they stand; null when they stand in the same order
 * @param base element of the tensor for each position that can be wanted; null when positions are elements
 */
export function reader(numbers: NumericArray, wanted: Touch, given: Touch | null, source: Int32Array | null = null, base: Int32Array | null = null): Reader {
  const found = given === null ? undefined : locate(wanted, given);
  if (found === null) return source === null ? (values) => required(values) : (values) => gather(required(values), source);
  const constants = atPositions(numbers, wanted.positions, base);
  if (found === undefined) return () => constants;
  const { entries, from } = pairsOf(found, source);
  return (values) => {
    const changed = required(values);
    const read = constants.slice();
    for (let pair = 0; pair < entries.length; pair++) read[entries[pair] ?? 0] = changed[from[pair] ?? 0] ?? NaN;
    return read;
  };
}

function atPositions(numbers: NumericArray, positions: Int32Array, base: Int32Array | null): NumericArray {
  const read = arrayLike(numbers, positions.length);
  for (let entry = 0; entry < positions.length; entry++) {
    const position = positions[entry] ?? 0;
    read[entry] = numbers[base === null ? position : (base[position] ?? 0)] ?? NaN;
  }
  return read;
}

function pairsOf(found: Int32Array, source: Int32Array | null): { readonly entries: Int32Array; readonly from: Int32Array } {
  const entries = Int32Array.from(found.keys()).filter((entry) => (found[entry] ?? -1) >= 0);
  const from = entries.map((entry) => {
    const at = found[entry] ?? 0;
    return source === null ? at : (source[at] ?? 0);
  });
  return { entries, from };
}

export function gather(values: NumericArray, indices: Int32Array): NumericArray {
  const read = arrayLike(values, indices.length);
  for (let entry = 0; entry < indices.length; entry++) read[entry] = values[indices[entry] ?? 0] ?? NaN;
  return read;
}

function required(values: NumericArray | null): NumericArray {
  if (values === null) throw new Error('a tensor that moves came without the values of its lanes');
  return values;
}
