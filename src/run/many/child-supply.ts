import type { ChildProcess } from 'node:child_process';
import { startChild } from '../spawn.ts';

/** Fresh child processes, one for each module. */
export interface ChildSupply {
  take(): ChildProcess;
  /** A child that was not needed: nothing has run in it, so that another module may have it. */
  giveBack(child: ChildProcess): void;
  /** Ends the children that wait. */
  close(): void;
}

/**
 * @param isAhead asked when a child is taken: whether to start the next one, so that it is ready when this one ends
 */
export function createChildSupply(isAhead: () => boolean, start: () => ChildProcess = startChild): ChildSupply {
  const waiting = new Set<ChildProcess>();
  const keep = (child: ChildProcess): void => {
    waiting.add(child);
    // One that cannot start, or ends while it waits, is nobody's: the next is started on demand and reports why.
    for (const event of ['error', 'exit']) child.once(event, () => waiting.delete(child));
  };
  return {
    take() {
      const [ready] = waiting;
      const child = ready ?? start();
      waiting.delete(child);
      if (waiting.size === 0 && isAhead()) keep(start());
      return child;
    },
    giveBack(child) {
      if (child.exitCode === null && child.signalCode === null) keep(child);
    },
    close() {
      for (const child of waiting) child.kill('SIGKILL');
      waiting.clear();
    },
  };
}
