import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { lilconfig, type Loader } from 'lilconfig';
import { UsageError } from '../../contracts/errors.ts';
import { displayPath } from '../paths.ts';
import { reasonOf } from '../system-error.ts';

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
  const found = await explorer.search(cwd);
  if (found === null) return null;
  if (found.isEmpty === true) throw new UsageError(`${displayPath(found.filepath, cwd)}: the file is empty`, 'Write what it should hold, {} at least, or delete it.');
  return foundAt(found.filepath, found.config, cwd);
}

/** @throws UsageError for a file that is not there, has another extension or is no JSON */
export function namedConfig(given: string, cwd: string): FoundConfig {
  const file = path.resolve(cwd, given);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new UsageError(`--config: there is no file ${given}`, 'Check the path, or write one: losscheck init');
  }
  const extension = path.extname(file).slice(1);
  if (CODE.includes(extension)) return foundAt(file, IS_CODE, cwd);
  if (extension !== 'json') throw new UsageError(`--config: found ${given}, expected a file ending in .${CODE.join(', .')} or .json`);
  const value: unknown = jsonLoader(cwd)(file, readText(file, cwd));
  return foundAt(file, path.basename(file) === 'package.json' ? packageField(value) : value, cwd);
}

function foundAt(file: string, value: unknown, cwd: string): FoundConfig {
  const isCode = value === IS_CODE;
  return { file, shown: displayPath(file, cwd), value: isCode ? null : value, isCode };
}

function packageField(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, NAME) ?? {}) : {};
}

function jsonLoader(cwd: string): (file: string, text: string) => unknown {
  return (file, content) => {
    try {
      return JSON.parse(content.replace(/^\uFEFF/, ''));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UsageError(`${displayPath(file, cwd)}: this is no JSON: ${reason}`, 'JSON has no comments and no commas at the end; losscheck.config.ts may have both.');
    }
  };
}

function readText(file: string, cwd: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--config: ${displayPath(file, cwd)} cannot be read (${reasonOf(error)})`);
  }
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
