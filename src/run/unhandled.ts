import { setTimeout as sleep } from 'node:timers/promises';
import { describeThrown, stackOf } from '../engines/index.ts';
import { blame } from './isolation/blame.ts';
import { UNHANDLED, type Stop } from './isolation/ending.ts';
import type { Request } from './messages.ts';

/** Errors of a module in this process that surface outside every call: rejected promises, throws in timers, process.exit. */

function crash(detail: string, thrown: unknown, request: Request): Stop {
  return blame({ kind: 'stopped', code: 'crashed', detail, stack: stackOf(thrown), member: null, allow: null }, request);
}

const EVENTS = ['unhandledRejection', 'uncaughtException'] as const;

/** Time for what a module left behind to surface, so that its report comes before the end. */
const SETTLE_MS = 5;

export async function settle(): Promise<void> {
  await sleep(SETTLE_MS);
}

/**
 * Runs a module in this process and returns what would have ended it, if anything did. `work` can ask
 * meanwhile.
 *
 * `process.exit` throws meanwhile: a gate that ends in the middle without a word would pass.
 */
export async function watchInProcess(request: Request, work: (crashed: () => Stop | null) => Promise<void>): Promise<Stop | null> {
  const seen: { crash: Stop | null } = { crash: null };
  const note = (found: Stop): void => {
    seen.crash ??= found;
  };
  const { exit } = process;
  // The program's own listeners take such errors for bugs of the program.
  const others = EVENTS.map((event) => ({ event, listeners: process.listeners(event as 'uncaughtException') }));
  for (const { event } of others) process.removeAllListeners(event);
  const onRejection = (reason: unknown): void => note(crash(`${UNHANDLED.rejection}: ${describeThrown(reason)}`, reason, request));
  const onException = (error: unknown): void => note(crash(`${UNHANDLED.exception}: ${describeThrown(error)}`, error, request));
  process.exit = (code) => {
    const error = new Error(`the module called process.exit(${code ?? ''})`);
    note(crash(error.message, error, request));
    throw error;
  };
  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
  try {
    await work(() => seen.crash);
    await settle();
  } catch (error) {
    // What the module did comes first: the error is its consequence.
    if (seen.crash === null) throw error;
  } finally {
    process.exit = exit;
    process.off('unhandledRejection', onRejection);
    process.off('uncaughtException', onException);
    for (const { event, listeners } of others) for (const listener of listeners) process.on(event, listener);
  }
  return seen.crash;
}
