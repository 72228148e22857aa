import type { ChildProcess } from 'node:child_process';
import type { ChildSupply } from './many/child-supply.ts';
import { earlyEnd } from './early-end.ts';
import { ask } from './isolated.ts';
import type { Event, ModuleRequest } from './messages.ts';
import type { RunOptions } from './options.ts';
import { serve } from './serve.ts';
import { note, type Tally } from './tally.ts';
import { watchInProcess } from './unhandled.ts';
import { targetIds } from './verify-module.ts';

export interface Checking {
  readonly options: RunOptions;
  readonly tally: Tally;
  /** Told of every event once it is booked. */
  readonly onEvent: (event: Event) => void;
}

/** losscheck's own losses in this process: they need no isolation. */
export async function checkBuiltInsHere(module: ModuleRequest, { options, tally, onEvent }: Checking): Promise<void> {
  await serve({ kind: 'verify', module, options, done: [] }, (event) => {
    note(tally, event);
    onEvent(event);
  });
}

/** A user's module in this process: what would have ended it becomes a finding. */
export async function checkHere(module: ModuleRequest, { options, tally, onEvent }: Checking): Promise<void> {
  const request = { kind: 'verify' as const, module, options, done: [] };
  let booked = false;
  const crash = await watchInProcess(request, (crashed) =>
    serve(request, (event) => {
      const reason = crashed();
      const isBooking = event.kind === 'finished' && reason !== null && !booked;
      booked ||= isBooking;
      note(tally, isBooking ? { kind: 'finished', report: earlyEnd(reason, event.report.id, module, options) } : event);
      onEvent(event);
    }),
  );
  if (crash !== null && !booked) tally.losses.push(earlyEnd(crash, module.fileId, module, options));
}

export interface Isolation {
  readonly child: ChildProcess;
  readonly supply: ChildSupply;
  readonly signal: AbortSignal;
}

/** A module in a process of its own, which is started again without the loss that ended it. */
export async function checkInChild(module: ModuleRequest, { options, tally, onEvent }: Checking, { child: first, supply, signal }: Isolation): Promise<void> {
  const done: string[] = [];
  let child = first;
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop);
  try {
    for (;;) {
      const before = done.length;
      const seen = { current: null as string | null, found: null as readonly string[] | null };
      const ending = await ask(child, { kind: 'verify', module, options, done }, options.timeout, (event) => {
        if (event.kind === 'found') seen.found = event.ids;
        if (event.kind === 'started') seen.current = event.id;
        if (event.kind === 'finished') {
          done.push(event.report.id);
          seen.current = null;
        }
        note(tally, event);
        onEvent(event);
      });
      if (ending.kind === 'done' || signal.aborted) return;
      const id = seen.current ?? targetIds(module)[0] ?? module.fileId;
      tally.losses.push(earlyEnd(ending, id, module, options));
      done.push(id);
      // The module's own entry is not a loss: without another loss done it would only end the same way again.
      const isProgress = seen.current !== null || done.length > before + 1;
      if (!isProgress || !(seen.found ?? []).some((known) => !done.includes(known))) return;
      child = supply.take();
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
