import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { deepModules, type CopyRoots } from './contents.ts';

/**
 * How a copy of TensorFlow.js becomes a script for an engine.
 *
 * In float64 every Float32Array becomes a Float64Array, so the same kernels compute in double; in float32 the sources
 * stay as they are.
 *
 * Each script keeps its own engine. tfjs-core shares one through two global names; left alone, the copy that loads
 * second would silently compute with the kernels (and the precision) of the first.
 */

export type Precision = 32 | 64;

const CORE = '@tensorflow/tfjs-core';
const LAYERS = '@tensorflow/tfjs-layers';
const CPU = '@tensorflow/tfjs-backend-cpu';

const COMMON = {
  bundle: true,
  write: false,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'silent',
  banner: { js: '/* TensorFlow.js, Copyright Google LLC, Apache License 2.0: see NOTICE */' },
} as const satisfies BuildOptions;

/**
 * The script of a copy in one precision.
 *
 * @param kernels folder of the loops that take the place of the library's
 * @throws where the sources are not those that are known of TensorFlow.js
 */
export async function bundleCopy(roots: CopyRoots, precision: Precision, kernels: string): Promise<Buffer> {
  const { build } = await import('esbuild');
  const rewrites = rewritesFor(precision);
  const done = new Set<Rewrite>();
  const { outputFiles } = await build({
    ...COMMON,
    stdin: { contents: await entrySource(roots), resolveDir: roots.core, sourcefile: 'tfjs-entry.js', loader: 'js' },
    alias: { [CORE]: roots.core, [CPU]: roots.cpu, ...(roots.layers === null ? {} : { [LAYERS]: roots.layers }) },
    external: ['node-fetch'],
    define: precision === 64 ? { Float32Array: 'Float64Array' } : {},
    plugins: [isolationPlugin(roots, rewrites, kernels, done)],
  });
  const missed = rewrites.filter((rewrite) => rewrite.needed && !done.has(rewrite));
  if (missed.length > 0) throw new Error(`its sources do not name ${missed.map(({ from }) => from).join(' and ')}`);
  return asciiOf(outputFiles[0]?.contents);
}

/** The wasm backend registers with whichever copy it is loaded beside, so tfjs-core stays outside. */
export async function bundleWasmBackend(root: string): Promise<Buffer> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({ ...COMMON, stdin: { contents: `export * from ${JSON.stringify(root)};`, resolveDir: root, loader: 'js' }, external: [CORE] });
  return Buffer.from(outputFiles[0]?.contents ?? []);
}

/** Such scripts are read as ASCII. */
function asciiOf(contents: Uint8Array | undefined): Buffer {
  if (contents === undefined || contents.some((byte) => byte > 127)) throw new Error('its script is not ASCII');
  return Buffer.from(contents);
}

/**
 * What a copy exports. A namespace object for each of the hundreds of deep modules would take longer to make than
 * the rest: each is made from its members when somebody asks for it.
 */
async function entrySource(roots: CopyRoots): Promise<string> {
  const deep = [...(await deepExports(CORE, roots.core)), ...(roots.layers === null ? [] : await deepExports(LAYERS, roots.layers))];
  const table = deep.map(({ specifier, members }, index) => {
    const made = members === null ? `...m${index}` : members.map((name) => `get ${name}() { return m${index}.${name}; }`).join(', ');
    return `  ${JSON.stringify(specifier)}: () => ({ ${made} }),`;
  });
  return [
    `import * as core from '${CORE}';`,
    `import '${CORE}/dist/register_all_gradients.js';`,
    `import '${CORE}/dist/public/chained_ops/register_all_chained_ops.js';`,
    roots.layers === null ? 'const layers = null;' : `import * as layers from '${LAYERS}';`,
    `import * as cpu from '${CPU}';`,
    ...deep.map(({ specifier }, index) => `import * as m${index} from '${specifier}.js';`),
    'const made = new Map();',
    'const makers = {',
    ...table,
    '};',
    'const deep = (specifier) => {',
    '  if (!made.has(specifier)) made.set(specifier, Object.hasOwn(makers, specifier) ? makers[specifier]() : undefined);',
    '  return made.get(specifier);',
    '};',
    'module.exports = { core, layers, cpu, deep };',
  ].join('\n');
}

interface DeepModule {
  /** Without extension. */
  readonly specifier: string;
  /** Names of its exports; null where they come from other modules. */
  readonly members: readonly string[] | null;
}

