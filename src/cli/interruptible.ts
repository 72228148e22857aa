import { EXIT } from '../contracts/errors.ts';
import type { Terminal } from './terminal.ts';

export interface InterruptOptions {
  /**
   * True when user code runs in this process. It may block the event loop, and a handler could then
   * never run: without one Ctrl-C ends the process at once, which shells report as 130 too.
   */
  readonly inProcess: boolean;
  /** Tidies the screen before the process ends. */
  readonly onInterrupt?: () => void;
}

/**
 * Runs `work` with stdout kept clean for the report, and ends with 130 on Ctrl-C, SIGTERM and SIGHUP: from now on to the
 * end of the process, for the reports that are written next must be whole or not there.
 */
export async function interruptible<T>(
  terminal: Terminal,
  options: InterruptOptions,
  work: () => Promise<T>,
): Promise<T> {
  const restore = terminal.divertStdout();
  if (!options.inProcess) terminal.onInterrupt(() => void interrupt(terminal, options));
  try {
    return await work();
  } finally {
    restore();
  }
}

async function interrupt(terminal: Terminal, { onInterrupt }: InterruptOptions): Promise<void> {
  onInterrupt?.();
  await terminal.writeError('interrupted\n');
  terminal.exit(EXIT.interrupted);
}
