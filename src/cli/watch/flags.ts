import { UsageError } from '../../contracts/errors.ts';

/** @throws UsageError for flags that make no sense in a run that goes on */
export function requireWatchable({ shard, isolate }: { readonly shard?: unknown; readonly isolate?: boolean }): void {
  if (shard !== undefined) throw new UsageError('--watch and --shard exclude each other: a shard is one part of a single run', 'Leave one of them out.');
  if (isolate === false) throw new UsageError('--watch needs isolation: what runs in this process cannot be stopped when its file changes', 'Leave out --isolate off.');
}
