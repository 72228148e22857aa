import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { lilconfig, type Loader } from 'lilconfig';
import { UsageError } from '../../contracts/errors.ts';
import { quote, showName } from '../../contracts/shown.ts';
import { displayPath } from '../paths.ts';
import { reasonOf } from '../system-error.ts';
import { FileProblem, readJson, statOf } from '../text-file.ts';

/** A config file before anybody has looked at what it says. */
export interface FoundConfig {
  readonly file: string;
  /** As messages show it. */
  readonly shown: string;
  /** The value of a JSON file; null for one that is code. */
  readonly value: unknown;
  readonly isCode: boolean;
}

const NAME = 'losscheck';
const CODE = ['ts', 'mts', 'js', 'mjs'];
/** What a config file may be called, in the order in which they are looked for. */
export const CONFIG_NAMES: readonly string[] = [...CODE, 'json'].map((extension) => `${NAME}.config.${extension}`);

/** Stands for a file that has to be run. */
const IS_CODE = { isCode: true };

/**
 * The config that holds for a folder: its own or that of the nearest folder above, up to the root of the repository
 * or, without one, of the package.
 *
 * @throws UsageError for a file that cannot be read or is no JSON
 */
export async function findConfig(cwd: string): Promise<FoundConfig | null> {
  const explorer = lilconfig(NAME, {
    searchPlaces: [...CONFIG_NAMES, 'package.json'],
    packageProp: NAME,
    stopDir: rootOf(cwd),
    cache: false,
    ignoreEmptySearchPlaces: false,
    loaders: { '.json': jsonLoader(cwd), ...Object.fromEntries(CODE.map((extension): [string, Loader] => [`.${extension}`, () => IS_CODE])) },
  });
  const found = await searched(() => explorer.search(cwd));
  if (found === null) {
    requireNoDeadLink(cwd);
    return null;
  }
  if (found.isEmpty === true) throw new UsageError(`${displayPath(found.filepath, cwd)}: the file is empty`, 'Write what it should hold, {} at least, or delete it.');
  return foundAt(found.filepath, found.config, cwd);
}

/** What the explorer cannot open (a folder with the name of a config) it throws as the system does. */
async function searched<T>(search: () => Promise<T>): Promise<T> {
  try {
    return await search();
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error) || !('code' in error)) throw error;
    throw new UsageError(`the config cannot be read (${reasonOf(error)}): ${showName(error.message)}`, 'A config is a file: make it one, or name another with --config.');
  }
}

/** A config that is a link to nowhere was meant to hold: passing it over would check by other rules. */
function requireNoDeadLink(cwd: string): void {
  for (const name of CONFIG_NAMES) {
    const file = path.join(cwd, name);
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true && statOf(file) === null) {
      throw new UsageError(`${displayPath(file, cwd)} is a link that leads nowhere`, 'Mend the link, delete it, or run with --no-config.');
    }
  }
}

/** @throws UsageError for a file that is not there, has another extension or is no JSON */
export function namedConfig(given: string, cwd: string): FoundConfig {
  const file = path.resolve(cwd, given);
  if (statOf(file)?.isFile() !== true) {
    throw new UsageError(`--config: there is no file ${quote(given)}`, 'Check the path, or write one: losscheck init');
  }
  const extension = path.extname(file).slice(1);
  if (CODE.includes(extension)) return foundAt(file, IS_CODE, cwd);
  if (extension !== 'json') throw new UsageError(`--config: found ${quote(given)}, expected a file ending in .${CODE.join(', .')} or .json`);
  const value: unknown = jsonLoader(cwd)(file);
  return foundAt(file, path.basename(file) === 'package.json' ? packageField(value) : value, cwd);
}

function foundAt(file: string, value: unknown, cwd: string): FoundConfig {
  const isCode = value === IS_CODE;
  return { file, shown: displayPath(file, cwd), value: isCode ? null : value, isCode };
}

function packageField(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, NAME) ?? {}) : {};
}

/** Reads the file itself: in UTF-16 it is another text than the explorer hands over. */
function jsonLoader(cwd: string): (file: string) => unknown {
  return (file) => {
    try {
      return readJson(file);
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      const more = error.message.startsWith('is no JSON') ? ' losscheck.config.ts may have both.' : '';
      throw new UsageError(`${displayPath(file, cwd)}: this file ${error.message}`, error.fix + more);
    }
  };
}

/** Above it nobody looks: a file in a folder that all share must not decide about a project. */
function rootOf(cwd: string): string {
  let nearestPackage: string | null = null;
  for (let at = cwd; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (nearestPackage === null && existsSync(path.join(at, 'package.json'))) nearestPackage = at;
    if (path.dirname(at) === at) return nearestPackage ?? cwd;
  }
}
