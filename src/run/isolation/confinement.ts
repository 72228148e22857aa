import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BackendChoice } from '../../contracts/backend.ts';
import { packageRoot } from '../../package-root.ts';
import { accessFor, type Access } from './access.ts';
import { environmentFor, type Environment } from './environment.ts';

/** What the process of a module may do. A process has it from its start: another one may do for a module only if theirs are the same. */
export interface Confinement {
  readonly flags: readonly string[];
  readonly access: Access;
  readonly environment: Environment;
  readonly maxMemory: number;
  /** Equal for equal confinements. */
  readonly key: string;
}

export interface ConfinementOptions {
  /** Absolute paths. */
  readonly allowRead: readonly string[];
  readonly allowEnv: readonly string[];
  /** Megabytes. */
  readonly maxMemory: number;
  readonly backend: BackendChoice;
}

/** Megabytes for the process of one module: ten times what a large loss takes. */
export const DEFAULT_MAX_MEMORY = 2048;

/** What a module may do when nobody says anything else. */
export const USUAL: ConfinementOptions = { allowRead: [], allowEnv: [], maxMemory: DEFAULT_MAX_MEMORY, backend: 'auto' };

/** @param from the module, or a folder where there is none */
export function confinementOf(from: string, { allowRead, allowEnv, maxMemory, backend }: ConfinementOptions): Confinement {
  const access = accessFor(from, allowRead);
  const flags = [
    permissionFlag(),
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
    // tfjs-node calls functions that Node has given up: whoever checks a loss cannot mend that.
    '--disable-warning=DEP0051',
    '--disable-warning=DEP0044',
    `--max-old-space-size=${maxMemory}`,
    ...access.readable.map((place) => `--allow-fs-read=${place}`),
    ...(backend !== 'cpu' && backend !== 'wasm' && hasNativeBackend(from) ? ['--allow-addons'] : []),
  ];
  return { flags, access, environment: environmentFor(allowEnv), maxMemory, key: JSON.stringify([flags, allowEnv]) };
}

/** Node 20 has it under the name it was tried out with. */
export function permissionFlag(): '--permission' | '--experimental-permission' {
  return process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
}

/** A native backend is a library that Node loads: only where there is one may libraries be loaded. */
function hasNativeBackend(from: string): boolean {
  return [path.dirname(from), packageRoot()].some((start) => {
    for (let folder = start; ; folder = path.dirname(folder)) {
      if (['tfjs-node', 'tfjs-node-gpu'].some((name) => existsSync(path.join(folder, 'node_modules', '@tensorflow', name)))) return true;
      if (folder === path.dirname(folder)) return false;
    }
  });
}
