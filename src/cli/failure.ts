import { CommanderError } from 'commander';
import { EvaluationError, EXIT, LoadError, UsageError, type ExitCode } from '../contracts/errors.ts';
import type { CodeFrame, SourceLocation } from '../contracts/source.ts';
import { showName } from '../contracts/shown.ts';
import { formatLocation, renderFrame } from '../reporters/frame.ts';
import { createLayout } from '../reporters/style.ts';
import { clean } from '../reporters/text.ts';
import { packageVersion } from '../package-root.ts';

/** Errors are the same in a terminal and in a log. */
const LAYOUT = createLayout({ color: false, width: 80 });

export interface Failure {
  readonly exitCode: ExitCode;
  /** For stderr. */
  readonly text: string;
}

/**
 * Turns whatever ended a command into words and an exit code.
 *
 * @param debug adds the stack of an unexpected error (LOSSCHECK_DEBUG=1)
 */
export function describeFailure(error: unknown, debug: boolean): Failure {
  if (error instanceof UsageError) {
    return {
      exitCode: EXIT.usage,
      text: lines(`error: ${error.message}`, error.hint === null ? null : indent(error.hint)),
    };
  }
  if (error instanceof CommanderError) return { exitCode: EXIT.usage, text: lines(describeCommanderError(error)) };
  if (error instanceof LoadError) {
    // As in a report: what a module declares about its losses is configuration.
    const exitCode = error.code === 'invalid-metadata' ? EXIT.usage : EXIT.load;
    return { exitCode, text: describeTargetError(error, error.frame) };
  }
  if (error instanceof EvaluationError) return { exitCode: error.exitCode, text: describeTargetError(error, null) };
  return { exitCode: EXIT.internal, text: describeBug(error, debug) };
}

/** Commander puts its suggestion on a line of its own; usage errors are one line here. */
function describeCommanderError(error: CommanderError): string {
  const [message = '', ...suggestion] = error.message.split('\n');
  return [message, ...suggestion.map((line) => line.replace(/^\(Did/, '(did'))].map(showName).join(' ');
}

interface TargetError {
  readonly message: string;
  readonly fix: string;
  readonly location: SourceLocation | null;
}

/** An error about the user's file: what, where, and how to mend it. */
function describeTargetError({ message, fix, location }: TargetError, frame: CodeFrame | null): string {
  return lines(
    `error: ${message}`,
    ...(location === null ? [] : describePlace(location, frame)),
    indent(`fix: ${fix}`),
  );
}

function describePlace(place: SourceLocation, frame: CodeFrame | null): string[] {
  const location = { ...place, op: null, frame };
  return [formatLocation(location), ...renderFrame(location, LAYOUT)].map(indent);
}

function describeBug(error: unknown, debug: boolean): string {
  const isError = error instanceof Error;
  const message = isError ? `${error.name}: ${error.message}` : String(error);
  const stack = debug && isError ? (error.stack ?? null) : null;
  return lines(
    'error: this is a bug in losscheck, not in your loss',
    indent(message),
    indent(`losscheck ${packageVersion()}, Node.js ${process.versions.node}, ${process.platform} ${process.arch}`),
    stack === null
      ? indent('Please report these lines with the command you ran; LOSSCHECK_DEBUG=1 adds the stack.')
      : indent('Please report these lines with the command you ran.'),
    stack,
  );
}

function indent(text: string): string {
  return `  ${text}`;
}

function lines(...parts: readonly (string | null)[]): string {
  return `${parts
    .filter((part) => part !== null)
    .map(clean)
    .join('\n')}\n`;
}
