/**
 * Many verifications in one process: what it holds may not grow. Prints Markdown; exit code 1 when something grows.
 *
 *   node bench/reliability/soak.mjs [--count 2000] [--mode api|isolated|in-process|watch]
 *
 * `api`, without --mode: `verify()` of modules that pass, fail, do not compile, crash, exit and loop, first each in a
 * process of its own (`isolated`), then all in the calling one, without those that loop (`in-process`). `watch`:
 * `losscheck verify --watch` while files are saved, replaced, broken, touched, added and removed. On Linux only.
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { provenance } from '../support/machine.mjs';
import { judgeDrift } from './drift.mjs';
import { LOOP, MODULES, writeModules } from './modules.mjs';
import { readOptions, requireProc } from './options.mjs';
import { soakWatch } from './soak-watch.mjs';

const MODES = { api: ['isolated', 'in-process'], isolated: ['isolated'], 'in-process': ['in-process'], watch: ['watch'] };
const { count, mode } = readOptions({ count: 2000, mode: 'api' }, { mode: Object.keys(MODES) });
requireProc();
/** Fewer would be all warming up. */
const LEAST = 40;
if (count < LEAST) {
  process.stderr.write(`--count: found ${count}, expected ${LEAST} or more\n`);
  process.exit(2);
}

const home = mkdtempSync(path.join(realpathSync(tmpdir()), 'losscheck-soak-'));
// A cache and a folder for temporary files of its own, so that what is left in them is its doing.
const temporary = path.join(home, 'tmp');
mkdirSync(temporary);
const env = { ...process.env, TMPDIR: temporary, LOSSCHECK_CACHE: path.join(home, 'cache') };

function soakApi(kind) {
  const modules = path.join(home, kind);
  const sources = Object.fromEntries(Object.entries(MODULES).map(([name, { source }]) => [name, source]));
  writeModules(modules, { ...sources, loop: LOOP });
  const worker = fileURLToPath(new URL('soak-worker.mjs', import.meta.url));
  // What the modules print is of no interest, but why it ended is.
  const child = fork(worker, [kind, modules, String(count)], { env, execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    let result = null;
    child.on('message', (message) => {
      if (message.samples === undefined) show(kind, message.sample);
      else result = message;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => (result === null ? reject(new Error(`${kind}: ended with ${signal ?? code} before it was done`)) : resolve(result)));
  });
}

function show(kind, { done, rss }) {
  process.stderr.write(`${kind}: ${done} of ${count}, ${Math.round(rss)} MiB\n`);
}

const PASSES = {
  isolated: () => soakApi('isolated'),
  'in-process': () => soakApi('in-process'),
  watch: () => soakWatch(count, { project: home, env, onProgress: (sample) => show('watch', sample) }),
};

try {
  for (const name of MODES[mode]) {
    const started = performance.now();
    const { samples, wrong, warnings = [] } = await PASSES[name]();
    const { text, isFlat } = judgeDrift(samples);
    const passes = isFlat && wrong.length === 0 && warnings.length === 0;
    process.stdout.write(`### ${name}: ${count} verifications in ${Math.round((performance.now() - started) / 1000)} s: ${passes ? 'PASS' : 'FAIL'}\n\n${text}\n`);
    for (const line of [...wrong, ...warnings]) process.stdout.write(`* ${line}\n`);
    if (!passes) process.exitCode = 1;
  }
  process.stdout.write(`${provenance(`node bench/reliability/soak.mjs --count ${count} --mode ${mode}`)}`);
} finally {
  rmSync(home, { recursive: true, force: true });
}
