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
 * @param instance runs the script once more under this name, where a second copy of TensorFlow.js is wanted
 */
export function loadScript(name: string, instance: string | null = null): unknown {
  const key = instance === null ? name : `${name} ${instance}`;
  if (!loaded.has(key)) loaded.set(key, runScript(name, instance));
  return loaded.get(key);
}

/**
 * Runs a script that an earlier process has put into the cache, and returns what it exports. What V8 makes of it is
 * not kept: only scripts of losscheck's own run in the process that writes that down.
 *
 * @param instance as of `loadScript`
 * @throws where the cache no longer holds it
 */
export function loadKeptScript(key: string, instance: string | null = null): unknown {
  const name = `kept/${key} ${instance ?? ''}`;
  if (!loaded.has(name)) {
    const file = path.join(packageRoot(), 'dist', 'engines', `${key}.cjs`);
    loaded.set(name, run(new Script(wrap(instanceOf(name, keptScript(key), instance)), { filename: file }), file));
  }
  return loaded.get(name);
}

/** The text of such a script. */
export function keptScript(key: string): string {
  const contents = openCache(process.cwd()).read('engine', key);
  if (contents === null) throw new Error('its script is no longer in the cache');
  return contents.toString('latin1');
}

/** Under these names a copy of TensorFlow.js keeps its engine among the globals: two copies under one name share it. */
const GLOBALS = /_(?:tfGlobals|tfengine)_losscheck\d+/g;

function instanceOf(name: string, text: string, instance: string | null): string {
  if (instance === null) return text;
  if (text.search(GLOBALS) < 0) throw new Error(`${name} has no globals of its own: a second instance would share its engine`);
  return text.replaceAll(GLOBALS, `$&_${instance}`);
}

function runScript(name: string, instance: string | null): unknown {
  const file = path.join(packageRoot(), 'dist', ...name.split('/'));
  const source = wrap(instanceOf(name, readFileSync(file, 'latin1'), instance));
  return run(compile(instance === null ? name : `${name} ${instance}`, file, source), file);
}

/** The build writes ASCII: read as such, the text takes half the memory and needs no decoding. */
function wrap(code: string): string {
  return `(function (exports, require, module, __filename, __dirname) {${code}\n})`;
}

function run(script: Script, file: string): unknown {
  const module: { exports: unknown } = { exports: {} };
  (script.runInThisContext() as Run)(module.exports, createRequire(file), module, file, path.dirname(file));
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
