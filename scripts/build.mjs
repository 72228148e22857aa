/** Builds `dist/`: the program, the copies of TensorFlow.js, the built-in losses, the JSON schema. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildEngines } from './build-engines.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
process.chdir(root);

function compile() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
}

/** The built-in losses as one bundle, like a user's module, and what `losscheck list` says of them. */
async function buildBuiltIns() {
  const { bundleModule } = await import('../dist/load/bundle.js');
  const { SUPPLIED_PACKAGES } = await import('../dist/load/supply.js');
  const { createLocator } = await import('../dist/load/source-map.js');
  const { createReferenceEngine } = await import('../dist/engines/index.js');
  const { describeLosses } = await import('../dist/run/describe-losses.js');
  const entry = path.join(root, 'src', 'losses', 'index.ts');
  // zod is losscheck's own dependency: no need to carry it in the bundle.
  const bundle = await bundleModule(entry, { cwd: root, supplied: [...SUPPLIED_PACKAGES, 'zod'] });
  const placeless = { ...bundle, entry: '', sources: bundle.sources.map(relative), map: relativeSources(bundle.map) };
  const { exports } = await createReferenceEngine().evaluate(bundle, createLocator(bundle, root));
  const descriptions = describeLosses(exports.BUILT_IN_LOSSES);
  const manifest = { ids: descriptions.map(({ id }) => id), descriptions, bundle: placeless };
  writeFileSync(path.join(dist, 'losses', 'built-ins.json'), JSON.stringify(manifest));
}

/** The package must not carry the paths of the machine that built it. */
function relativeSources(map) {
  const parsed = JSON.parse(map);
  return JSON.stringify({ ...parsed, sources: parsed.sources.map((source) => (path.isAbsolute(source) ? relative(source) : source)) });
}

function relative(file) {
  return path.relative(root, file).split(path.sep).join('/');
}

async function buildSchema() {
  const { reportJsonSchema } = await import('../dist/reporters/schema.js');
  mkdirSync(path.join(dist, 'schema'), { recursive: true });
  writeFileSync(path.join(dist, 'schema', 'report-v1.json'), `${JSON.stringify(reportJsonSchema(), null, 2)}\n`);
}

rmSync(dist, { recursive: true, force: true });
compile();
await buildEngines(path.join(dist, 'engines'));
await buildBuiltIns();
await buildSchema();
