import type { ExitCode } from '../contracts/errors.ts';
import type { Services } from './services.ts';
import type { Terminal } from './terminal.ts';

/** What a command leaves behind: the texts for stdout and stderr, written once at the end, and the exit code. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr?: string;
  readonly exitCode: ExitCode;
}

export interface CommandContext {
  readonly terminal: Terminal;
  readonly services: Services;
  /** Called by a command when it is done. */
  finish(outcome: Outcome): void;
}