async function deepExports(name: string, root: string): Promise<readonly DeepModule[]> {
  const { build } = await import('esbuild');
  const dist = path.join(root, 'dist');
  const modules = deepModules(root);
  const { metafile } = await build({ entryPoints: modules.map((file) => path.join(dist, `${file}.js`)), absWorkingDir: dist, outdir: dist, outbase: dist, write: false, metafile: true, format: 'esm', logLevel: 'silent' });
  const exports = new Map(Object.entries(metafile.outputs).map(([file, output]) => [file, output.exports]));
  return modules.map((file) => {
    const forwards = /^\s*export \* from/m.test(readFileSync(path.join(dist, `${file}.js`), 'utf8'));
    return { specifier: `${name}/dist/${file}`, members: forwards ? null : (exports.get(`${file}.js`) ?? null) };
  });
}

interface Rewrite {
  readonly file: RegExp;
  readonly from: string;
  readonly to: string;
  /** Without it two copies would share their engine. */
  readonly needed: boolean;
}

function rewritesFor(precision: Precision): readonly Rewrite[] {
  const suffix = `losscheck${precision}`;
  const doubles: Rewrite[] = [
    // Older versions ask `instanceof Float32Array`, which the definition above has changed.
    {
      file: /^core[\\/]dist[\\/]platforms[\\/]platform_node\.js$/,
      from: 'this.util.types.isFloat32Array(a)',
      to: 'this.util.types.isFloat32Array(a) || this.util.types.isFloat64Array(a)',
      needed: false,
    },
  ];
  return [
    { file: /^core[\\/]dist[\\/]global_util\.js$/, from: '_tfGlobals', to: `_tfGlobals_${suffix}`, needed: true },
    { file: /^core[\\/]dist[\\/]engine\.js$/, from: '_tfengine', to: `_tfengine_${suffix}`, needed: true },
    ...(precision === 64 ? doubles : []),
    // The backend greets whoever writes the first tensor; a report is no place for that.
    { file: /^cpu[\\/]dist[\\/]backend_cpu\.js$/, from: 'this.firstUse = true', to: 'this.firstUse = false', needed: false },
    // Compiling it takes longer than a run saves with it; the same arithmetic stands below it.
    { file: /[\\/]long[\\/]src[\\/]long\.js$/, from: 'wasm = new WebAssembly.Instance(', to: 'if (false) wasm = new WebAssembly.Instance(', needed: false },
  ];
}

/**
 * Files of the library whose loops ours take the place of, and compute the same to the bit: those whose text is the
 * one that they were written for, by its SHA-256.
 */
const KERNELS = [
  { file: /^cpu[\\/]dist[\\/]utils[\\/]binary_impl\.js$/, sha256: 'c09f3708eec8f30e61a1a32c0a98e9609cb89dd92d34acb1812e6364601b86c9', ours: 'binary-impl.js' },
  { file: /^cpu[\\/]dist[\\/]utils[\\/]unary_impl\.js$/, sha256: '63e039c59d943512ec00395d98d62ea1ec7e18a379b0aae0f49a79407278d712', ours: 'unary-impl.js' },
];

/** Gives a copy its own globals, lets its type tests accept doubles, and its loops run faster. */
function isolationPlugin({ core, cpu }: CopyRoots, rewrites: readonly Rewrite[], kernels: string, done: Set<Rewrite>): Plugin {
  const inPackage = (file: string): string => {
    for (const [name, root] of Object.entries({ core, cpu })) if (file.startsWith(root + path.sep)) return path.join(name, path.relative(root, file));
    return file;
  };
  return {
    name: 'losscheck-isolation',
    setup(builder) {
      builder.onLoad({ filter: /\.js$/ }, ({ path: file }) => {
        const name = inPackage(file);
        const kernel = KERNELS.find((each) => each.file.test(name));
        const wanted = rewrites.filter((each) => each.file.test(name));
        if (kernel === undefined && wanted.length === 0) return null;
        let contents = readFileSync(file, 'utf8');
        if (kernel !== undefined && sha256Of(contents) === kernel.sha256) {
          return { contents: readFileSync(path.join(kernels, kernel.ours), 'utf8'), resolveDir: kernels, loader: 'js' };
        }
        for (const rewrite of wanted) {
          if (!contents.includes(rewrite.from)) continue;
          contents = contents.replaceAll(rewrite.from, rewrite.to);
          done.add(rewrite);
        }
        return { contents, loader: 'js' };
      });
    },
  };
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
