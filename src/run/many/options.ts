import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { UsageError } from '../../contracts/errors.ts';
import type { VerifyOptions } from '../../contracts/options.ts';
import type { LoadedConfig } from '../config/loaded.ts';

/** Seconds for a whole run: what is not checked by then is said to be unchecked. */
export const DEFAULT_RUN_TIMEOUT = 3600;

/** Options of a run over many losses. They decide what is checked and where, never what a loss is judged by. */
const manySchema = z.object({
  /** Null: as many as pay. */
  jobs: z.int('expected a whole number').min(1, 'expected at least 1').max(256, 'expected at most 256').nullable(),
  shard: z
    .object({ index: z.int('expected a whole number').min(1, 'expected at least 1'), count: z.int('expected a whole number').min(1, 'expected at least 1') })
    .refine(({ index, count }) => index <= count, { error: 'expected an index from 1 to count' })
    .nullable(),
  /** A git ref; '' for the usual one; null for no selection. */
  changed: z.string().nullable(),
  cache: z.boolean(),
  isolate: z.boolean(),
  /** Seconds that the whole run may take. */
  runTimeout: z.number('expected a number of seconds').gt(0, 'expected a number above 0'),
});

export type ManyOptions = z.infer<typeof manySchema>;

/** @throws UsageError for a value that cannot be, or two that exclude each other */
export function toManyOptions({ jobs: asked, shard, changed = false, cache, isolate, runTimeout: limit }: VerifyOptions, config: LoadedConfig | null = null): ManyOptions {
  // What a config says of jobs holds where there can be more than one.
  const jobs = asked ?? (isolate === false ? undefined : config?.facts.jobs);
  const runTimeout = limit ?? config?.facts.runTimeout ?? DEFAULT_RUN_TIMEOUT;
  const parsed = manySchema.safeParse({
    jobs: jobs ?? null,
    shard: shard ?? null,
    changed: typeof changed === 'boolean' ? (changed ? '' : null) : changed,
    cache: cache ?? false,
    isolate: isolate ?? true,
    runTimeout,
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const found = { jobs, shard, changed, cache, isolate, runTimeout };
    const name = String(issue?.path[0] ?? '');
    throw new UsageError(`${name}: found ${JSON.stringify(Reflect.get(found, name)) ?? 'nothing'}; ${issue?.message ?? 'not accepted'}`);
  }
  if (!parsed.data.isolate && (parsed.data.jobs ?? 1) > 1) {
    throw new UsageError('more than one job needs isolation: without it every module runs in this one process', 'Leave out --isolate off, or --jobs.');
  }
  return parsed.data;
}

/** Each process holds two copies of TensorFlow.js: more of them would fill the memory of a large machine. */
const MOST_JOBS = 8;

/** How many modules to check side by side. */
export function jobsFor({ jobs, isolate }: ManyOptions, units: number): number {
  if (!isolate || units < 2) return 1;
  return jobs ?? Math.min(availableParallelism(), MOST_JOBS);
}
