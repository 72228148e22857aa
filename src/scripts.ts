import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';
import { cacheKey, openCache } from './cache.ts';
import { packageRoot } from './package-root.ts';

/**
 * The scripts of `dist/` that are large: the program itself and the copies of TensorFlow.js.
 *
 * Compiling them takes longer than checking a small loss, so what V8 has made of them is kept between runs.
 * One instance of this module serves a process, whichever scripts it loads: the build keeps it apart.
 */

interface Loaded {
  readonly script: Script;
  readonly key: string;
}

type Run = (exports: unknown, require: NodeJS.Require, module: { exports: unknown }, filename: string, dirname: string) => void;

let purpose: string | null = null;
const loaded = new Map<string, unknown>();
/** Scripts whose compiled code is not in the cache. */
const uncached: Loaded[] = [];

/**
 * From now on compiled code is read from the cache, and written by `keepCode`.
 *
 * @param what the work this process does: each kind of work keeps the functions that it needs, and no others
 */
export function keepCodeFor(what: string): void {
  purpose = what;
}

/**
 * Runs a script of `dist/` as CommonJS, once in a process, and returns what it exports.
 *
 * @param name relative to `dist/`, with forward slashes
 */
export function loadScript(name: string): unknown {
  if (!loaded.has(name)) loaded.set(name, runScript(name));
  return loaded.get(name);
}

function runScript(name: string): unknown {
  const file = path.join(packageRoot(), 'dist', ...name.split('/'));
  // The build writes ASCII: read as such, the text takes half the memory and needs no decoding.
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`;
  const script = compile(name, file, source);
  const module: { exports: unknown } = { exports: {} };
  const run = script.runInThisContext() as Run;
  run(module.exports, createRequire(file), module, file, path.dirname(file));
  return module.exports;
}

function compile(name: string, file: string, source: string): Script {
  if (purpose === null) return new Script(source, { filename: file });
  // Flags change what V8 compiles, and it would refuse code made under others; what a process may read changes nothing.
  const flags = process.execArgv.filter((flag) => !/^--(allow-|permission|experimental-permission|disable-warning)/.test(flag));
  const key = cacheKey(name, purpose, ...flags, process.env['NODE_OPTIONS'] ?? '');
  const cachedData = openCache(process.cwd()).read('code', key);
  const script = new Script(source, cachedData === null ? { filename: file } : { filename: file, cachedData });
  if (cachedData === null || script.cachedDataRejected === true) uncached.push({ script, key });
  return script;
}

/** Whether there is something to write down. */
export function hasUnkeptCode(): boolean {
  return uncached.length > 0;
}

/** Writes down the code of the scripts, with every function that has been compiled by now. */
export function keepCode(): void {
  for (const { script, key } of uncached.splice(0)) openCache(process.cwd()).write('code', key, script.createCachedData());
}
