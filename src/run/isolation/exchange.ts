import { randomBytes } from 'node:crypto';
import type { EarlyEndCode } from '../../contracts/findings.ts';
import { eventSchema, type Emit, type Event, type Request } from '../messages.ts';
import { blame, blameFor } from './blame.ts';
import { endChild, type Child } from './child-process.ts';
import type { Ending, Stop } from './ending.ts';
import { ForgedMessage, frameOf, FrameReader, KEY_BYTES } from './frames.ts';
import { guard } from './guard.ts';
import { watchMemory } from './memory.ts';
import { MOST_MEGABYTES, passOn } from './output.ts';

interface Manner {
  /** The child runs nothing of a user's, and may write down its compiled code. */
  readonly keepsCode: boolean;
  /** The child found no compiled code. */
  readonly onCold: () => void;
}

/** setTimeout takes 31 bits and fires at once beyond. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Sends a request to a fresh child and passes on its events, until it has answered or is stopped.
 *
 * @throws what `emit` throws, once the child has ended
 */
export function exchange(child: Child, request: Request, { keepsCode, onCold }: Manner, emit: Emit): Promise<Ending> {
  const { process: running, line } = child;
  const { timeout, maxMemory } = request.options;
  const { pid } = running;
  if (pid !== undefined) guard(running);
  return new Promise((resolve, reject) => {
    let ending: Ending | null = null;
    const thrown: unknown[] = [];
    const key = randomBytes(KEY_BYTES);
    const reader = new FrameReader(key);
    /** The first reason counts: what follows is its consequence. */
    const stop = (code: EarlyEndCode, detail = ''): void => {
      ending ??= stopped(code, detail);
      endChild(child);
    };
    const abandon = (): void => endChild(child);
    const limit = Math.min(timeout * 1000, LONGEST_MS);
    const expire = (): void => stop('timeout');
    let timer = setTimeout(expire, limit);
    const output = passOn([running.stdout, running.stderr], () => stop('too-much-output', `it printed more than ${MOST_MEGABYTES} MB`));
    const unwatch = pid === undefined ? () => {} : watchMemory(pid, maxMemory, () => stop('out-of-memory'));
    const fail = ({ message, stack }: Extract<Event, { kind: 'failed' }>): void => {
      ending = blameFor(message, stack, request);
      endChild(child);
    };
    const onEvent = (event: Event): void => {
      // What comes after the end came in the same piece, and counts for nothing.
      if (ending !== null) return;
      if (event.kind === 'cold') return onCold();
      if (event.kind === 'done') ending = { kind: 'done' };
      // Where a module runs, an error of ours may be one of its making: it spoils its own verdict and no other.
      if (event.kind === 'failed' && !request.module.builtIn) return fail(event);
      if (event.kind === 'stopped') ending = blame(event, request);
      if (event.kind === 'started' && event.check === null) {
        clearTimeout(timer);
        timer = setTimeout(expire, limit);
      }
      emit(event);
      // It has nothing more to say, and what it has left running nobody waits for.
      if (ending !== null) endChild(child);
    };
    line.on('data', (chunk: Buffer) => {
      if (ending !== null || thrown.length > 0) return;
      try {
        for (const message of reader.push(chunk)) {
          const event = eventSchema.safeParse(message);
          // With the right key, but not in our words: whatever computed it is no longer ours.
          if (!event.success) throw new ForgedMessage('a message that losscheck does not send');
          onEvent(event.data);
        }
      } catch (error) {
        if (error instanceof ForgedMessage) stop('forged-message', `it wrote on the line between losscheck and its process: ${error.message}`);
        else {
          thrown.push(error);
          endChild(child);
        }
      }
    });
    const settle = (): void => {
      clearTimeout(timer);
      unwatch();
      process.removeListener('exit', abandon);
    };
    const conclude = async (): Promise<void> => {
      try {
        const { code, signal } = await child.closed;
        if (thrown.length > 0) reject(thrown[0] as Error);
        else resolve(ending ?? howItEnded(code, signal, output.tail()));
      } catch (error) {
        reject(error as Error);
      } finally {
        settle();
      }
    };
    void conclude();
    // A parent that ends early, by Ctrl-C for instance, must not leave a loop running.
    process.once('exit', abandon);
    const { access, environment } = child.confinement;
    const opening = { request, withheld: environment.withheld, listed: access.listed, keptBack: access.keptBack, keepsCode };
    // The key goes first and in the clear: nothing of the module has run yet.
    line.write(Buffer.concat([key, frameOf(opening, key, 0)]));
  });
}

function stopped(code: EarlyEndCode, detail: string): Stop {
  return { kind: 'stopped', code, detail, location: null, frame: null, allow: null };
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null, said: string): Ending {
  if (/heap out of memory|Array buffer allocation failed/i.test(said)) return stopped('out-of-memory', '');
  return stopped('crashed', `its process ended with ${signal === null ? `exit code ${code}` : `signal ${signal}`}`);
}
