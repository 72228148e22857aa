/**
 * Builds `dist/`: the program, the copies of TensorFlow.js, the built-in losses, the JSON schema. Then the page of the
 * built-in losses, `docs/losses.md`.
 *
 *   node scripts/build.mjs           over what is there, as tests do that may run side by side
 *   node scripts/build.mjs --clean   from nothing, as for a package
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildEngines } from './build-engines.mjs';
import { PAGE_SOURCES, refreshLossPages } from './build-loss-pages.mjs';
import { buildProgram, importSources, lossSources } from './build-program.mjs';
import { put } from './put.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
process.chdir(root);

/** Types for who imports the package, and the importable losses; the code of the program is bundled. */
async function compileInterface() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const losses = new Set((await lossSources(root)).map((file) => file.replace(/\.ts$/, '.js')));
  const fresh = mkdtempSync(path.join(tmpdir(), 'losscheck-build-'));
  try {
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], { stdio: 'inherit' });
    for (const file of readdirSync(fresh, { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.d.ts') || losses.has(file)) put(path.join(dist, file), readFileSync(path.join(fresh, file)));
    }
    // A CommonJS package that imports types of an ES module has to say so.
    const jest = readFileSync(path.join(fresh, 'testing/jest.d.ts'), 'utf8');
    put(path.join(dist, 'testing/jest.d.cts'), Buffer.from(jest.replaceAll(/^((?:im|ex)port type .* from '\.\/\w+\.ts');/gm, `$1 with { 'resolution-mode': 'import' };`)));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Parts of the program that its own build uses. */
const SOURCES = `
  export { bundleModule } from './src/load/bundle.ts';
  export { SUPPLIED_PACKAGES } from './src/load/supply.ts';
  export { createLocator } from './src/load/source-map.ts';
  export { describeLosses } from './src/run/describe-losses.ts';
  export { configJsonSchema, reportJsonSchema } from './src/reporters/schema.ts';
  export { FAMILIES } from './src/losses/families.ts';
  export { bundleCopy, bundleWasmBackend } from './src/load/tensorflow/recipe.ts';
  export { digestOf } from './src/load/tensorflow/contents.ts';
`;

/**
 * The built-in losses as bundles, like a user's module, and what `losscheck list` says of them: one with all, for
 * `--all`, and one for each, as most runs ask for one.
 */
async function buildBuiltIns({ bundleModule, SUPPLIED_PACKAGES, createLocator, createReferenceEngine, describeLosses, FAMILIES }) {
  const engine = createReferenceEngine();
  const bundleLosses = async (file) => {
    const entry = path.join(root, 'src', 'losses', file);
    const bundle = withOwnZod(await bundleModule(entry, { cwd: root, supplied: [...SUPPLIED_PACKAGES, 'zod'] }));
    const { exports } = await engine.evaluate(bundle, createLocator(bundle, root));
    return { bundle, exports };
  };
  const write = (name, contents) => put(path.join(dist, 'losses', `${name}.json`), Buffer.from(JSON.stringify(contents)));
  const all = await bundleLosses('index.ts');
  const descriptions = describeLosses(all.exports.BUILT_IN_LOSSES, (id) => ({ family: familyOf(id, FAMILIES), oracle: oracleOf(id) }));
  const ids = descriptions.map(({ id }) => id);
  write('built-ins', { ids, descriptions });
  write('all', placeless(all.bundle));
  for (const id of ids) {
    const { bundle, exports } = await bundleLosses(`${id}.ts`);
    const exported = Object.values(exports);
    if (exported.length !== 1) throw new Error(`src/losses/${id}.ts exports ${exported.length} values, expected its loss only`);
    write(id, placeless(bundle));
  }
}

function familyOf(id, families) {
  const family = families[id];
  if (family === undefined) throw new Error(`src/losses/families.ts has no family for ${id}`);
  return family;
}

/** What stands behind the golden values; null for a new loss that has none yet. */
function oracleOf(id) {
  const file = path.join(root, 'fixtures', 'reference', `${id}.json`);
  if (!existsSync(file)) return null;
  const { oracle, versions } = JSON.parse(readFileSync(file, 'utf8'));
  return { name: oracle, versions };
}

/** Built-in losses use the zod of the program: no need to carry it, or to load another. */
function withOwnZod(bundle) {
  const code = bundle.code.replaceAll('__losscheck_require("zod")', '__losscheck_require("losscheck:zod")');
  if (/require\(["']zod["']\)/.test(code)) throw new Error(`${bundle.entry} would load another zod`);
  return { ...bundle, code };
}

/** The package must not carry the paths of the machine that built it. */
function placeless(bundle) {
  return { ...bundle, entry: '', sources: bundle.sources.map(relative), map: relativeSources(bundle.map) };
}

function relativeSources(map) {
  const parsed = JSON.parse(map);
  const sources = parsed.sources.map((source) => (path.isAbsolute(source) ? relative(source) : source));
  return JSON.stringify({ ...parsed, sources });
}

function relative(file) {
  return path.relative(root, file).split(path.sep).join('/');
}

function buildSchemas({ configJsonSchema, reportJsonSchema }) {
  const write = (name, schema) => put(path.join(dist, 'schema', name), Buffer.from(`${JSON.stringify(schema, null, 2)}\n`));
  write('report-v1.json', reportJsonSchema());
  write('config-v1.json', configJsonSchema());
}

/** What a cache must not mix up: entries made by another program. */
function writeBuildId() {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const hash = createHash('sha256');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(c?js|json)$/.test(file));
  for (const file of files.toSorted()) hash.update(file).update(readFileSync(path.join(dist, file)));
  put(path.join(dist, 'build-id'), Buffer.from(`${version}-${hash.digest('hex').slice(0, 16)}\n`));
}

if (process.argv.includes('--clean')) rmSync(dist, { recursive: true, force: true });
await compileInterface();
const sources = await importSources(root, SOURCES + PAGE_SOURCES);
await buildEngines(sources, root, path.join(dist, 'engines'), put);
await buildProgram(root, put);
await buildBuiltIns(sources);
buildSchemas(sources);
writeBuildId();
await refreshLossPages(sources, root, path.join(root, 'docs'));
