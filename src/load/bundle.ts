import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildResult, Metafile } from 'esbuild';
import { z } from 'zod';
import type { Cache } from '../cache.ts';
import type { ModuleBundle } from '../contracts/engine.ts';
import { LoadError, UsageError } from '../contracts/errors.ts';
import { bundleCache } from './bundle-cache.ts';
import { isBuildFailure, loadErrorOf } from './bundle-errors.ts';
import { displayPath } from './paths.ts';
import { ENTRY_NAME, SUPPLIED_NAMESPACE, supplyPlugin } from './supply.ts';
import { reasonOf } from './system-error.ts';
import { statOf } from './text-file.ts';

export interface BundleOptions {
  /** What shown paths are relative to. */
  readonly cwd: string;
  /** Packages that the engine supplies, deep paths included: `SUPPLIED_PACKAGES` as a rule. */
  readonly supplied: readonly string[];
  /** Where bundles of earlier runs are kept; without it every bundle is made. */
  readonly cache?: Cache;
}

/** Names that the bundle's code uses; the engine defines them around it. */
const REQUIRE = '__losscheck_require';
const EXPORTS = '__losscheck_exports';
const META = '__losscheck_meta';

const OUTPUT_NAME = 'losscheck-bundle.js';

/**
 * Bundles a user's module with everything it imports into one script for `AsyncFunction`.
 *
 * The script holds no import or export statement: it calls `__losscheck_exports(namespace)` at its end,
 * and takes TensorFlow.js, losscheck and the builtins of Node from `__losscheck_require(specifier)`. So
 * one bundle runs on every engine. It starts with 'use strict', as modules are strict.
 *
 * `import.meta.url|dirname|filename`, `__dirname` and `__filename` are those of the entry file, in every
 * bundled file.
 *
 * @throws LoadError `syntax-error`, `missing-import`, `unsupported-file`, `file-not-found`
 */
export async function bundleModule(file: string, options: BundleOptions): Promise<ModuleBundle> {
  requireText(file, options.cwd);
  const kept = options.cache === undefined ? null : bundleCache(options.cache, file, options.supplied);
  const known = kept?.read() ?? null;
  if (known !== null) return known;
  const started = Date.now();
  try {
    const built = await runEsbuild(file, options);
    const bundle = toBundle(file, built);
    kept?.write(bundle, built.metafile, started);
    return bundle;
  } catch (failure) {
    if (isMissingCompiler(failure)) throw missingCompiler();
    if (!isBuildFailure(failure)) throw failure;
    throw loadErrorOf(failure, { entry: file, root: path.dirname(file), cwd: options.cwd });
  }
}

/** The program of esbuild is a package of its own for each platform, and an optional one. */
function isMissingCompiler(failure: unknown): boolean {
  if (!(failure instanceof Error) || isBuildFailure(failure)) return false;
  return /@esbuild\/|esbuild.*(could not be found|is needed)/.test(failure.message);
}

function missingCompiler(): UsageError {
  const platform = `${process.platform}-${process.arch}`;
  return new UsageError(
    `esbuild, which compiles your file, has no program for ${platform} here: the installation is not complete`,
    'Install again without --omit=optional and --ignore-scripts: npm install',
  );
}

type Built = BuildResult<{ write: false; metafile: true }>;

async function runEsbuild(file: string, options: BundleOptions): Promise<Built> {
  const { build } = await import('esbuild');
  const root = path.dirname(file);
  const entry = `import * as userModule from ${JSON.stringify(`./${path.basename(file)}`)};\n${EXPORTS}(userModule);\n`;
  return build({
    stdin: { contents: entry, resolveDir: root, sourcefile: ENTRY_NAME, loader: 'js' },
    absWorkingDir: root,
    outfile: path.join(root, OUTPUT_NAME),
    write: false,
    metafile: true,
    bundle: true,
    // The only format in which top-level await is allowed; with no exports in the entry it ends plain.
    format: 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    sourcemap: 'external',
    sourcesContent: true,
    // Code of the user's that "nobody uses" may register kernels or throw: it runs, as in production.
    treeShaking: false,
    ignoreAnnotations: true,
    logLevel: 'silent',
    banner: { js: `'use strict'; var require = ${REQUIRE};` },
    define: {
      'import.meta.url': `${META}.url`,
      'import.meta.dirname': `${META}.dirname`,
      'import.meta.filename': `${META}.filename`,
      __dirname: `${META}.dirname`,
      __filename: `${META}.filename`,
    },
    plugins: [supplyPlugin(options.supplied, REQUIRE)],
  });
}

function toBundle(file: string, built: Built): ModuleBundle {
  const root = path.dirname(file);
  const output = (suffix: string): string => {
    const found = built.outputFiles.find(({ path: name }) => name.endsWith(suffix));
    if (found === undefined) throw new Error(`esbuild wrote no ${suffix} for ${file}`);
    return found.text;
  };
  return {
    entry: file,
    code: output(OUTPUT_NAME),
    map: withAbsoluteSources(output(`${OUTPUT_NAME}.map`), root),
    sources: sourcesOf(built.metafile, root),
  };
}

function sourcesOf(metafile: Metafile, root: string): readonly string[] {
  return Object.keys(metafile.inputs)
    .filter((input) => input !== ENTRY_NAME && !input.startsWith(`${SUPPLIED_NAMESPACE}:`))
    .filter((input) => !input.startsWith('(disabled):'))
    .map((input) => path.resolve(root, input));
}

const sourceMapSchema = z.looseObject({ sources: z.array(z.string()) });

/** esbuild writes sources as URLs relative to the output file, which never exists: paths are plainer. */
function withAbsoluteSources(map: string, root: string): string {
  const parsed = sourceMapSchema.parse(JSON.parse(map));
  const sources = parsed.sources.map((source) => {
    if (source === ENTRY_NAME || source.startsWith(`${SUPPLIED_NAMESPACE}:`)) return source;
    return path.resolve(root, decodeURIComponent(source));
  });
  return JSON.stringify({ ...parsed, sources });
}

/** A module as large takes longer to compile than a run may. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Refuses what is no text file in UTF-8, which esbuild would report as a syntax error in strange letters. */
function requireText(file: string, cwd: string): void {
  const shown = displayPath(file, cwd);
  const stats = statOf(file);
  if (stats === null) {
    throw new LoadError('file-not-found', `there is no file ${shown}`, { fix: 'Check the path and its spelling.' });
  }
  if (stats.isDirectory()) {
    throw new LoadError('unsupported-file', `${shown} is a folder`, { fix: 'Name a file in it.' });
  }
  if (stats.size > MOST_BYTES) {
    throw new LoadError('unsupported-file', `${shown} is larger than ${MOST_BYTES / 2 ** 20} MB`, { fix: 'Keep data in a file of its own, and read it where it is used.' });
  }
  const bytes = readBytes(file, shown);
  const encoding = encodingOf(bytes);
  if (encoding === 'utf-8') return;
  throw new LoadError(
    'syntax-error',
    `${shown} is ${encoding === 'binary' ? 'no text file' : `written in ${encoding}`}`,
    {
      fix: encoding === 'binary' ? 'Name a TypeScript or JavaScript file.' : 'Save the file as UTF-8.',
    },
  );
}

function readBytes(file: string, shown: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new LoadError('unsupported-file', `${shown} cannot be read (${reasonOf(error)})`, {
      fix: 'Check the permissions of the file.',
    });
  }
}

function encodingOf(bytes: Buffer): 'utf-8' | 'UTF-16' | 'binary' {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'UTF-16';
  return bytes.includes(0) ? 'binary' : 'utf-8';
}
