/**
 * losscheck beside its peers (PyTorch gradcheck, JAX check_grads, TensorFlow compute_gradient) on the same loss, sizes
 * and machine, in turn. Prints Markdown; see bench/README.md for how to read it.
 *
 *   node bench/peers.mjs [section...] [--python FILE] [--runs 7] [--limit 120] [--seeds 50] [--write]
 *
 * Sections: process, gradient, memory, many, detection; all of them when none is named. --python, else BENCH_PYTHON,
 * is an interpreter with bench/peers/requirements.txt. --limit: seconds that one cell may take. --write puts the
 * tables into bench/README.md.
 */
import { detection } from './sections/detection.mjs';
import { gradientAlone } from './sections/gradient.mjs';
import { manyLosses } from './sections/many-losses.mjs';
import { memory } from './sections/memory.mjs';
import { wholeProcess } from './sections/whole-process.mjs';
import { readArguments } from './support/arguments.mjs';
import { provenance } from './support/machine.mjs';
import { writeBetween } from './support/markdown.mjs';
import { findPeers, startLosscheck } from './support/peers.mjs';

const SECTIONS = { process: wholeProcess, gradient: gradientAlone, memory, many: manyLosses, detection };

const { names, runs, limit, seeds, python, write } = readArguments(Object.keys(SECTIONS), { runs: 7, limit: 120, seeds: 50 });

const own = startLosscheck();
const { present, versions, missing } = await findPeers(python);
for (const name of names) {
  process.stderr.write(`${name}\n`);
  const text = await SECTIONS[name]({ own, peers: present, python, runs, limit, seeds });
  const command = `node bench/peers.mjs ${name} ${name === 'detection' ? `--seeds ${seeds}` : `--runs ${runs} --limit ${limit}`}`;
  const threads = present.size === 0 ? [] : ['1 thread each, float64'];
  const section = `${text}\n${[...missing, provenance(command, [...versions, ...threads])].join('\n')}`;
  process.stdout.write(`${section}\n`);
  if (write) writeBetween(`peers ${name}`, section);
}
for (const worker of [own, ...present.values()]) worker.close();
