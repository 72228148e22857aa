/** Rows of a batch: a tensor seen as `rows` equal pieces along its leading axis. */

import { randomIndex } from './random.ts';

/** The same rows several times, one copy after the other. */
export function repeatRows(values: ArrayLike<number>, copies: number): Float64Array {
  const repeated = new Float64Array(values.length * copies);
  for (let copy = 0; copy < copies; copy++) repeated.set(values, copy * values.length);
  return repeated;
}

/** The rows in another order: row `i` of the result is row `order[i]` of the values. */
export function takeRows(values: ArrayLike<number>, order: readonly number[]): Float64Array {
  const width = values.length / order.length;
  const taken = new Float64Array(values.length);
  order.forEach((from, to) => {
    for (let entry = 0; entry < width; entry++) taken[to * width + entry] = values[from * width + entry] ?? 0;
  });
  return taken;
}

/** Rows of `values`, and of `others` where `fromOthers` says so. */
export function mixRows(
  values: ArrayLike<number>,
  others: ArrayLike<number>,
  rows: number,
  fromOthers: (row: number) => boolean,
): Float64Array {
  const mixed = Float64Array.from(values);
  const width = values.length / rows;
  for (let row = 0; row < rows; row++) {
    if (!fromOthers(row)) continue;
    for (let entry = row * width; entry < (row + 1) * width; entry++) mixed[entry] = others[entry] ?? 0;
  }
  return mixed;
}

/**
 * A random order in one single cycle: every row moves, and no group of rows stays among itself.
 *
 * Source: S. Sattolo, "An algorithm to generate a random cyclic permutation" (1986).
 */
export function cyclicOrder(rows: number, random: () => number): number[] {
  const order = Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const other = randomIndex(random, last);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

/** The rows moved up by `by` places within blocks of `block` rows; the first of a block come to its end. */
export function rotatedOrder(rows: number, by: number, block = rows): number[] {
  return Array.from({ length: rows }, (_, row) => row - (row % block) + ((row % block) + by) % block);
}

/** Divisors of a number below itself, 1 among them. */
export function properDivisors(of: number): number[] {
  return Array.from({ length: Math.floor(of / 2) }, (_, index) => index + 1).filter((candidate) => of % candidate === 0);
}
