import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { UsageError } from '../../contracts/errors.ts';
import type { VerifyOptions } from '../../contracts/options.ts';
import type { LoadedConfig } from '../config/loaded.ts';

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
});

export type ManyOptions = z.infer<typeof manySchema>;

/** @throws UsageError for a value that cannot be, or two that exclude each other */
export function toManyOptions({ jobs: asked, shard, changed = false, cache, isolate }: VerifyOptions, config: LoadedConfig | null = null): ManyOptions {
  // What a config says of jobs holds where there can be more than one.
  const jobs = asked ?? (isolate === false ? undefined : config?.facts.jobs);
  const parsed = manySchema.safeParse({
    jobs: jobs ?? null,
    shard: shard ?? null,
    changed: typeof changed === 'boolean' ? (changed ? '' : null) : changed,
    cache: cache ?? false,
    isolate: isolate ?? true,
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const found = { jobs, shard, changed, cache, isolate };
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
