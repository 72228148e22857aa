import path from 'node:path';
import { statOf } from '../load/text-file.ts';
import { endChild, spawnChild, type Child } from '../run/isolation/child-process.ts';
import { confinementOf, USUAL } from '../run/isolation/confinement.ts';
import { keepCodeFor, loadScript } from '../scripts.ts';

/** What a command asks of the process that a user's module runs in. */
const ASKED = { verify: 'verify', eval: 'evaluate', selftest: 'verify' } as const;

interface Program {
  start(child: Child | null): Promise<void>;
}

/**
 * Starts the program. The process that a user's file will run in starts first, so that it loads while this one
 * does; reading the command line properly is left to the program, and a process too many is only ended.
 */
export async function launch(argv: readonly string[]): Promise<void> {
  const [command = ''] = argv;
  const file = isAsking(command) && !isUnusual(argv) ? argv.map(fileOf).find((each) => each !== null) : undefined;
  const child = file == null || !isAsking(command) ? null : early(spawnChild(confinementOf(file, USUAL), ASKED[command]));
  keepCodeFor(`${isAsking(command) ? command : 'other'}${child === null ? '' : ' in a child'}`);
  const program = loadScript('program/main.cjs') as Program;
  await program.start(child);
}

function isAsking(command: string): command is keyof typeof ASKED {
  return command in ASKED;
}

function fileOf(argument: string): string | null {
  const file = argument.split('#', 1)[0] ?? '';
  return /\.[mc]?[jt]sx?$/.test(file) && statOf(file)?.isFile() === true ? path.resolve(file) : null;
}

/** Flags that say what a module may do: without them, and without a config, every module may do the same. */
function isUnusual(argv: readonly string[]): boolean {
  return argv.some((argument) => /^--(isolate|max-memory|allow-read|allow-env|backend)\b/.test(argument));
}

function early(child: Child): Child {
  // One that cannot start is not used; starting the next one says why.
  child.process.on('error', () => {});
  process.once('exit', () => endChild(child));
  return child;
}
