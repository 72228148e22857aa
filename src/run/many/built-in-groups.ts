import { z } from 'zod';
import type { Cache } from '../../cache.ts';
import { cacheKey } from '../../cache.ts';
import type { LossReport } from '../../contracts/report.ts';

/** How the built-in losses are spread over processes. */

/** A process starts in the time that one or two losses take: fewer than this many are not worth one. */
const LEAST_IN_GROUP = 4;

/** How many processes pay for so many losses; below 2 they are checked where they are. */
export function groupsWorthwhile(losses: number, jobs: number): number {
  return Math.min(jobs, Math.floor(losses / LEAST_IN_GROUP));
}

const durationsSchema = z.record(z.string(), z.number().nonnegative());
type Durations = z.infer<typeof durationsSchema>;

/**
 * Splits ids into groups that take about equally long: the longest first, each to the group with the least to
 * do. Losses of unknown duration count alike.
 */
export function balance(ids: readonly string[], groups: number, durations: Durations): readonly (readonly string[])[] {
  const known = Object.values(durations);
  const usual = known.length === 0 ? 1 : known.reduce((sum, each) => sum + each, 0) / known.length;
  const costOf = (id: string): number => durations[id] ?? usual;
  const made = Array.from({ length: groups }, () => ({ cost: 0, ids: [] as string[] }));
  for (const id of ids.toSorted((a, b) => costOf(b) - costOf(a))) {
    const least = made.reduce((best, each) => (each.cost < best.cost ? each : best));
    least.cost += costOf(id);
    least.ids.push(id);
  }
  return made.map((group) => group.ids);
}

const DURATIONS = cacheKey('durations of built-in losses');

/** What the losses took when they were last checked; none when that is not known. */
export function readDurations(cache: Cache | null): Durations {
  const entry = cache?.read('result', DURATIONS);
  if (entry == null) return {};
  try {
    const parsed = durationsSchema.safeParse(JSON.parse(entry.toString('utf8')));
    return parsed.success ? parsed.data : {};
  } catch {
    // Only the balance is lost, and the next run writes the entry anew.
    return {};
  }
}

export function writeDurations(cache: Cache | null, losses: readonly LossReport[]): void {
  if (cache === null || losses.length === 0) return;
  const measured = Object.fromEntries(losses.filter(({ verdict }) => verdict !== 'error').map(({ id, durationMs }) => [id, durationMs]));
  cache.write('result', DURATIONS, JSON.stringify({ ...readDurations(cache), ...measured }));
}
