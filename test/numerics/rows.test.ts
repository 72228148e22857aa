import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numerics/random.ts';
import { cyclicOrder, mixRows, properDivisors, repeatRows, rotatedOrder, takeRows } from '../../src/numerics/rows.ts';

describe('rows', () => {
  const values = [1, 2, 3, 4, 5, 6];

  it('are repeated, taken in another order and mixed as a whole', () => {
    expect([...repeatRows(values, 2)]).toEqual([...values, ...values]);
    expect([...takeRows(values, [2, 0, 1])]).toEqual([5, 6, 1, 2, 3, 4]);
    expect([...mixRows(values, [7, 8, 9, 10, 11, 12], 3, (row) => row === 1)]).toEqual([1, 2, 9, 10, 5, 6]);
  });

  it('move round, all together or within their blocks', () => {
    expect(rotatedOrder(6, 2)).toEqual([2, 3, 4, 5, 0, 1]);
    expect(rotatedOrder(6, 1, 3)).toEqual([1, 2, 0, 4, 5, 3]);
  });

  it('have blocks of every proper divisor', () => {
    expect([1, 2, 7, 12].map(properDivisors)).toEqual([[], [1], [1], [1, 2, 3, 4, 6]]);
  });
});

describe('cyclicOrder', () => {
  it('is one cycle through all rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer(), (rows, seed) => {
        const order = cyclicOrder(rows, createRandom(seed));
        const visited = new Set<number>();
        for (let row = 0; !visited.has(row); row = order[row] ?? 0) visited.add(row);
        expect(visited.size).toBe(rows);
      }),
    );
  });
});
