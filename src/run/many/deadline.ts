/** When a whole run has to end, whatever is still to do. */
export interface Deadline {
  readonly seconds: number;
  /** Aborted when the time is over. */
  readonly signal: AbortSignal;
}

/** Timers take 31 bits of milliseconds and fire at once beyond. */
const LONGEST_MS = 2 ** 31 - 1;

export function deadlineIn(seconds: number): Deadline {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), Math.min(seconds * 1000, LONGEST_MS));
  // It is no reason to keep a process.
  timer.unref();
  return { seconds, signal: over.signal };
}
