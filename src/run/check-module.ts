import { homeOf } from './bundle.ts';
import { earlyEnd, neverReached } from './early-end.ts';
import { ask } from './isolation/ask.ts';
import { endChild, type Child } from './isolation/child-process.ts';
import { blameFor } from './isolation/blame.ts';
import type { Stop } from './isolation/ending.ts';
import type { ChildSupply } from './many/child-supply.ts';
import type { Deadline } from './many/deadline.ts';
import type { Event, ModuleRequest } from './messages.ts';
import type { RunOptions } from './options.ts';
import { serve } from './serve.ts';
import { note, type Tally } from './tally.ts';
import { watchInProcess } from './unhandled.ts';
import { targetIds } from './verify-module.ts';

export interface Checking {
  readonly options: RunOptions;
  readonly tally: Tally;
  /** When the whole run has to end. */
  readonly deadline: Deadline;
  /** Told of every event once it is booked. */
  readonly onEvent: (event: Event) => void;
}

/** losscheck's own losses in this process: they need no isolation. */
export async function checkBuiltInsHere(module: ModuleRequest, checking: Checking): Promise<void> {
  const { options, tally, deadline, onEvent } = checking;
  const emit = (event: Event): void => {
    note(tally, event);
    onEvent(event);
  };
  await serve({ kind: 'verify', module, options, done: [] }, emit, () => deadline.signal.aborted);
  if (deadline.signal.aborted) bookUnchecked(module, checking);
}

/** A user's module in this process: what would have ended it becomes a finding, and so does what it makes of losscheck. */
export async function checkHere(module: ModuleRequest, checking: Checking): Promise<void> {
  const { options, tally, deadline, onEvent } = checking;
  const done: string[] = [];
  for (;;) {
    const request = { kind: 'verify' as const, module, options, done };
    const seen = { current: null as string | null, failure: null as Stop | null };
    let booked = false;
    const crash = await watchInProcess(request, (crashed) =>
      serve(request, (event) => {
        if (event.kind === 'failed') {
          seen.failure = blameFor(event.message, event.stack, request);
          return;
        }
        if (event.kind === 'started') seen.current = event.id;
        const reason = crashed();
        const isBooking = event.kind === 'finished' && reason !== null && !booked;
        booked ||= isBooking;
        if (event.kind === 'finished') done.push(event.report.id);
        note(tally, isBooking ? { kind: 'finished', report: earlyEnd(reason, event.report.id, module, options) } : event);
        onEvent(event);
      }, () => deadline.signal.aborted),
    );
    if (crash !== null && !booked) tally.losses.push(earlyEnd(crash, module.fileId, module, options));
    if (seen.failure === null || deadline.signal.aborted) break;
    const id = seen.current ?? targetIds(module)[0] ?? module.fileId;
    tally.losses.push(earlyEnd(seen.failure, id, module, options));
    if (seen.current === null) break;
    done.push(id);
  }
  if (deadline.signal.aborted) bookUnchecked(module, checking);
}

export interface Isolation {
  /** One that is started already. */
  readonly child: Child | null;
  readonly supply: ChildSupply;
  /** What came of the module is no longer wanted. */
  readonly signal: AbortSignal;
}

/** A module in a process of its own, which is started again without the loss that ended it. */
export async function checkInChild(module: ModuleRequest, { options, tally, deadline, onEvent }: Checking, { child: first, supply, signal }: Isolation): Promise<void> {
  const from = homeOf(module);
  const done: string[] = [];
  let child = first;
  const stop = (): void => {
    if (child !== null) endChild(child);
  };
  const isOver = (): boolean => signal.aborted || deadline.signal.aborted;
  for (const each of [signal, deadline.signal]) each.addEventListener('abort', stop);
  try {
    while (!isOver()) {
      child ??= supply.take(from);
      const before = done.length;
      const seen = { current: null as string | null, found: null as readonly string[] | null };
      const ending = await ask(child, { kind: 'verify', module, options, done }, (event) => {
        if (event.kind === 'found') seen.found = event.ids;
        if (event.kind === 'started') seen.current = event.id;
        if (event.kind === 'finished') {
          done.push(event.report.id);
          seen.current = null;
        }
        note(tally, event);
        onEvent(event);
      });
      child = null;
      if (ending.kind === 'done') {
        // A loss of which nothing is said would count as none.
        for (const id of (seen.found ?? targetIds(module)).filter((known) => !done.includes(known))) {
          if (seen.found !== null || done.length === 0) tally.losses.push(earlyEnd(WORDLESS, id, module, options));
        }
        return;
      }
      if (isOver()) break;
      const id = seen.current ?? targetIds(module)[0] ?? module.fileId;
      tally.losses.push(earlyEnd(ending, id, module, options));
      done.push(id);
      // The module's own entry is not a loss: without another loss done it would only end the same way again.
      const isProgress = seen.current !== null || done.length > before + 1;
      if (!isProgress || !(seen.found ?? []).some((known) => !done.includes(known))) return;
    }
    if (deadline.signal.aborted) bookUnchecked(module, { options, tally, deadline, onEvent });
  } finally {
    for (const each of [signal, deadline.signal]) each.removeEventListener('abort', stop);
    if (child !== null) supply.giveBack(child);
  }
}

const WORDLESS: Stop = { kind: 'stopped', code: 'crashed', detail: 'its process ended without a word about it', location: null, frame: null, allow: null };

/** The losses that the run ended before; a module that was not begun stands for them by its name. */
function bookUnchecked(module: ModuleRequest, { options, tally, deadline }: Checking): void {
  const ids = tally.found.size > 0 ? [...tally.found] : targetIds(module);
  const judged = new Set(tally.losses.map(({ id }) => id));
  for (const id of ids) if (!judged.has(id)) tally.losses.push(neverReached(id, module, deadline, options));
}
