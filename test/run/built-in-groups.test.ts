import { describe, expect, it } from 'vitest';
import type { Cache } from '../../src/cache.ts';
import { balance, groupsWorthwhile, readDurations, writeDurations } from '../../src/run/many/built-in-groups.ts';
import { loss } from '../reporters/sample-report.ts';

function memory(): Cache & { entries: Map<string, Buffer> } {
  const entries = new Map<string, Buffer>();
  return {
    entries,
    read: (kind, key) => entries.get(kind + key) ?? null,
    write: (kind, key, contents) => void entries.set(kind + key, Buffer.from(contents)),
  };
}

describe('groups of built-in losses', () => {
  it('are made only where a process pays', () => {
    expect([1, 7, 8, 34].map((losses) => groupsWorthwhile(losses, 2))).toEqual([0, 1, 2, 2]);
    expect(groupsWorthwhile(34, 1)).toBe(1);
    expect(groupsWorthwhile(34, 64)).toBe(8);
  });

  it('put the longest first and end at about the same time', () => {
    expect(balance(['a', 'b', 'c', 'd', 'e'], 2, { a: 1, b: 5, c: 2, d: 6, e: 3 })).toEqual([
      ['d', 'c', 'a'],
      ['b', 'e'],
    ]);
  });

  it('are of one size where nothing is known', () => {
    expect(balance(['a', 'b', 'c', 'd', 'e'], 2, {})).toEqual([
      ['a', 'c', 'e'],
      ['b', 'd'],
    ]);
  });

  it('take a loss that was never measured for a usual one', () => {
    expect(balance(['new', 'long', 'short'], 2, { long: 9, short: 1 })).toEqual([['long'], ['new', 'short']]);
  });
});

describe('durations', () => {
  it('are remembered from one run to the next, those of earlier losses too', () => {
    const cache = memory();
    writeDurations(cache, [loss({ id: 'mse', durationMs: 12 }), loss({ id: 'mae', durationMs: 7 })]);
    writeDurations(cache, [loss({ id: 'mse', durationMs: 10 })]);
    expect(readDurations(cache)).toEqual({ mse: 10, mae: 7 });
  });

  it.each(['no JSON', '{"mse":"long"}', '{"mse":-1}'])('are forgotten when the entry is %s', (damaged) => {
    const cache = memory();
    writeDurations(cache, [loss({ id: 'mse', durationMs: 12 })]);
    for (const key of cache.entries.keys()) cache.entries.set(key, Buffer.from(damaged));
    expect(readDurations(cache)).toEqual({});
  });

  it('are none without a cache', () => {
    expect(readDurations(null)).toEqual({});
  });
});
