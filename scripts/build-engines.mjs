/**
 * Builds the TensorFlow.js copies that the engines run: one script each, loaded with `require`.
 *
 * reference64: every Float32Array becomes a Float64Array, so the same kernels compute in double.
 * production32: the same sources untouched.
 *
 * Each copy keeps its own engine. tfjs-core shares one through two global names; left alone, the copy
 * that loads second would silently compute with the kernels (and the precision) of the first.
 */
import { build } from 'esbuild';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compileFunction } from 'node:vm';

const require = createRequire(import.meta.url);
const PACKAGES = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-backend-cpu'];

function packageRoot(name) {
  return path.dirname(require.resolve(`${name}/package.json`));
}

/** Files of `dist/` that no loss imports: tests, other builds of the same code, the scripts of the packages. */
const LEFT_OUT = [
  /_test|test_util|jasmine_util|setup_test|test_async|^tests|^tf-/,
  /\.fesm|\.es2017|\.min|\.node|externs/,
  /^(index|miniprogram\/|scripts\/)/,
];

/** Users import single files of these packages too ('…/dist/losses'): all of them are supplied. */
function deepModules(name) {
  const root = packageRoot(name);
  return readdirSync(path.join(root, 'dist'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file.endsWith('.js'))
    .filter((file) => !LEFT_OUT.some((pattern) => pattern.test(file)))
    .map((file) => `${name}/dist/${file.slice(0, -'.js'.length)}`);
}

const DEEP = PACKAGES.slice(0, 2).flatMap(deepModules);

/**
 * What a copy exports. A namespace object for each of the hundreds of deep modules would take longer to make than
 * the rest: each is made from its members when somebody asks for it.
 *
 * @param members names of the exports of each deep module; null to export the namespaces themselves
 */
function entrySource(members) {
  const imports = [
    `import * as core from '@tensorflow/tfjs-core';`,
    `import '@tensorflow/tfjs-core/dist/register_all_gradients.js';`,
    `import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';`,
    `import * as layers from '@tensorflow/tfjs-layers';`,
    `import * as cpu from '@tensorflow/tfjs-backend-cpu';`,
    ...DEEP.map((specifier, index) => `import * as m${index} from '${specifier}.js';`),
  ];
  if (members === null) return [...imports, `module.exports = [${DEEP.map((_, index) => `m${index}`).join(', ')}];`].join('\n');
  const table = DEEP.map((specifier, index) => {
    const getters = members[index].map((name) => `get ${name}() { return m${index}.${name}; }`);
    return `  ${JSON.stringify(specifier)}: () => ({ ${getters.join(', ')} }),`;
  });
  return [
    ...imports,
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

/** The names that each deep module exports, as a copy of them says itself. */
async function deepMembers() {
  const { outputFiles } = await build({ ...COMMON, ...entry(null), write: false, external: ['node-fetch'] });
  const module = { exports: [] };
  compileFunction(outputFiles[0].text, ['module', 'exports', 'require'])(module, module.exports, require);
  return module.exports.map((namespace) => Object.keys(namespace));
}

function entry(members) {
  return { stdin: { contents: entrySource(members), resolveDir: process.cwd(), sourcefile: 'tfjs-entry.js', loader: 'js' } };
}

/** Replaces text in one file of tfjs-core while it is bundled; fails the build if there is nothing to replace. */
function rewrite(builder, filter, replacements) {
  builder.onLoad({ filter }, (args) => {
    let contents = readFileSync(args.path, 'utf8');
    for (const [from, to] of replacements) {
      if (!contents.includes(from)) throw new Error(`${args.path} no longer contains ${from}`);
      contents = contents.replaceAll(from, to);
    }
    return { contents, loader: 'js' };
  });
}

/** Another file of ours takes the place of one of the library. */
function replace(builder, filter, file) {
  const ours = path.join(import.meta.dirname, 'kernels', file);
  builder.onLoad({ filter }, () => ({ contents: readFileSync(ours, 'utf8'), resolveDir: path.dirname(ours), loader: 'js' }));
}

/** Gives this copy of tfjs its own globals, and lets its type tests accept doubles. */
function isolationPlugin(suffix, double) {
  return {
    name: 'losscheck-isolation',
    setup(builder) {
      rewrite(builder, /tfjs-core[\\/]dist[\\/]global_util\.js$/, [['_tfGlobals', `_tfGlobals_${suffix}`]]);
      rewrite(builder, /tfjs-core[\\/]dist[\\/]engine\.js$/, [['_tfengine', `_tfengine_${suffix}`]]);
      // The backend greets whoever writes the first tensor; a report is no place for that.
      rewrite(builder, /tfjs-backend-cpu[\\/]dist[\\/]backend_cpu\.js$/, [
        ['this.firstUse = true', 'this.firstUse = false'],
      ]);
      // Compiling it takes longer than a run saves with it; the same arithmetic stands below it.
      rewrite(builder, /long[\\/]src[\\/]long\.js$/, [['wasm = new WebAssembly.Instance(', 'if (false) wasm = new WebAssembly.Instance(']]);
      replace(builder, /tfjs-backend-cpu[\\/]dist[\\/]utils[\\/]binary_impl(\.js)?$/, 'binary-impl.js');
      replace(builder, /tfjs-backend-cpu[\\/]dist[\\/]utils[\\/]unary_impl(\.js)?$/, 'unary-impl.js');
      if (!double) return;
      rewrite(builder, /tfjs-core[\\/]dist[\\/]platforms[\\/]platform_node\.js$/, [
        ['this.util.types.isFloat32Array(a)', 'this.util.types.isFloat32Array(a) || this.util.types.isFloat64Array(a)'],
      ]);
    },
  };
}

const COMMON = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'error',
  banner: { js: '/* TensorFlow.js, Copyright Google LLC, Apache License 2.0: see NOTICE */' },
};

async function bundleCopy(outfile, { suffix, double, members }, put) {
  const { outputFiles } = await build({
    ...COMMON,
    ...entry(members),
    outfile,
    external: ['node-fetch'],
    define: double ? { Float32Array: 'Float64Array' } : {},
    plugins: [isolationPlugin(suffix, double)],
    write: false,
  });
  const [{ contents }] = outputFiles;
  // Such scripts are read as ASCII.
  if (contents.some((byte) => byte > 127)) throw new Error(`${outfile} is not ASCII`);
  put(outfile, Buffer.from(contents));
}

/** The wasm backend registers with whichever copy it is loaded beside, so tfjs-core stays outside. */
async function bundleWasmBackend(outdir, put) {
  const outfile = path.join(outdir, 'wasm-backend.cjs');
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: ['@tensorflow/tfjs-backend-wasm'],
    outfile,
    external: ['@tensorflow/tfjs-core'],
    write: false,
  });
  for (const { contents } of outputFiles) put(outfile, Buffer.from(contents));
  const binaries = path.join(packageRoot('@tensorflow/tfjs-backend-wasm'), 'dist');
  for (const file of readdirSync(binaries).filter((name) => name.endsWith('.wasm'))) {
    put(path.join(outdir, file), readFileSync(path.join(binaries, file)));
  }
}

/** @param put writes a file in one step: (path, contents) */
export async function buildEngines(outdir, put) {
  const members = await deepMembers();
  await Promise.all([
    bundleCopy(path.join(outdir, 'reference64.cjs'), { suffix: 'losscheck64', double: true, members }, put),
    bundleCopy(path.join(outdir, 'production32.cjs'), { suffix: 'losscheck32', double: false, members }, put),
    bundleWasmBackend(outdir, put),
  ]);
}
