import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shardOf } from '../../src/run/many/shard.ts';
import type { Unit } from '../../src/run/units.ts';

const builtIn = (key: string): Unit => ({ kind: 'built-in', key });
const units = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 60 }).map((keys) => keys.map(builtIn));
const counts = fc.integer({ min: 1, max: 9 });

function shardsOf(all: readonly Unit[], count: number): readonly (readonly Unit[])[] {
  return Array.from({ length: count }, (_, position) => shardOf(all, { index: position + 1, count }));
}

function placeOf(shards: readonly (readonly Unit[])[], key: string): number {
  return shards.findIndex((shard) => shard.some((unit) => unit.key === key));
}

describe('shards', () => {
  it('hold every target once, in its order, and equally many give or take one', () => {
    fc.assert(
      fc.property(units, counts, (all, count) => {
        const shards = shardsOf(all, count);
        expect(shards.flat().map(({ key }) => key).toSorted()).toEqual(all.map(({ key }) => key).toSorted());
        for (const shard of shards) expect(shard).toEqual(all.filter((unit) => shard.includes(unit)));
        const sizes = shards.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('keep all but n - 1 targets where they are when one is added, wherever it stands', () => {
    fc.assert(
      fc.property(units, counts, fc.nat(60), (all, count, at) => {
        const more = all.toSpliced(at, 0, builtIn('the one that is new'));
        const [before, after] = [shardsOf(all, count), shardsOf(more, count)];
        const moved = all.filter(({ key }) => placeOf(before, key) !== placeOf(after, key));
        expect(moved.length).toBeLessThanOrEqual(count - 1);
      }),
    );
  });

  it('do not follow the order of the targets', () => {
    const all = Array.from({ length: 20 }, (_, index) => builtIn(`loss ${index}`));
    const keys = (list: readonly Unit[]) => shardOf(list, { index: 1, count: 2 }).map(({ key }) => key).toSorted();
    expect(keys(all.toReversed())).toEqual(keys(all));
  });
});
