import type { ChildProcess } from 'node:child_process';
import type { CodeFrame, SourceLocation } from '../contracts/source.ts';
import { eventSchema, type Emit, type Request } from './messages.ts';

/** How a child process ended that did not say it was done. */
export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'out-of-memory' }
  | { readonly kind: 'crashed'; readonly detail: string; readonly location: SourceLocation | null; readonly frame: CodeFrame | null };

/** Enough of the child's last words to know an allocation failure when it sees one. */
const KEPT_STDERR = 4096;

/**
 * Sends a request to a fresh child and passes on its events; `timeout` starts anew with each loss.
 *
 * @throws what `emit` throws, once the child has ended
 */
export function ask(child: ChildProcess, request: Request, timeoutSeconds: number, emit: Emit): Promise<Ending> {
  return new Promise((resolve, reject) => {
    let ending: Ending | null = null;
    const thrown: unknown[] = [];
    let stderr = '';
    const expire = (): void => {
      ending = { kind: 'timeout' };
      child.kill('SIGKILL');
    };
    const abandon = (): void => void child.kill('SIGKILL');
    // setTimeout takes 31 bits and fires at once beyond.
    const limit = Math.min(timeoutSeconds * 1000, 2 ** 31 - 1);
    let timer = setTimeout(expire, limit);
    child.stderr?.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk);
      stderr = (stderr + chunk.toString('utf8')).slice(-KEPT_STDERR);
    });
    child.on('message', (message: unknown) => {
      const parsed = eventSchema.safeParse(message);
      if (!parsed.success) {
        ending = { kind: 'crashed', detail: 'it sent a message that losscheck does not know', location: null, frame: null };
        child.kill('SIGKILL');
        return;
      }
      const event = parsed.data;
      if (event.kind === 'done') ending = { kind: 'done' };
      if (event.kind === 'crashed') ending = event;
      if (event.kind === 'started' && event.check === null) {
        clearTimeout(timer);
        timer = setTimeout(expire, limit);
      }
      try {
        emit(event);
      } catch (error) {
        thrown.push(error);
        child.kill('SIGKILL');
      }
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    // 'close' and not 'exit': messages and stderr may still be under way when the process has ended.
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      process.removeListener('exit', abandon);
      if (thrown.length > 0) reject(thrown[0] as Error);
      else resolve(ending ?? howItEnded(code, signal, stderr));
    });
    // A parent that ends early, by Ctrl-C for instance, must not leave a loop running.
    process.once('exit', abandon);
    child.send(request, (error) => {
      if (error !== null) child.kill('SIGKILL');
    });
  });
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null, stderr: string): Ending {
  if (/heap out of memory|Array buffer allocation failed/i.test(stderr)) return { kind: 'out-of-memory' };
  return { kind: 'crashed', detail: `its process ended with ${signal === null ? `exit code ${code}` : `signal ${signal}`}`, location: null, frame: null };
}
