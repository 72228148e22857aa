import { setFlagsFromString } from 'node:v8';

/**
 * A process that checks one file with a few numbers ends before optimised code pays: compiling it would take a quarter
 * of its time, on a core that another file could have. So it starts without, and gets the compiler back as soon as
 * there is something to repeat.
 */

/** The flag of V8 that such a process is started with. */
export const WITHOUT_OPTIMISER = '--no-opt';

/** Numbers in the inputs of one loss up to which loops are too short for it. */
const FEW_NUMBERS = 128;
/** Milliseconds from which on a run is long enough for it. */
const SHORT_RUN = 600;

let startedAt: number | null = null;

/** For a process that was started with `WITHOUT_OPTIMISER`. */
export function startedWithoutOptimiser(): void {
  startedAt = performance.now();
}

/** Called before each piece of work, with how many numbers it is about. */
export function optimiseFor(numbers: number): void {
  if (startedAt === null || (numbers <= FEW_NUMBERS && performance.now() - startedAt < SHORT_RUN)) return;
  setFlagsFromString('--opt');
  startedAt = null;
}
