/**
 * Builds `dist/`: the program, the copies of TensorFlow.js, the built-in losses, the JSON schema.
 *
 *   node scripts/build.mjs           over what is there, as tests do that may run side by side
 *   node scripts/build.mjs --clean   from nothing, as for a package
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildEngines } from './build-engines.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');
process.chdir(root);

function compile() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const fresh = mkdtempSync(path.join(tmpdir(), 'losscheck-build-'));
  try {
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], { stdio: 'inherit' });
    for (const file of readdirSync(fresh, { recursive: true, encoding: 'utf8' })) {
      if (/\.(js|d\.ts)$/.test(file)) put(path.join(dist, file), readFileSync(path.join(fresh, file)));
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Replaces a file in one step, and only when it differs: a program that runs meanwhile sees no half. */
function put(file, contents) {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
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
  put(path.join(dist, 'losses', 'built-ins.json'), Buffer.from(JSON.stringify(manifest)));
}

/** The package must not carry the paths of the machine that built it. */
function relativeSources(map) {
  const parsed = JSON.parse(map);
  const sources = parsed.sources.map((source) => (path.isAbsolute(source) ? relative(source) : source));
  return JSON.stringify({ ...parsed, sources });
}

function relative(file) {
  return path.relative(root, file).split(path.sep).join('/');
}

async function buildSchema() {
  const { reportJsonSchema } = await import('../dist/reporters/schema.js');
  put(path.join(dist, 'schema', 'report-v1.json'), Buffer.from(`${JSON.stringify(reportJsonSchema(), null, 2)}\n`));
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
compile();
await buildEngines(path.join(dist, 'engines'), put);
await buildBuiltIns();
await buildSchema();
writeBuildId();
