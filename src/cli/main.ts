import { CommanderError } from 'commander';
import { EXIT, UsageError, type ExitCode } from '../contracts/errors.ts';
import type { Outcome } from './command-context.ts';
import { describeFailure } from './failure.ts';
import { spellOutChanged } from './flags/many.ts';
import { createProgram } from './program.ts';
import { services as realServices, type Services } from './services.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/**
 * Runs one command line, without the name of the program.
 *
 * @returns the exit code, once everything written has left the process
 */
export async function main(argv: readonly string[], terminal: Terminal, services: Services): Promise<ExitCode> {
  try {
    const { stdout, exitCode } = await runCommand(argv, terminal, services);
    if (stdout !== '') await terminal.writeOut(stdout);
    return exitCode;
  } catch (error) {
    const failure = describeFailure(error, terminal.env['LOSSCHECK_DEBUG'] === '1');
    await terminal.writeError(failure.text);
    return failure.exitCode;
  }
}

async function runCommand(argv: readonly string[], terminal: Terminal, services: Services): Promise<Outcome> {
  let help = '';
  const finished: Outcome[] = [];
  const context = { terminal, services, finish: (outcome: Outcome) => void finished.push(outcome) };
  const collect = (text: string) => void (help += text);
  try {
    await createProgram(context, { out: collect, error: collect }).parseAsync(spellOutChanged(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { stdout: help, exitCode: EXIT.passed };
    if (argv.length > 0) throw withHint(error, argv);
    await terminal.writeError(`error: no command given\n\n${help}`);
    return { stdout: '', exitCode: EXIT.usage };
  }
  const [outcome] = finished;
  if (outcome === undefined) throw new Error(`the command ended without an outcome: ${argv.join(' ')}`);
  return outcome;
}

/** `losscheck ./myloss.ts` is what people type first: it says what to type instead. */
function withHint(error: CommanderError, argv: readonly string[]): Error {
  const [first = ''] = argv;
  const isUnknownCommand = error.code === 'commander.unknownCommand';
  if (!isUnknownCommand || error.message.includes('\n')) return error;
  return new UsageError(
    `unknown command '${first}', expected verify, merge, eval, list, explain or selftest; to check a loss: losscheck verify ${first}`,
  );
}

/** Entry of the executable: runs the command line of this process and ends it. */
export async function start(): Promise<void> {
  const terminal = processTerminal();
  const onBug = (error: unknown) => {
    const failure = describeFailure(error, terminal.env['LOSSCHECK_DEBUG'] === '1');
    void terminal.writeError(failure.text).then(() => terminal.exit(failure.exitCode));
  };
  process.once('uncaughtException', onBug);
  process.once('unhandledRejection', onBug);
  const exitCode = await main(process.argv.slice(2), terminal, realServices);
  // All output has drained by now. A timer that a module left open must not keep the run alive.
  terminal.exit(exitCode);
}
