import { readdirSync, readlinkSync, type Stats } from 'node:fs';
import path from 'node:path';
import { LoadError, UsageError } from '../contracts/errors.ts';
import { quote, showName } from '../contracts/shown.ts';
import { nearestNames } from './nearest.ts';
import { displayPath, resolveLinks, toSlashes } from './paths.ts';
import { statOf as statAt } from './text-file.ts';

/** One file to load. */
export interface FileTarget {
  /** Absolute. */
  readonly file: string;
  /** As reports and ids show it: relative to the working directory, forward slashes. */
  readonly displayPath: string;
  /** The part after '#': an export, or `name[0]` of an exported array; null for every loss of the file. */
  readonly exportName: string | null;
  /** True when a person named this file; false when a folder or glob found it, and it may hold no loss. */
  readonly explicit: boolean;
}

/** A target that leads nowhere. */
interface TargetError {
  /** What was typed. */
  readonly target: string;
  readonly error: LoadError;
}

export interface ResolvedTargets {
  readonly files: readonly FileTarget[];
  readonly builtins: readonly string[];
  readonly errors: readonly TargetError[];
}

/** What a folder is searched for. */
const SEARCHED = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];
/** JSX can be compiled as well, but no folder of components should be searched for losses. */
const LOADABLE = new Set([...SEARCHED, 'tsx', 'jsx']);
const PASSED_OVER = [
  '**/node_modules/**',
  '**/dist/**',
  '**/*.d.{ts,mts,cts}',
  '**/*.{test,spec}.*',
  '**/*.config.*',
  '**/*.conf.*',
];

/**
 * From what a person typed to files and built-in losses.
 *
 * A target with a path separator, an extension or '#', and anything that exists on disk, is a file, a
 * folder or a glob. The rest are ids of built-in losses. Order is kept, duplicates are removed; a target
 * that leads nowhere becomes an entry of `errors` and does not stop the others.
 *
 * @throws UsageError for a target without a letter, which a shell makes of a variable that holds nothing
 */
export async function resolveTargets(
  targets: readonly string[],
  cwd: string,
  builtinIds: readonly string[] = [],
): Promise<ResolvedTargets> {
  const files: FileTarget[] = [];
  const builtins = new Set<string>();
  const errors: TargetError[] = [];
  if (targets.some((target) => target.trim() === '')) {
    throw new UsageError('found an empty target, expected a file, a glob, a folder or the id of a built-in loss', 'A variable of the shell that holds nothing? For example: losscheck verify ./myloss.ts');
  }
  for (const target of new Set(targets)) {
    try {
      if (await isPath(target, cwd)) files.push(...(await filesOf(target, cwd)));
      else builtins.add(builtin(target, builtinIds));
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      errors.push({ target, error });
    }
  }
  return { files: withoutDuplicates(files), builtins: [...builtins], errors };
}

