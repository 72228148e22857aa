import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How a package manager is spoken to. */
export interface PackageManager {
  /** Installs exactly what the lock file says. */
  readonly install: string;
  /** Runs a program of the project. */
  readonly exec: string;
  /** Adds a package that only development needs. */
  readonly add: string;
  /** Makes the package manager itself available where only Node.js is; null where it comes with Node.js. */
  readonly setup: string | null;
  /** What actions/setup-node can keep between runs without the package manager being there before it. */
  readonly cache: string | null;
}

const NPM: PackageManager = { install: 'npm ci', exec: 'npx', add: 'npm install --save-dev', setup: null, cache: 'npm' };
/** `npm ci` refuses to work without a lock file. */
const NPM_WITHOUT_LOCK: PackageManager = { ...NPM, install: 'npm install', cache: null };
const PNPM: PackageManager = { install: 'pnpm install --frozen-lockfile', exec: 'pnpm exec', add: 'pnpm add --save-dev', setup: 'corepack enable', cache: null };
const YARN: PackageManager = { install: 'yarn install --immutable', exec: 'yarn', add: 'yarn add --dev', setup: 'corepack enable', cache: null };
const YARN_CLASSIC: PackageManager = { ...YARN, install: 'yarn install --frozen-lockfile' };
const BUN: PackageManager = { install: 'bun install --frozen-lockfile', exec: 'bunx', add: 'bun add --dev', setup: 'npm install --global bun', cache: null };

const LOCK_FILES = {
  'package-lock.json': NPM,
  'npm-shrinkwrap.json': NPM,
  'pnpm-lock.yaml': PNPM,
  'yarn.lock': YARN,
  'bun.lock': BUN,
  'bun.lockb': BUN,
} as const;

export interface Found {
  readonly manager: PackageManager;
  /** Absolute; null where nothing is locked. */
  readonly lockFile: string | null;
}

/**
 * The package manager of a project: what its lock file belongs to, here or in a folder above; else the one that
 * package.json names; else npm.
 *
 * @param declared `packageManager` of package.json: `pnpm@9.1.0`
 * @param locksSoon whether something is still to be installed, after which npm has a lock file
 */
export function findPackageManager(folder: string, declared: string | null, locksSoon: boolean): Found {
  for (let at = folder; ; at = dirname(at)) {
    for (const [name, manager] of Object.entries(LOCK_FILES)) {
      const lockFile = join(at, name);
      if (existsSync(lockFile)) return { manager: manager === YARN ? yarnOf(at, declared) : manager, lockFile };
    }
    if (existsSync(join(at, '.git')) || dirname(at) === at) break;
  }
  const manager = managerNamed(declared);
  if (manager !== NPM_WITHOUT_LOCK || !locksSoon) return { manager, lockFile: null };
  return { manager: NPM, lockFile: join(folder, 'package-lock.json') };
}

function yarnOf(folder: string, declared: string | null): PackageManager {
  const isModern = existsSync(join(folder, '.yarnrc.yml')) || (declared !== null && /^yarn@[^01]/.test(declared));
  return isModern ? YARN : YARN_CLASSIC;
}

function managerNamed(declared: string | null): PackageManager {
  const name = declared?.split('@', 1)[0];
  if (name === 'pnpm') return PNPM;
  if (name === 'yarn') return declared?.startsWith('yarn@1') === true ? YARN_CLASSIC : YARN;
  return name === 'bun' ? BUN : NPM_WITHOUT_LOCK;
}
