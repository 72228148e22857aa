import { createHash } from 'node:crypto';
import type { ShardReport } from '../../contracts/report.ts';
import type { RunOptions } from '../options.ts';
import { verifyCommand } from '../replay.ts';
import type { Tally } from '../tally.ts';
import type { Unit } from '../units.ts';

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/**
 * The units of one shard, in their order.
 *
 * Units are ranked by a digest of their names and cut into `count` runs of the same length, give or take one.
 * A file that is added moves each cut by one place at most: at most `count - 1` others change their shard.
 */
export function shardOf(units: readonly Unit[], { index, count }: Shard): readonly Unit[] {
  const ranked = units.toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1));
  const cut = (position: number): number => Math.floor((position * units.length) / count);
  const chosen = new Set(ranked.slice(cut(index - 1), cut(index)));
  return units.filter((unit) => chosen.has(unit));
}

function rankOf({ kind, key }: Unit): string {
  return digest([kind, key]);
}

export interface ShardedRun {
  readonly shard: Shard;
  /** As they were given. */
  readonly targets: readonly string[];
  readonly options: RunOptions;
  /** The units of all shards. */
  readonly all: readonly Unit[];
  readonly own: readonly Unit[];
  /** By unit of `own`. */
  readonly tallies: readonly Tally[];
  readonly unused: readonly string[] | null;
}

/** What puts the shards of a run together again, and keeps those of different runs apart. */
export function describeShard({ shard, targets, options, all, own, tallies, unused }: ShardedRun): ShardReport {
  const { cwd: _, ...judgedBy } = options;
  return {
    ...shard,
    targets: [...targets],
    command: verifyCommand(targets.join(' '), options),
    plan: digest([...all.map(({ kind, key }) => [kind, key]), judgedBy]).slice(0, 16),
    order: own.flatMap((unit, index) => (tallies[index]?.losses ?? []).map(() => all.indexOf(unit))),
    unused: unused === null ? null : [...unused],
  };
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
