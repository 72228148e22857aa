import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { cacheFolder } from '../../cache.ts';
import { packageRoot } from '../../package-root.ts';
import { WITHOUT_OPTIMISER } from '../tiering.ts';
import type { Confinement } from './confinement.ts';
import { LINE_FD } from './frames.ts';

/** What is asked of a child decides which of its code has been compiled: each kind finds its own. */
export type ChildKind = 'verify' | 'evaluate';

/** A process for one module of a user, confined from its start; it waits for its request. */
export interface Child {
  readonly process: ChildProcess;
  /** Carries messages both ways. */
  readonly line: Duplex;
  readonly confinement: Confinement;
  readonly kind: ChildKind;
  /** How it ended, once all that it said has been read. Listened for from the start: it may end before it is asked. */
  readonly closed: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

let ready: Child | null = null;

/** Starts the process that a module will run in; loading its code overlaps with bundling in this one. */
export function startChild(confinement: Confinement, kind: ChildKind = 'verify'): Child {
  const child = ready;
  ready = null;
  if (child === null) return spawnChild(confinement, kind);
  if (child.confinement.key === confinement.key && isWaiting(child)) return child;
  endChild(child);
  return spawnChild(confinement, kind);
}

/** Takes over a process that was started before the program was loaded: the next `startChild` gives it out. */
export function adoptChild(child: Child): void {
  ready = child;
}

export function spawnChild(confinement: Confinement, kind: ChildKind): Child {
  // Not imported: most of Node's networking comes with it, and a built-in loss needs none.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const script = path.join(packageRoot(), 'dist', 'program', 'child.cjs');
  const flags = [...confinement.flags, '--stack-trace-limit=50', ...(kind === 'verify' ? [WITHOUT_OPTIMISER] : [])];
  const child = spawn(process.execPath, [...flags, script, kind], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // It may not look for the folder itself: that would be reading outside of the project.
    env: { ...confinement.environment.passed, LOSSCHECK_CACHE: cacheFolder(process.cwd()) },
    // A group of its own, so that nothing it may have started outlives it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const line = child.stdio[LINE_FD] as Duplex;
  // A child that ends before it has read its request breaks the line; its end says why.
  line.on('error', () => {});
  const closed = new Promise<Awaited<Child['closed']>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  // Who asks is told; a child that nobody asks is nobody's.
  closed.catch(() => {});
  return { process: child, line, confinement, kind, closed };
}

export function isWaiting({ process: { pid, exitCode, signalCode } }: Child): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** Ends a child at once, with its whole process group. */
export function endChild({ process: child }: Child): void {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself meanwhile, or has not yet got as far as its group.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    child.kill('SIGKILL');
  }
}
