import type { ChildProcess } from 'node:child_process';
import { spawnChild } from '../run/spawn.ts';
import { statOf } from '../load/text-file.ts';
import { keepCodeFor, loadScript } from '../scripts.ts';

/** What a command asks of the process that a user's module runs in. */
const ASKED = { verify: 'verify', eval: 'evaluate', selftest: 'selftest' } as const;

interface Program {
  start(child: ChildProcess | null): Promise<void>;
}

/**
 * Starts the program. The process that a user's file will run in starts first, so that it loads while this one
 * does; reading the command line properly is left to the program, and a process too many is only ended.
 */
export async function launch(argv: readonly string[]): Promise<void> {
  const [command = ''] = argv;
  const kind = isAsking(command) && argv.some(isFile) && !isInProcess(argv) ? ASKED[command] : null;
  const child = kind === null ? null : early(spawnChild(kind));
  keepCodeFor(`${isAsking(command) ? command : 'other'}${child === null ? '' : ' in a child'}`);
  const program = loadScript('program/main.cjs') as Program;
  await program.start(child);
}

function isAsking(command: string): command is keyof typeof ASKED {
  return command in ASKED;
}

function isFile(argument: string): boolean {
  const file = argument.split('#', 1)[0] ?? '';
  return /\.[mc]?[jt]sx?$/.test(file) && statOf(file)?.isFile() === true;
}

function isInProcess(argv: readonly string[]): boolean {
  return argv.some((argument, index) => argument === '--isolate=off' || (argument === '--isolate' && argv[index + 1] === 'off'));
}

function early(child: ChildProcess): ChildProcess {
  // One that cannot start is not used; starting the next one says why.
  child.on('error', () => {});
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}
