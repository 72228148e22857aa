import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../package-root.ts';
import type { Request } from './messages.ts';
import { WITHOUT_OPTIMISER } from './tiering.ts';

/** Processes for modules of users. */

let ready: ChildProcess | null = null;

/**
 * Starts the process that a module will run in; loading its code overlaps with bundling in this one.
 *
 * @param kind what it will be asked: it loads the code that answering took the last time
 */
export function startChild(kind: Request['kind'] = 'verify'): ChildProcess {
  const child = ready;
  ready = null;
  return child !== null && child.connected ? child : spawnChild(kind);
}

/** Takes over a process that was started before the program was loaded: the next `startChild` gives it out. */
export function adoptChild(child: ChildProcess): void {
  ready = child;
}

export function spawnChild(kind: Request['kind']): ChildProcess {
  // Not imported: most of Node's networking comes with it, and a built-in loss needs none.
  const { fork } = process.getBuiltinModule('node:child_process');
  const script = path.join(packageRoot(), 'dist', 'program', 'child.cjs');
  // Whatever the module prints goes to stderr: stdout belongs to the report.
  return fork(script, [kind], { serialization: 'advanced', stdio: ['ignore', 2, 'pipe', 'ipc'], execArgv: ['--stack-trace-limit=50', ...(kind === 'verify' ? [WITHOUT_OPTIMISER] : [])] });
}
