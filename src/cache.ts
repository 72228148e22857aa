import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { buildId } from './package-root.ts';
import { removeAbandoned, replaceFile } from './whole-file.ts';

/**
 * What would only be computed again, kept in files by the content it was made from.
 *
 * Nothing depends on it: an entry that is missing, damaged or cannot be written is computed anew. Entries of
 * another build of losscheck or version of Node are never read.
 */
export interface Cache {
  /** Null when there is no such entry, or none that is whole. */
  read(kind: CacheKind, key: string): Buffer | null;
  write(kind: CacheKind, key: string, contents: Buffer | string): void;
}

type CacheKind = 'bundle' | 'code' | 'engine' | 'result';

/** Entries that nobody has read for this long go. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** Reading an entry notes the day, not the moment. */
const DAY_MS = 24 * 60 * 60 * 1000;
const DIGEST_BYTES = 32;

/** Folder of the cache: `LOSSCHECK_CACHE`, else beside the packages of the project, else the user's own. */
export function cacheFolder(project: string): string {
  const named = process.env['LOSSCHECK_CACHE'];
  if (named !== undefined && named !== '') return path.resolve(named);
  for (let directory = path.resolve(project); ; directory = path.dirname(directory)) {
    const modules = path.join(directory, 'node_modules');
    if (existsSync(modules)) return path.join(modules, '.cache', 'losscheck');
    if (directory === path.dirname(directory)) break;
  }
  const home = process.env['XDG_CACHE_HOME'];
  return path.join(home === undefined || home === '' ? path.join(homedir(), '.cache') : home, 'losscheck');
}

/** A key that differs whenever one of the parts does. */
export function cacheKey(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/** The cache of a project. A folder that cannot be written makes it forgetful, nothing worse. */
export function openCache(project: string): Cache {
  const folder = path.join(cacheFolder(project), `${buildId()}-node${process.versions.node}-${process.arch}`);
  const fileOf = (kind: CacheKind, key: string): string => path.join(folder, kind, key);
  return {
    read(kind, key) {
      const file = fileOf(kind, key);
      // In the process of a user's module, being refused would look like an attempt of the module.
      if (process.permission?.has('fs.read', file) === false) return null;
      const contents = attempt(() => readFileSync(file));
      if (contents === null) return null;
      const body = contents.subarray(DIGEST_BYTES);
      if (!contents.subarray(0, DIGEST_BYTES).equals(digestOf(body))) return null;
      attempt(() => noteUse(file));
      return body;
    },
    write(kind, key, contents) {
      const file = fileOf(kind, key);
      const body = Buffer.from(contents);
      const written = attempt(() => {
        const isNew = makeFolder(path.dirname(file));
        // A build that is new here comes after others, whose entries nobody will read again.
        if (isNew) attempt(() => forgetOld(path.dirname(folder)));
        replaceFile(file, Buffer.concat([digestOf(body), body]));
        return true;
      });
      if (written !== null) attempt(() => forgetOld(path.dirname(file)));
    },
  };
}

/** One level at a time: where a parent cannot be made, Node's recursive form may try for ever. @returns whether it was made */
export function makeFolder(folder: string): boolean {
  if (existsSync(folder)) return false;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(folder)) throw error;
  }
  return true;
}

function digestOf(contents: Buffer): Buffer {
  return createHash('sha256').update(contents).digest();
}

/** A cache that fails costs time and nothing else: whoever asked goes on without it. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

function noteUse(file: string): void {
  if (process.permission?.has('fs.write', file) === false) return;
  const now = Date.now();
  if (now - statSync(file).mtimeMs > DAY_MS) utimesSync(file, now / 1000, now / 1000);
}

function forgetOld(folder: string): void {
  removeAbandoned(folder);
  const oldest = Date.now() - KEPT_MS;
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (statSync(file).mtimeMs < oldest) rmSync(file, { force: true, recursive: true });
  }
}
