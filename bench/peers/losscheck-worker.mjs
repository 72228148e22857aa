/**
 * losscheck as a worker, like those of its peers: see worker.py for jobs and answers.
 *
 * Modes: `gradient-match`, timed by the `durationMs` of the check in the report, with the job's `samples` or the
 * default; `value-and-gradient`, one evaluation on the float64 engine. `loss` is a name of support/losses.mjs.
 */
import path from 'node:path';
import { createInterface } from 'node:readline';
import { verify } from '../../dist/index.js';
import { valueAndGradient } from '../support/engine.mjs';
import { drawPoint, inputsOf, LOSSES } from '../support/losses.mjs';
import { temporaryFolder, writeFaultyHuber } from '../support/planted.mjs';

const folder = temporaryFolder();
process.env.LOSSCHECK_CACHE = path.join(folder, 'cache');
let faults = 0;

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

async function check(job) {
  const options = { check: ['gradient-match'], seed: job.seed, isolate: false, backend: 'cpu', timeout: 3600 };
  const chosen = { ...options, ...(job.samples === undefined ? {} : { samples: job.samples }), ...targetOf(job) };
  const seconds = [];
  let last;
  for (let repetition = 0; repetition < job.repetitions; repetition++) {
    const { losses } = await verify(chosen);
    const [loss] = losses;
    [last] = loss.checks;
    if (last === undefined) throw new Error(loss.findings[0]?.message ?? `no check ran: ${loss.verdict}`);
    seconds.push(last.durationMs / 1000);
  }
  const { status, metrics } = last;
  const passed = { pass: true, fail: false }[status] ?? null;
  return { seconds, passed, status, coordinates: metrics.coordinates ?? 0, smallest: Number(metrics.smallestDetectable ?? NaN) };
}

function targetOf({ loss, shape, reduction, fault }) {
  if (fault !== null) {
    const file = path.join(folder, `faulty-${faults++}.ts`);
    return { targets: [writeFaultyHuber(file, { shape, reduction, fault })], cwd: folder };
  }
  const { target } = LOSSES[loss];
  const param = reduction === undefined ? {} : { param: { reduction } };
  return { targets: [target], input: inputsOf(LOSSES[loss], shape), ...param };
}

const evaluators = new Map();

async function evaluate({ loss, shape, seed, repetitions }) {
  const run = evaluators.get(loss) ?? (await valueAndGradient(LOSSES[loss]));
  evaluators.set(loss, run);
  const point = drawPoint(LOSSES[loss], shape, seed);
  const seconds = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const started = performance.now();
    run(point);
    seconds.push((performance.now() - started) / 1000);
  }
  return { seconds, passed: null, coordinates: 0, smallest: null };
}

say({ ready: true, version: 'this', runtime: `Node ${process.versions.node}` });
for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  try {
    say(await (job.mode === 'gradient-match' ? check(job) : evaluate(job)));
  } catch (error) {
    say({ error: error instanceof Error ? error.message : String(error) });
  }
}
