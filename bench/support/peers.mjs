import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './machine.mjs';
import { createWorker } from './worker.mjs';

/** losscheck and what it is compared with, each as a worker. */

const FOLDER = path.join(ROOT, 'bench', 'peers');

/** In the order of the tables. `modes` are the ways in which a framework checks a gradient. */
export const PEERS = {
  torch: { name: 'PyTorch', script: 'torch_worker.py', modes: { slow: 'gradcheck', fast: 'gradcheck(fast_mode=True)' } },
  jax: { name: 'JAX', script: 'jax_worker.py', modes: { check_grads: 'check_grads' } },
  tensorflow: { name: 'TensorFlow', script: 'tensorflow_worker.py', modes: { compute_gradient: 'compute_gradient' } },
};

const HOW_TO_PYTHON = `The peers need Python 3.11 or newer with their packages; make it once, outside of the repository:
  python3 -m venv /path/to/venv && /path/to/venv/bin/pip install -r bench/peers/requirements.txt
then name it: --python /path/to/venv/bin/python, or BENCH_PYTHON=/path/to/venv/bin/python
`;

export const startLosscheck = () => createWorker(process.execPath, [path.join(FOLDER, 'losscheck-worker.mjs')]);

/** The command line of a whole process that imports a framework, runs one job and ends. */
export const once = (python, peer, job) => [python, [path.join(FOLDER, PEERS[peer].script), '--once', JSON.stringify(job)]];

/**
 * The peers that are installed, by key, and what is to be said: versions, and who is missing and why.
 */
export async function findPeers(python) {
  const present = new Map();
  const versions = [];
  const missing = [];
  if (python === undefined || !existsSync(python)) {
    const reason = python === undefined ? 'no Python was named' : `there is no ${python}`;
    process.stderr.write(`${reason}: losscheck alone is measured. ${HOW_TO_PYTHON}`);
    return { present, versions, missing: [`${Object.values(PEERS).map(({ name }) => name).join(', ')} left out: no Python environment.`] };
  }
  for (const [key, { name, script }] of Object.entries(PEERS)) {
    const worker = createWorker(python, [path.join(FOLDER, script)]);
    const { error, version, runtime } = await worker.hello();
    if (error !== undefined) {
      missing.push(`${name} left out: ${error.slice(error.indexOf(': ') + 2)}.`);
      continue;
    }
    present.set(key, worker);
    if (versions.length === 0) versions.push(runtime);
    versions.push(`${name} ${version}`);
  }
  if (missing.length > 0) process.stderr.write(`${missing.join('\n')}\n${HOW_TO_PYTHON}`);
  return { present, versions, missing };
}