async function isPath(target: string, cwd: string): Promise<boolean> {
  if (target.length > LONGEST) throw notFound(`there is no file ${quote(target)}: a path has at most ${LONGEST} letters`);
  if (target.includes('\0')) throw notFound(`there is no file ${quote(target)}: no name holds a NUL`);
  return /[\\/#]/.test(target) || /\.[A-Za-z0-9]+$/.test(target) || (await isGlob(target)) || statOf(target, cwd) !== null;
}

/** Of no use to a file system, and dangerous to who reads globs. */
const LONGEST = 4096;

function notFound(message: string): LoadError {
  return new LoadError('file-not-found', message, { fix: 'Check the path and its spelling.' });
}

/** A name in which no letter means anything in a glob. */
const PLAIN = /^[\w./-]*$/;

async function isGlob(target: string): Promise<boolean> {
  if (PLAIN.test(target)) return false;
  const { isDynamicPattern } = await import('tinyglobby');
  return isDynamicPattern(target);
}

function statOf(target: string, cwd: string): Stats | null {
  return statAt(path.resolve(cwd, target));
}

function builtin(id: string, known: readonly string[]): string {
  if (known.includes(id)) return id;
  const near = nearestNames(id, known);
  const suggestion = near.length > 0 ? ` Did you mean ${near.join(', ')}?` : '';
  throw new LoadError('unknown-loss', `no built-in loss is called "${showName(id)}".${suggestion}`, {
    fix: `For a file of yours write a path: ./${showName(id)}.ts. \`losscheck list\` shows the built-in losses.`,
  });
}

async function filesOf(target: string, cwd: string): Promise<readonly FileTarget[]> {
  const { location, exportName } = splitExport(target, cwd);
  const stats = statOf(location, cwd);
  if (stats?.isDirectory()) {
    const folder = path.resolve(cwd, location);
    const found = await search([`**/*.{${SEARCHED.join(',')}}`], folder);
    if (found.length === 0) throw noFiles(`the folder ${showName(location)} holds no file that could be a loss`);
    return found.map((file) => fileTarget(file, exportName, false, cwd));
  }
  if (stats !== null) {
    requireLoadable(location, stats);
    return [fileTarget(path.resolve(cwd, location), exportName, true, cwd)];
  }
  if (await isGlob(location)) {
    const found = (await search([toSlashes(location)], cwd)).filter((file) => LOADABLE.has(extensionOf(file)));
    if (found.length === 0) throw noFiles(`no file matches ${showName(location)}`);
    return found.map((file) => fileTarget(file, exportName, false, cwd));
  }
  throw fileNotFound(location, cwd);
}

/** Splits at the last '#', unless the whole is the name of a file: names may hold a '#'. */
function splitExport(target: string, cwd: string): { location: string; exportName: string | null } {
  const hash = target.lastIndexOf('#');
  if (hash < 0 || statOf(target, cwd) !== null) return { location: target, exportName: null };
  const location = target.slice(0, hash);
  const exportName = target.slice(hash + 1);
  if (location === '' || exportName === '') {
    throw new LoadError('file-not-found', `"${showName(target)}" is not complete`, {
      fix: 'Write file#export, for example ./myloss.ts#focal.',
    });
  }
  return { location, exportName };
}

async function search(patterns: readonly string[], folder: string): Promise<readonly string[]> {
  const { glob } = await import('tinyglobby');
  const found = await glob(patterns, {
    cwd: folder,
    absolute: true,
    dot: false,
    expandDirectories: false,
    ignore: PASSED_OVER,
  });
  return found.map((file) => path.normalize(file)).sort();
}

function requireLoadable(location: string, stats: Stats): void {
  if (!stats.isFile()) {
    throw new LoadError('unsupported-file', `${showName(location)} is neither a file nor a folder`, {
      fix: 'Name a TypeScript or JavaScript file.',
    });
  }
  if (/\.d\.[mc]?ts$/.test(location)) {
    throw new LoadError('unsupported-file', `${showName(location)} holds only types`, {
      fix: 'Name the file that holds the code.',
    });
  }
  if (!LOADABLE.has(extensionOf(location))) {
    throw new LoadError('unsupported-file', `${showName(location)} is neither TypeScript nor JavaScript`, {
      fix: `Name a file that ends in ${SEARCHED.map((extension) => `.${extension}`).join(', ')}.`,
    });
  }
}

function extensionOf(file: string): string {
  return path.extname(file).slice(1).toLowerCase();
}

function noFiles(message: string): LoadError {
  const extensions = SEARCHED.map((extension) => `.${extension}`).join(', ');
  return new LoadError('no-files', message, {
    fix:
      `Looked for ${extensions}, passing over node_modules, dist, hidden folders, tests, configs and type ` +
      'declarations. Name the file itself to check it anyway.',
  });
}

function fileNotFound(location: string, cwd: string): LoadError {
  const folder = path.dirname(path.resolve(cwd, location));
  const shown = showName(location);
  if (statAt(folder)?.isDirectory() !== true) {
    const base = cwd === process.cwd() ? 'the current folder' : 'the working directory';
    return new LoadError('file-not-found', `there is no file ${shown}: its folder does not exist`, {
      fix: `Check the path. It is relative to ${base}.`,
    });
  }
  const name = path.basename(location);
  const target = linkAt(path.join(folder, name));
  if (target !== null) {
    return new LoadError('file-not-found', `${shown} is a link to ${showName(target)}, which leads nowhere`, {
      fix: 'Mend the link, or name the file itself.',
    });
  }
  const names = namesIn(folder);
  const sameStem = names.find((other) => LOADABLE.has(extensionOf(other)) && path.parse(other).name === name);
  const near = sameStem ?? nearestNames(name, names, 1)[0];
  const suggestion = near === undefined ? '' : `; did you mean ${toSlashes(path.join(path.dirname(location), near))}?`;
  return new LoadError('file-not-found', `there is no file ${shown}${suggestion}`, {
    fix: 'Check the path and its spelling.',
  });
}

/** None where nobody may look. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Where a link leads; null for what is none. */
function linkAt(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
}

function fileTarget(file: string, exportName: string | null, explicit: boolean, cwd: string): FileTarget {
  return { file, displayPath: displayPath(file, cwd), exportName, explicit };
}

/** One entry per file and export. A file that is wanted whole needs no entry for one of its exports. */
function withoutDuplicates(files: readonly FileTarget[]): readonly FileTarget[] {
  const unique = new Map<string, FileTarget>();
  for (const target of files) {
    const key = `${resolveLinks(target.file)}#${target.exportName ?? ''}`;
    const earlier = unique.get(key);
    unique.set(key, { ...(earlier ?? target), explicit: target.explicit || earlier?.explicit === true });
  }
  return [...unique]
    .filter(([, { file, exportName }]) => {
      return exportName === null || !unique.has(`${resolveLinks(file)}#`);
    })
    .map(([, target]) => target);
}
