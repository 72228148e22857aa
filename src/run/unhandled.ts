import { setTimeout as sleep } from 'node:timers/promises';
import { framesOfModules } from '../engines/index.ts';
import { createLocator } from '../load/source-map.ts';
import type { Event, Request } from './messages.ts';

/** Errors of a module that surface outside every call: rejected promises, throws in timers, process.exit. */

type Crash = Extract<Event, { kind: 'crashed' }>;

export function unhandledEvent(what: 'exception' | 'rejection', reason: unknown, request: Request): Crash {
  const message = reason instanceof Error ? reason.message : String(reason);
  const said = what === 'rejection' ? 'a promise that nobody handles was rejected' : 'an exception that nobody catches was thrown';
  const locator = createLocator(request.module.bundle, request.options.cwd);
  const places = framesOfModules(reason).map(({ line, column }) => locator.locate(line, column));
  const location = places.find((place) => place !== null) ?? null;
  return {
    kind: 'crashed',
    detail: `${said}: ${message}`,
    location,
    frame: location === null ? null : locator.frame(location),
  };
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
export async function watchInProcess(request: Request, work: (crashed: () => Crash | null) => Promise<void>): Promise<Crash | null> {
  const seen: { crash: Crash | null } = { crash: null };
  const note = (crash: Crash): void => {
    seen.crash ??= crash;
  };
  const { exit } = process;
  // The program's own listeners take such errors for bugs of the program.
  const others = EVENTS.map((event) => ({ event, listeners: process.listeners(event as 'uncaughtException') }));
  for (const { event } of others) process.removeAllListeners(event);
  const onRejection = (reason: unknown): void => note(unhandledEvent('rejection', reason, request));
  const onException = (error: unknown): void => note(unhandledEvent('exception', error, request));
  process.exit = (code) => {
    const error = new Error(`the module called process.exit(${code ?? ''})`);
    note({ ...unhandledEvent('exception', error, request), detail: error.message });
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
