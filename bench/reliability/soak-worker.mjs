/**
 * Verifies modules over and over in this one process, and sends its parent what it holds: started by soak.mjs, with
 * --expose-gc.
 *
 *   node --expose-gc soak-worker.mjs <isolated|in-process> <folder of the modules> <count>
 */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { verify } from '../../dist/index.js';
import { MODULES } from './modules.mjs';
import { residentOf, restOf } from './processes.mjs';

const [mode, folder, countText] = process.argv.slice(2);
const count = Number(countText);
const SAMPLES = 40;
/** One that loops is stopped by its time, so it takes longer than the others together. */
const LOOP_EVERY = 50;
const LOOP_SECONDS = 0.5;
const MIB = 2 ** 20;

const rest = restOf(process.pid);

async function sample(done) {
  const { files, processes } = await rest();
  // Twice: what the first finds to have no owner may own something itself.
  for (const _ of [1, 2]) {
    globalThis.gc();
    await sleep(1);
  }
  const { heapUsed, external } = process.memoryUsage();
  return {
    done,
    rss: residentOf(process.pid),
    heap: heapUsed / MIB,
    buffers: external / MIB,
    files,
    processes,
    handles: process.getActiveResourcesInfo().length,
    listeners: process.eventNames().reduce((total, name) => total + process.listenerCount(name), 0),
    temporary: readdirSync(tmpdir()).length,
  };
}

const warnings = new Set();
process.on('warning', ({ name, message }) => warnings.add(`${name}: ${message}`));

const names = Object.keys(MODULES);
const wrong = [];
const samples = [];
for (let done = 0; done < count; ) {
  const isLoop = mode === 'isolated' && done % LOOP_EVERY === LOOP_EVERY - 1;
  const name = isLoop ? 'loop' : names[done % names.length];
  const options = { targets: [`${name}.ts`], cwd: folder, isolate: mode === 'isolated', config: false, ...(isLoop ? { timeout: LOOP_SECONDS } : {}) };
  const report = await verify(options);
  const expected = isLoop ? 4 : MODULES[name].exitCode;
  if (report.exitCode !== expected) wrong.push(`verification ${done}, ${name}: exit code ${report.exitCode}, expected ${expected}`);
  done++;
  if (done % Math.ceil(count / SAMPLES) === 0) {
    samples.push(await sample(done));
    process.send({ sample: samples.at(-1) });
  }
}
process.send({ samples, wrong, warnings: [...warnings] }, () => process.disconnect());
