import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { UsageError } from '../../contracts/errors.ts';
import { quote } from '../../contracts/shown.ts';
import { toSlashes } from '../../load/paths.ts';
import { reasonOf } from '../../load/system-error.ts';
import { FileProblem, parseJson } from '../../load/text-file.ts';
import { holdsCode } from './look.ts';
import { findPackageManager, type PackageManager } from './package-managers.ts';

/** What `init` knows of a project before it asks anything. */
export interface Project {
  /** Absolute. */
  readonly folder: string;
  /** Text of package.json. */
  readonly manifest: string;
  readonly manager: PackageManager;
  /** Relative to the repository; null where nothing is locked. */
  readonly lockFile: string | null;
  readonly isTypeScript: boolean;
  /** What a loss of this project imports. */
  readonly tfjs: string;
  readonly hasTfjs: boolean;
  readonly hasLosscheck: boolean;
  /** Root of the git repository, absolute; the project's own folder where there is none. */
  readonly repository: string;
  readonly isInGit: boolean;
  /** A folder that holds losses already, relative to the project; null for none. */
  readonly losses: string | null;
  readonly hosting: 'github' | 'gitlab';
  readonly usesHusky: boolean;
}

/** Where people keep their losses, likeliest first. */
const LOSS_FOLDERS = ['src/losses', 'src/loss', 'losses', 'lib/losses', 'app/losses', 'src/lib/losses'];
/** The package that a loss imports, the most specific first: a project with tfjs-node trains with it. */
const TFJS_PACKAGES = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs', '@tensorflow/tfjs-core'];

/** @throws UsageError where there is no project, or one whose package.json cannot be read */
export function readProject(folder: string, given: string): Project {
  const manifest = readManifest(folder, given);
  const fields = parseManifest(manifest, given);
  const dependencies = namesIn(fields, ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']);
  const root = findUp(folder, '.git');
  const repository = root ?? folder;
  const declared = fields['packageManager'];
  const hasLosscheck = dependencies.includes('losscheck') || fields['name'] === 'losscheck';
  const { manager, lockFile } = findPackageManager(folder, typeof declared === 'string' ? declared : null, !hasLosscheck);
  const tfjs = TFJS_PACKAGES.find((name) => dependencies.includes(name)) ?? null;
  return {
    folder,
    manifest,
    manager,
    lockFile: lockFile === null ? null : toSlashes(relative(repository, lockFile)),
    isTypeScript: dependencies.includes('typescript') || existsSync(join(folder, 'tsconfig.json')) || existsSync(join(repository, 'tsconfig.json')),
    tfjs: tfjs ?? '@tensorflow/tfjs',
    hasTfjs: tfjs !== null,
    hasLosscheck,
    repository,
    isInGit: root !== null,
    losses: LOSS_FOLDERS.find((name) => holdsCode(join(folder, name))) ?? null,
    hosting: isOnGitlab(repository) ? 'gitlab' : 'github',
    usesHusky: dependencies.includes('husky') || existsSync(join(repository, '.husky')),
  };
}

function readManifest(folder: string, given: string): string {
  try {
    return readFileSync(join(folder, 'package.json'), 'utf8');
  } catch (error) {
    throw new UsageError(
      `init: cannot read package.json in ${quote(given)} (${reasonOf(error)}), expected the folder of a project`,
      'Make it one first: npm init -y',
    );
  }
}

function parseManifest(text: string, given: string): Readonly<Record<string, unknown>> {
  try {
    const parsed = parseJson(text.replace(/^\uFEFF/, ''));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw new UsageError(`init: package.json in ${quote(given)} ${error.message}`, 'Mend it first.');
  }
  throw new UsageError(`init: package.json in ${quote(given)} holds no object`, 'Mend it first.');
}

function namesIn(fields: Readonly<Record<string, unknown>>, kinds: readonly string[]): readonly string[] {
  return kinds.flatMap((kind) => Object.keys(fields[kind] ?? {}));
}

function findUp(folder: string, name: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return at;
    if (dirname(at) === at) return null;
  }
}

function isOnGitlab(repository: string): boolean {
  if (existsSync(join(repository, '.gitlab-ci.yml'))) return true;
  const config = join(repository, '.git', 'config');
  return !existsSync(join(repository, '.github')) && existsSync(config) && /url = .*gitlab/.test(readFileSync(config, 'utf8'));
}
