import { isatty } from 'node:tty';
import { UsageError } from '../contracts/errors.ts';
import { reasonOf } from '../load/system-error.ts';

/** What the command line knows of the world around it. Tests give their own. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdinIsTty: boolean;
  readonly stdoutIsTty: boolean;
  readonly stderrIsTty: boolean;
  readonly stdoutColumns: number;
  readonly stderrColumns: number;
  /** Resolves when the text has left this process; quietly when nobody reads any more. */
  writeOut(text: string): Promise<void>;
  writeError(text: string): Promise<void>;
  /**
   * Sends to stderr what anyone else writes to stdout (the `console.log` of a loss), so that stdout
   * holds the report and nothing else.
   *
   * @returns ends it
   */
  divertStdout(): () => void;
  /** Calls the handler once on Ctrl-C, when the terminal is closed, and when the process is asked to end. */
  onInterrupt(handler: () => void): void;
  /** Ends the process at once. For interrupts; everything else returns its exit code. */
  exit(code: number): void;
}

const DEFAULT_COLUMNS = 80;
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  const terminals = [0, 1, 2].filter((stream) => isatty(stream));
  const writeStdout = stdout.write.bind(stdout);
  stdout.on('error', leaveToWriter);
  stderr.on('error', leaveToWriter);
  return {
    cwd: process.cwd(),
    env: process.env,
    // Looking at process.stdin would open it.
    stdinIsTty: terminals.includes(0),
    stdoutIsTty: stdout.isTTY === true,
    stderrIsTty: stderr.isTTY === true,
    // Some pseudo-terminals report a width of 0.
    stdoutColumns: stdout.columns || DEFAULT_COLUMNS,
    stderrColumns: stderr.columns || DEFAULT_COLUMNS,
    writeOut: (text) => flushed((done) => writeStdout(text, done)),
    writeError: (text) => flushed((done) => stderr.write(text, done)),
    divertStdout() {
      const original = stdout.write;
      stdout.write = (...parameters: [string | Uint8Array, ...unknown[]]) => {
        const done = parameters.find((each): each is () => void => typeof each === 'function');
        return stderr.write(parameters[0], done);
      };
      return () => {
        stdout.write = original;
      };
    },
    onInterrupt(handler) {
      for (const signal of ENDING) process.once(signal, handler);
    },
    exit(code) {
      // Node aborts, with a core dump, where it cannot reset a terminal that was closed. Everyone else tidies up first.
      if (terminals.some((stream) => !isatty(stream))) process.once('exit', () => process.kill(process.pid, 'SIGKILL'));
      process.exit(code);
    },
  };
}

function flushed(write: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    write((error) => {
      if (error === undefined || error === null || isClosedPipe(error)) resolve();
      else reject(new UsageError(`cannot write the report to stdout (${reasonOf(error)})`, 'A full disk? --reporter name:path writes to a file.'));
    });
  });
}

/** Whoever writes is told of it: without a listener the process would end as well. */
function leaveToWriter(): void {}

/** `losscheck list | head` closes the pipe early: that is the reader's choice and no error. A closed terminal fails with EIO. */
function isClosedPipe(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'EIO');
}
