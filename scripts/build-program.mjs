/**
 * Builds the program: a few scripts instead of hundreds of files, so that a start reads and compiles little.
 *
 * dist/program/main.cjs         the commands and the API; each part runs when it is first used
 * dist/program/child-work.cjs   what runs in the process of a user's module
 * dist/program/html.cjs         the HTML report, which is large and seldom asked for
 * dist/program/losses.cjs       losscheck/losses, for user's modules that import it
 * dist/program/launch.cjs, child.cjs, scripts.cjs   the few lines that load those two
 * dist/program/testing-child.cjs  what answers for a test
 * dist/testing/vitest.js, jest.cjs   the matchers
 * dist/index.js, index.cjs      the public interface, as an ES module and for who requires it, as jest does
 *
 * Packages that the program uses are bundled, but for esbuild, which holds a binary.
 */
import { build } from 'esbuild';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildHtmlClient } from './build-html-client.mjs';

/** The module that all scripts of a process share. */
const SHARED = { filter: /[\\/]scripts\.ts$/, path: './scripts.cjs' };

/** The module that is read only when it is asked for. */
const HTML = { filter: /[\\/]html[\\/]page\.ts$/, path: './html.cjs' };

const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'error',
  external: ['esbuild'],
  metafile: true,
  write: false,
};

/** zod brings its messages in fifty languages; losscheck speaks one. */
const oneLanguage = {
  name: 'losscheck-one-language',
  setup(builder) {
    builder.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js';`,
      loader: 'js',
    }));
  },
};

const shared = {
  name: 'losscheck-shared',
  setup(builder) {
    builder.onResolve({ filter: SHARED.filter }, () => ({ path: SHARED.path, external: true }));
  },
};

const apart = {
  name: 'losscheck-apart',
  setup(builder) {
    builder.onResolve({ filter: HTML.filter }, ({ kind }) => (kind === 'entry-point' ? null : { path: HTML.path, external: true }));
  },
};

const CJS = {
  ...COMMON,
  format: 'cjs',
  // A script has no importer of ES modules: what is imported on first use is required then.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__losscheck_url' },
  banner: { js: `var __losscheck_url = require('node:url').pathToFileURL(__filename).href;` },
};

const MAIN = `
export const start = async (child) => (await import('./src/cli/main.ts')).start(child);
export const answer = async (question, child) => {
  if (child !== null) (await import('./src/run/isolation/child-process.ts')).adoptChild(child);
  return (await import('./src/testing/answer.ts')).answer(question);
};
export const warmedUp = async () => (await import('./src/run/isolation/warm.ts')).warmedUp();
export const api = () => require('./src/index.ts');
`;

async function bundleScript(root, { name, plugins, ...input }) {
  const outfile = path.join(root, 'dist', 'program', `${name}.cjs`);
  const { outputFiles, metafile } = await build({ ...CJS, ...input, absWorkingDir: root, outfile, plugins });
  return { file: outfile, contents: Buffer.from(toAscii(outputFiles[0].text)), inputs: Object.keys(metafile.inputs) };
}

/** Such scripts are read as ASCII; esbuild escapes other letters everywhere but in regular expressions. */
function toAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** @param put writes a file in one step: (path, contents) */
export async function buildProgram(root, put) {
  const entry = (file) => ({ entryPoints: [path.join(root, 'src', file)] });
  const stdin = { contents: MAIN, resolveDir: root, sourcefile: 'main-entry.js', loader: 'js' };
  const client = await buildHtmlClient(root);
  const scripts = await Promise.all([
    bundleScript(root, { name: 'scripts', ...entry('scripts.ts'), plugins: [] }),
    bundleScript(root, { name: 'launch', ...entry('cli/launch.ts'), plugins: [shared] }),
    bundleScript(root, { name: 'testing-child', ...entry('testing/child.ts'), plugins: [shared] }),
    bundleScript(root, { name: 'child', ...entry('run/isolation/child.ts'), plugins: [shared] }),
    bundleScript(root, { name: 'child-work', ...entry('run/isolation/child-work.ts'), plugins: [shared, oneLanguage] }),
    bundleScript(root, { name: 'main', stdin, plugins: [shared, apart, oneLanguage] }),
    bundleScript(root, { name: 'html', ...entry('reporters/html/page.ts'), plugins: [], define: { ...CJS.define, ...client.define } }),
  ]);
  for (const { file, contents } of scripts) put(file, contents);
  const anywhere = { platform: 'neutral', banner: {}, define: {}, packages: 'external' };
  const losses = await bundleScript(root, { name: 'losses', ...entry('losses.ts'), plugins: [], ...anywhere });
  put(losses.file, losses.contents);
  put(path.join(root, 'dist', 'losses-with.js'), Buffer.from(lossesWith(losses.contents)));
  put(path.join(root, 'dist', 'index.js'), Buffer.from(await publicInterface(root)));
  put(path.join(root, 'dist', 'index.cjs'), Buffer.from(`module.exports = require('./program/main.cjs').api();\n`));
  await buildMatchers(root, put);
  const packages = new Set([...scripts, client].flatMap(({ inputs }) => inputs.map(packageOf)).filter((name) => name !== null));
  put(path.join(root, 'dist', 'third-party-licenses.txt'), Buffer.from(licensesOf(root, [...packages].toSorted())));
}

