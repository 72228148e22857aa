import { z } from 'zod';
import { keepCode } from '../scripts.ts';
import { requestSchema, type Event, type Request } from './messages.ts';
import { serve } from './serve.ts';
import { startedWithoutOptimiser } from './tiering.ts';
import { unhandledEvent } from './unhandled.ts';

/** The process that a user's module runs in: one request, events back, then it ends. */

// zod writes and compiles a function for each schema: that pays only where one is used over and over.
z.config({ jitless: true });

// Kept before the module runs: it may replace `process.send` with something that claims a pass.
const send = process.send?.bind(process);
const exit = process.exit.bind(process);

process.once('message', (message: unknown) => {
  const request = requestSchema.parse(message);
  if (request.kind === 'verify') startedWithoutOptimiser();
  watch(request);
  let last: Promise<void> = Promise.resolve();
  const work = serve(request, (event) => {
    last = post(event);
  });
  // A timer that the module left running must not keep the process: it ends once its last word is out.
  void work.then(() => last).then(drain).then(() => end(request));
});

function end(request: Request): void {
  if (isWhole(request)) keepCode();
  exit(0);
}

/** A parent that ends before it has asked leaves nobody to answer. */
process.once('disconnect', () => exit(0));

/** The code of a request for a few checks would lack that of the others. */
function isWhole({ options: { check, skip } }: Request): boolean {
  return check === null && skip.length === 0;
}

/** What the module has printed may wait for a slow reader, and an exit would lose it. */
async function drain(): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))));
}

function post(event: Event): Promise<void> {
  return new Promise((resolve) => {
    if (send === undefined) throw new Error('this process has no parent to report to');
    send(event, undefined, undefined, () => resolve());
  });
}

/** What nobody handles would end the process with a stack trace; it ends with a finding instead. */
function watch(request: Request): void {
  const end = (what: 'exception' | 'rejection', reason: unknown): void => {
    void post(unhandledEvent(what, reason, request)).then(() => exit(1));
  };
  process.on('unhandledRejection', (reason) => end('rejection', reason));
  process.on('uncaughtException', (error) => end('exception', error));
}
