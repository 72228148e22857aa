import { accessSync, constants } from 'node:fs';
import { cacheFolder, makeFolder } from '../../cache.ts';
import { builtInRequest } from '../bundle.ts';
import type { Request } from '../messages.ts';
import { toRunOptions } from '../options.ts';
import { spawnChild, type Child } from './child-process.ts';
import { exchange } from './exchange.ts';

/**
 * What V8 has made of losscheck's scripts is kept between runs. A process in which a user's module ran may not write
 * it: the module could have a say in what the next run executes. So one that runs a loss of losscheck's own does.
 */

/** A small loss with which all of the code for a check runs. */
const SAMPLE = 'mse';

let warming: Promise<void> | null = null;

/** Begins it beside whatever else this process does, once; nothing depends on how it ends. */
export function warmUp({ confinement, kind }: Child): void {
  const cwd = process.cwd();
  // A machine that is thrown away after the run would work for nobody.
  if (warming !== null || isSet(process.env['CI']) || !isWritable(cacheFolder(cwd))) return;
  const child = spawnChild({ ...confinement, flags: [...confinement.flags, `--allow-fs-write=${cacheFolder(cwd)}`] }, kind);
  warming = keepCodeOf(child, requestFor(kind, cwd));
}

/** Resolves when nothing is being written down any more. */
export async function warmedUp(): Promise<void> {
  await warming;
}

async function keepCodeOf(child: Child, request: Promise<Request>): Promise<void> {
  try {
    await exchange(child, await request, { keepsCode: true, onCold: () => {} }, () => {});
  } catch {
    // It costs time and nothing else: the next run finds no code again, and tries again.
  }
}

async function requestFor(kind: Child['kind'], cwd: string): Promise<Request> {
  const common = { module: await builtInRequest([SAMPLE], { cwd, backend: null }), options: toRunOptions({ cwd, targets: [SAMPLE] }) };
  if (kind === 'verify') return { kind: 'verify', ...common, done: [] };
  return { kind: 'evaluate', ...common, inputs: { yPred: [0.25], yTrue: [1] }, precision: 64 };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false';
}

function isWritable(folder: string): boolean {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    // A cache that cannot be written stays empty.
    return false;
  }
}
