import { z } from 'zod';
import type { EarlyEndCode } from '../../contracts/findings.ts';
import { describeThrown, lookThoroughly, stackOf, watchTampering } from '../../engines/index.ts';
import { hasUnkeptCode, keepCode } from '../../scripts.ts';
import type { Event } from '../messages.ts';
import { serve } from '../serve.ts';
import { startedWithoutOptimiser } from '../tiering.ts';
import { UNHANDLED } from './ending.ts';
import { fence } from './fence.ts';
import { openLine, type Line } from './line.ts';
import { setTraps } from './traps.ts';

/** The process that a user's module runs in: one request, events back, then it ends. */

// zod writes and compiles a function for each schema: that pays only where one is used over and over.
z.config({ jitless: true });

// Kept before the module runs: it may replace what ends a process with something that does not.
const reallyExit = (process as unknown as { readonly reallyExit: (code: number) => never }).reallyExit.bind(process);

/** Milliseconds for what the module has printed, which may wait for a slow reader. */
const DRAIN_MS = 1000;

const line = openLine();
if (line === null) reallyExit(0);
else void work(line);

async function work({ request, withheld, listed, keptBack, keepsCode, post }: Line): Promise<void> {
  if (request.kind === 'verify') startedWithoutOptimiser();
  if (!keepsCode && hasUnkeptCode()) post({ kind: 'cold' });
  const stop = stopper(post);
  if (!keepsCode) {
    writeAtOnce();
    fence({ listed, keptBack }, stop);
    setTraps(withheld, stop);
    watchTampering((what) => stop('tampered', `it replaces ${what}`, null, { member: what }));
  }
  process.on('unhandledRejection', (reason) => stop('crashed', `${UNHANDLED.rejection}: ${describeThrown(reason)}`, reason));
  // No listener, which a module could take away: Node would print a stack then.
  process.setUncaughtExceptionCaptureCallback((error) => stop('crashed', `${UNHANDLED.exception}: ${describeThrown(error)}`, error));
  // Nothing is left to do, and the request is not answered.
  process.on('beforeExit', () => stop('crashed', 'it waits for a promise that is never settled', null));
  let isDone = false;
  await serve(request, (event) => {
    if (isVerdict(event)) lookThoroughly();
    if (event.kind === 'done') isDone = true;
    else post(event);
  });
  await drain();
  if (keepsCode) keepCode();
  // The parent ends this process when it reads this: by then all else has been said.
  if (isDone) post({ kind: 'done' });
  reallyExit(0);
}

/** What the module did may have changed what the answer was computed with. */
function isVerdict({ kind }: Event): boolean {
  return kind === 'found' || kind === 'finished' || kind === 'evaluated' || kind === 'configured' || kind === 'measured' || kind === 'failed';
}

/** Says what the module did, and ends this process before it can do more. */
function stopper(post: Line['post']) {
  return (code: EarlyEndCode, detail: string, thrown: unknown, { member = null, allow = null }: Circumstances = {}): void => {
    post({ kind: 'stopped', code, detail, stack: stackOf(thrown), member, allow });
    reallyExit(1);
  };
}

interface Circumstances {
  /** What was replaced. */
  readonly member?: string | null;
  /** The flag that allows it. */
  readonly allow?: string | null;
}

/** A module that prints a gigabyte waits until it is read, and is stopped, instead of filling the memory of its process. */
function writeAtOnce(): void {
  for (const { _handle } of [process.stdout, process.stderr] as unknown as readonly { readonly _handle?: { setBlocking?(isBlocking: boolean): void } }[]) _handle?.setBlocking?.(true);
}

async function drain(): Promise<void> {
  const streams = [process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve())));
  await Promise.race([Promise.all(streams), new Promise((resolve) => setTimeout(resolve, DRAIN_MS))]);
}
