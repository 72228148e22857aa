/** Work that is told when its result is no longer wanted. */
export type Task<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Runs tasks side by side, at most `jobs` at once, and gives their results in the order of the tasks.
 *
 * It fails as one task after the other would: with the error of the first, in order, that fails. Tasks after
 * that one are stopped or never begun.
 *
 * @param signal stops all of them; the results are then those of the tasks that had ended
 */
export async function runTasks<T>(tasks: readonly Task<T>[], jobs: number, signal?: AbortSignal): Promise<readonly T[]> {
  const results = new Map<number, T>();
  const stops = tasks.map(() => new AbortController());
  const failed = { index: Infinity, error: null as unknown };
  const stopAll = (): void => stops.forEach((stop) => stop.abort());
  signal?.addEventListener('abort', stopAll);
  let next = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      const index = next++;
      const [task, stop] = [tasks[index], stops[index]];
      if (task === undefined || stop === undefined || index > failed.index || signal?.aborted === true) return;
      try {
        results.set(index, await task(stop.signal));
      } catch (error) {
        if (index < failed.index) Object.assign(failed, { index, error });
        for (const later of stops.slice(index + 1)) later.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, tasks.length) }, work));
  signal?.removeEventListener('abort', stopAll);
  if (failed.index < Infinity) throw failed.error;
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
}