/** They run within a test runner and are all that does: `losscheck/vitest` as an ES module, `losscheck/jest` as CommonJS. */
async function buildMatchers(root, put) {
  const entry = (name) => ({ entryPoints: [path.join(root, 'src', 'testing', `${name}.ts`)], absWorkingDir: root, plugins: [oneLanguage] });
  const out = (name) => path.join(root, 'dist', 'testing', name);
  const [vitest, jest] = await Promise.all([
    build({ ...COMMON, ...entry('vitest'), outfile: out('vitest.js'), format: 'esm', external: ['vitest'] }),
    build({ ...CJS, ...entry('jest'), outfile: out('jest.cjs'), external: ['@jest/globals'] }),
  ]);
  put(out('vitest.js'), Buffer.from(vitest.outputFiles[0].contents));
  put(out('jest.cjs'), Buffer.from(jest.outputFiles[0].contents));
}

async function publicInterface(root) {
  const { metafile } = await build({ ...COMMON, entryPoints: [path.join(root, 'src/index.ts')], absWorkingDir: root, outdir: 'out', format: 'esm' });
  const [{ exports }] = Object.values(metafile.outputs);
  return [
    `import { createRequire } from 'node:module';`,
    `const { api } = createRequire(import.meta.url)('./program/main.cjs');`,
    `export const { ${exports.toSorted().join(', ')} } = api();`,
    '',
  ].join('\n');
}

/** What src/losses-with.ts declares: the losses as a function of TensorFlow.js. */
function lossesWith(script) {
  return [
    `import * as zod from 'zod';`,
    'export function lossesWith(tf) {',
    'const module = { exports: {} };',
    `(function (require, module, exports) {${script}})((name) => (name === 'zod' ? zod : tf), module, module.exports);`,
    'return module.exports;',
    '}',
    '',
  ].join('\n');
}

function packageOf(input) {
  const inside = input.split('node_modules/').at(-1);
  if (inside === undefined || inside === input) return null;
  const name = inside.split('/').slice(0, inside.startsWith('@') ? 2 : 1).join('/');
  return input.slice(0, input.lastIndexOf(inside) + name.length);
}

/** Their licences ask that they go where their code goes. */
function licensesOf(root, folders) {
  const texts = folders.map((folder) => {
    const at = path.join(root, folder);
    const { name, version, license } = JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8'));
    const file = readdirSync(at).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} comes without the text of its licence`);
    return `${name} ${version} (${license})\n\n${readFileSync(path.join(at, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * The sources that `losscheck/losses` consists of. They go into the package one by one, so that a bundler takes
 * the losses that are used; TensorFlow.js and zod are whoever imports them.
 */
export async function lossSources(root) {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['src/losses.ts'],
    absWorkingDir: root,
    outdir: 'dist',
    format: 'esm',
    packages: 'external',
  });
  return Object.keys(metafile.inputs).map((file) => path.relative('src', file));
}

/** Imports sources of the program while it is built; the file is gone when this ends. */
export async function importSources(root, contents) {
  const outfile = path.join(root, 'dist', `build-${process.pid}.mjs`);
  const { outputFiles } = await build({
    ...COMMON,
    stdin: { contents, resolveDir: root, sourcefile: 'build-entry.js', loader: 'js' },
    absWorkingDir: root,
    outfile,
    format: 'esm',
    packages: 'external',
  });
  try {
    writeFileSync(outfile, outputFiles[0].contents);
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}
