import type { Progress } from '../../contracts/options.ts';
import type { Event } from '../messages.ts';
import type { Tally } from '../tally.ts';

/** Progress over modules that are checked side by side. */
export interface Scoreboard {
  /** Joins a module that is about to be checked. @returns who is to be told of its events */
  open(tally: Tally, expected: number): (event: Event) => void;
  /** The module is done, whatever it held. */
  close(tally: Tally): void;
}

/**
 * @param expected losses of all modules, as far as that can be known before they are opened: one for each file
 */
export function createScoreboard(expected: number, onProgress: (progress: Progress) => void): Scoreboard {
  const opened = new Map<Tally, { readonly expected: number; isDone: boolean }>();
  let done = 0;
  const lossesOf = ([{ losses, found }, { expected, isDone }]: [Tally, { expected: number; isDone: boolean }]): number =>
    isDone ? losses.length : Math.max(losses.length, found.size === 0 ? expected : found.size);
  return {
    open(tally, own) {
      opened.set(tally, { expected: own, isDone: false });
      return (event) => {
        if (event.kind !== 'started') return;
        const entries = [...opened];
        // The entry of a file that turns out to hold no loss is taken back: progress does not go back with it.
        done = Math.max(done, sum(entries.map(([{ losses }]) => losses.length)));
        const unopened = expected - sum(entries.map(([, entry]) => entry.expected));
        onProgress({ done, total: Math.max(done + 1, sum(entries.map(lossesOf)) + unopened), loss: event.id, check: event.check });
      };
    },
    close(tally) {
      const entry = opened.get(tally);
      if (entry !== undefined) entry.isDone = true;
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
