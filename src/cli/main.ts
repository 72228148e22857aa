import { CommanderError } from 'commander';
import { EXIT, UsageError, type ExitCode } from '../contracts/errors.ts';
import { adoptChild, type Child } from '../run/isolation/child-process.ts';
import { warmedUp } from '../run/isolation/warm.ts';
import { keepCode } from '../scripts.ts';
import type { Outcome } from './command-context.ts';
import type { Failure } from './failure.ts';
import { spellOutChanged } from './flags/many.ts';
import { createProgram } from './program.ts';
import { services as realServices, type Services } from './services.ts';
import { joinAlternatives } from './suggestion.ts';
import { quote, showName } from '../contracts/shown.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/**
 * Runs one command line, without the name of the program.
 *
 * @returns the exit code, once everything written has left the process
 */
export async function main(argv: readonly string[], terminal: Terminal, services: Services): Promise<ExitCode> {
  try {
    const { stdout, stderr = '', exitCode } = await runCommand(argv, terminal, services);
    if (stdout !== '') await terminal.writeOut(stdout);
    if (stderr !== '') await terminal.writeError(stderr);
    return exitCode;
  } catch (error) {
    const failure = await describe(error, terminal);
    await terminal.writeError(failure.text);
    return failure.exitCode;
  }
}

async function endWith(error: unknown, terminal: Terminal): Promise<void> {
  const { text, exitCode } = await describe(error, terminal);
  await terminal.writeError(text);
  terminal.exit(exitCode);
}

/** The words for errors are loaded when there is one. */
async function describe(error: unknown, { env }: Terminal): Promise<Failure> {
  const { describeFailure } = await import('./failure.ts');
  return describeFailure(error, env['LOSSCHECK_DEBUG'] === '1');
}

async function runCommand(argv: readonly string[], terminal: Terminal, services: Services): Promise<Outcome> {
  let help = '';
  const finished: Outcome[] = [];
  const context = { terminal, services, finish: (outcome: Outcome) => void finished.push(outcome) };
  const collect = (text: string) => void (help += text);
  const program = createProgram(context, { out: collect, error: collect });
  try {
    requireNoContradiction(argv);
    await program.parseAsync(spellOutChanged(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { stdout: help, exitCode: EXIT.passed };
    if (error.code === 'commander.help' && argv.length > 0) {
      await terminal.writeError(`error: ${showName(argv.join(' '))}: which one?\n\n${help}`);
      return { stdout: '', exitCode: EXIT.usage };
    }
    if (argv.length > 0) throw withHint(error, argv, program.commands.map((command) => command.name()));
    await terminal.writeError(`error: no command given\n\n${help}`);
    return { stdout: '', exitCode: EXIT.usage };
  }
  const [outcome] = finished;
  if (outcome === undefined) throw new Error(`the command ended without an outcome: ${argv.join(' ')}`);
  return outcome;
}

/** Flags with a file, and those that say there is none: the last one would win without a word. */
const EITHER_OR = ['config', 'baseline'] as const;

function requireNoContradiction(argv: readonly string[]): void {
  const flags = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const both = EITHER_OR.find((name) => flags.includes(`--no-${name}`) && flags.some((flag) => flag === `--${name}` || flag.startsWith(`--${name}=`)));
  if (both !== undefined) throw new UsageError(`--${both} and --no-${both} exclude each other; leave one out`);
}

/** `losscheck ./myloss.ts` is what people type first: it says what to type instead. */
function withHint(error: CommanderError, argv: readonly string[], commands: readonly string[]): Error {
  const [first = ''] = argv;
  const isUnknownCommand = error.code === 'commander.unknownCommand';
  if (!isUnknownCommand || error.message.includes('\n')) return error;
  // Below a command that has some of its own.
  if (commands.includes(first)) return new UsageError(`${first}: unknown command ${quote(argv[1] ?? '')}`, `losscheck ${first} --help shows those that there are`);
  return new UsageError(
    `unknown command ${quote(first)}, expected ${joinAlternatives(commands)}; to check a loss: losscheck verify ${showName(first)}`,
  );
}

/** The code that a run of a few checks needed would lack that of the others. */
function isWhole(argv: readonly string[]): boolean {
  return !argv.some((argument) => /^--(check|skip)\b/.test(argument));
}

/**
 * Entry of the executable: runs the command line of this process and ends it.
 *
 * @param child a process for a module that is started already
 */
export async function start(child: Child | null): Promise<void> {
  if (child !== null) adoptChild(child);
  const terminal = processTerminal();
  const onBug = (error: unknown) => {
    void endWith(error, terminal);
  };
  process.once('uncaughtException', onBug);
  process.once('unhandledRejection', onBug);
  // A gate that ends without a word would pass.
  const onSilence = () => onBug(new Error('it waits for something that never comes'));
  process.once('beforeExit', onSilence);
  const argv = process.argv.slice(2);
  const exitCode = await main(argv, terminal, realServices);
  if (exitCode <= EXIT.failed && isWhole(argv)) keepCode();
  await warmedUp();
  // All output has drained by now. A timer that a module left open must not keep the run alive.
  terminal.exit(exitCode);
}
