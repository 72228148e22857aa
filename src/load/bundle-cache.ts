import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync, type Dirent, type Stats } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';
import { cacheKey, type Cache } from '../cache.ts';
import type { ModuleBundle } from '../contracts/engine.ts';
import { ENTRY_NAME, SUPPLIED_NAMESPACE } from './supply.ts';

/**
 * Bundles of earlier runs.
 *
 * A bundle is kept with everything that decided it: the contents of its files, the tsconfig.json and package.json
 * files above them, and the folders in which its imports were looked up, so that a new file which an import would
 * find first is seen. All of it is read again before a bundle is used. What cannot be told for certain is not
 * kept: modules that bundle an installed package, aliases, configurations that extend a package.
 */

/** Something that a bundle depends on: the contents of a file, or the names in a folder. Either may be missing. */
interface Witness {
  readonly kind: 'file' | 'folder';
  readonly path: string;
}

const entrySchema = z.object({
  witnesses: z.array(z.object({ kind: z.enum(['file', 'folder']), path: z.string() })),
  state: z.string(),
  bundle: z.object({ entry: z.string(), code: z.string(), map: z.string(), sources: z.array(z.string()) }),
});

export interface BundleCache {
  /** The bundle of the module as it is on disk now; null when it has to be made. */
  read(): ModuleBundle | null;
  /** @param started when the bundler began to read, in milliseconds since 1970 */
  write(bundle: ModuleBundle, metafile: Metafile, started: number): void;
}

/** Above a file, these decide how it is compiled and what it imports. */
const CONFIGURATIONS = ['package.json', 'tsconfig.json', 'jsconfig.json', '.pnp.cjs', '.pnp.data.json', '.pnp.js'];

/**
 * Time that a file must have been left alone before the bundler began. One that changes while it is read could be
 * kept as it never was; file systems tell times to two seconds.
 */
const SETTLED_MS = 2100;

/** @param supplied what was asked of the bundler, beside the file */
export function bundleCache(cache: Cache, file: string, supplied: readonly string[], settledMs: number = SETTLED_MS): BundleCache | null {
  const compiler = compilerId();
  if (compiler === null) return null;
  const key = cacheKey(file, compiler, ...supplied);
  const missing = new Set(configurationsAbove(path.dirname(file)).filter((name) => statOf(name) === null));
  return {
    read() {
      const text = cache.read('bundle', key)?.toString('utf8');
      if (text === undefined) return null;
      const entry = entryFrom(text);
      return entry !== null && stateOf(entry.witnesses) === entry.state ? entry.bundle : null;
    },
    write(bundle, metafile, started) {
      const witnesses = witnessesOf(file, metafile);
      if (witnesses === null) return;
      // In this order: what changes before the state is taken is seen to have changed, what changes later differs.
      const state = stateOf(witnesses);
      if (witnesses.some(({ path: at }) => changedSince(at, started - settledMs, missing))) return;
      cache.write('bundle', key, JSON.stringify({ witnesses, state, bundle }));
    },
  };
}

/** Null for what is no entry, whoever wrote it: the bundle is made anew. */
function entryFrom(text: string): z.infer<typeof entrySchema> | null {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Another esbuild may compile otherwise. Null where it is not installed: using it says what is missing. */
function compilerId(): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve('esbuild/package.json');
    return [readFileSync(manifest, 'utf8'), process.env['ESBUILD_BINARY_PATH'] ?? ''].join('\n');
  } catch {
    return null;
  }
}

function stateOf(witnesses: readonly Witness[]): string {
  const hash = createHash('sha256');
  for (const { kind, path: at } of witnesses) {
    const state = kind === 'file' ? contentsOf(at) : namesIn(at);
    hash.update(state === null ? 'missing;' : `${state.length}:`).update(state ?? '');
  }
  return hash.digest('hex');
}

function contentsOf(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    // Missing, or a folder: as good as missing for who looks for a file.
    return null;
  }
}

/** Names, what they are, and where links lead. */
function namesIn(folder: string): string | null {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).map((entry) => describe(folder, entry));
    return [realpathSync(folder), ...entries.toSorted()].join('\n');
  } catch {
    return null;
  }
}

function describe(folder: string, entry: Dirent): string {
  if (entry.isSymbolicLink()) return `${entry.name} -> ${targetOf(path.join(folder, entry.name))}`;
  return `${entry.name}${entry.isDirectory() ? '/' : ''}`;
}

function targetOf(link: string): string {
  try {
    return realpathSync(link);
  } catch {
    return 'nowhere';
  }
}

/** What is missing, and was not `missing` before, may have been there a moment ago: then its folder has changed. */
function changedSince(at: string, moment: number, missing: ReadonlySet<string>): boolean {
  const own = statOf(at);
  if (own === null && missing.has(at)) return false;
  const stats = own ?? statOf(path.dirname(at));
  return stats !== null && Math.max(stats.mtimeMs, stats.ctimeMs) >= moment;
}

function statOf(at: string): Stats | null {
  try {
    return statSync(at);
  } catch {
    // Missing, or below what is no folder.
    return null;
  }
}

/** Everything that decided a bundle; null when that cannot be told. */
function witnessesOf(file: string, metafile: Metafile): readonly Witness[] | null {
  const root = path.dirname(file);
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const [input, { imports }] of Object.entries(metafile.inputs)) {
    if (input.startsWith(`${SUPPLIED_NAMESPACE}:`)) continue;
    if (input.startsWith('(disabled):') || input.includes('node_modules/')) return null;
    const at = path.resolve(root, input);
    // The entry that the bundler was given has no file; one that is gone by now is a witness all the same.
    if (input !== ENTRY_NAME) files.add(at);
    for (const name of configurationsAbove(path.dirname(at))) files.add(name);
    for (const { path: found, original } of imports) {
      if (found.startsWith(`${SUPPLIED_NAMESPACE}:`)) continue;
      if (original === undefined || !isPlainRelative(original)) return null;
      const target = path.resolve(path.dirname(at), original);
      folders.add(path.dirname(target)).add(target);
      // A folder may say in its package.json which file it stands for.
      if (statOf(path.join(target, 'package.json')) !== null) return null;
    }
  }
  const configurations = [...files].flatMap((name) => (/[jt]sconfig\.json$/.test(name) ? extendedBy(name) : []));
  if (configurations.includes(null) || [...files].some((name) => isPlugAndPlay(name))) return null;
  for (const name of configurations) if (name !== null) files.add(name);
  return [...toWitnesses('file', files), ...toWitnesses('folder', folders)];
}

function toWitnesses(kind: Witness['kind'], paths: ReadonlySet<string>): Witness[] {
  return [...paths].toSorted().map((at) => ({ kind, path: at }));
}

function configurationsAbove(folder: string): string[] {
  const here = CONFIGURATIONS.map((name) => path.join(folder, name));
  const parent = path.dirname(folder);
  return parent === folder ? here : [...here, ...configurationsAbove(parent)];
}

/** Looked up in one folder, without aliases, queries or packages. */
function isPlainRelative(specifier: string): boolean {
  return /^\.{1,2}(\/|$)/.test(specifier) && !/[?#]/.test(specifier);
}

/** Yarn's table of packages takes the place of folders. */
function isPlugAndPlay(file: string): boolean {
  return path.basename(file).startsWith('.pnp') && contentsOf(file) !== null;
}

/** Configurations that one stands on, and theirs; null among them when one is not a path to a file. */
function extendedBy(file: string, seen: readonly string[] = []): readonly (string | null)[] {
  const text = contentsOf(file)?.toString('utf8');
  if (text === undefined || !text.includes('extends')) return [];
  const values = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(text)?.[1];
  // Written in a way that only a full parser understands.
  if (values === undefined || text.split('extends').length > 2 || seen.includes(file)) return [null];
  return [...values.matchAll(/"([^"]*)"/g)].flatMap(([, specifier = '']): readonly (string | null)[] => {
    if (!/^\.{1,2}\//.test(specifier) || specifier.includes('\\')) return [null];
    const target = path.resolve(path.dirname(file), specifier);
    const choices = specifier.endsWith('.json') ? [target] : [target, `${target}.json`];
    return choices.flatMap((choice) => [choice, ...extendedBy(choice, [...seen, file])]);
  });
}
