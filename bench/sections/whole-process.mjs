/** Whole processes that verify Huber over 64 elements: from the command to the prompt. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { goal, ratioCell, resultCell, table } from '../support/markdown.mjs';
import { once, PEERS } from '../support/peers.mjs';
import { temporaryFolder, writeHuber } from '../support/planted.mjs';
import { losscheck, timed } from '../support/program.mjs';
import { alternate } from '../support/stats.mjs';

const SHAPE = [8, 8];
const GOAL = 0.35;

export async function wholeProcess({ peers, python, runs, limit }) {
  const results = await alternate([...ownCells(limit), ...peerCells(peers, python, limit)], { runs, limit });
  const reference = results.get(peerName('torch', 'slow'));
  const rows = [...results].map(([name, result]) => [name, result.values.length, resultCell(result, limit), ratioCell(result, reference)]);
  const own = [...results].filter(([name]) => name.startsWith('losscheck'));
  const goals = own.map(([name, result]) => goal(`${name}, at most ${GOAL} of torch gradcheck`, result, reference, (ratio) => ratio <= GOAL));
  return `${table(['whole process, Huber over [8, 8]', 'runs', 'median (least..most)', '/ torch gradcheck'], rows)}\n${goals.join('')}`;
}

/**
 * The cache is empty; or it has seen the file, but not this edit or seed; or it has seen just this.
 */
function ownCells(limit) {
  const folder = temporaryFolder();
  const warm = { LOSSCHECK_CACHE: path.join(folder, 'cache') };
  const inputs = [`--input`, `yPred=real[${SHAPE}]`, '--input', `yTrue=real[${SHAPE}]`];
  const file = (name, delta) => writeHuber(path.join(folder, name), { shape: SHAPE, delta });
  const verify = (args, env) => timed(losscheck('verify', ...args), { env, limit, cwd: folder });
  const unchanged = file('unchanged.ts', 1);
  const cold = async (args) => {
    const cache = mkdtempSync(path.join(tmpdir(), 'losscheck-bench-cache-'));
    const result = await verify(args, { LOSSCHECK_CACHE: cache });
    rmSync(cache, { recursive: true, force: true });
    return result;
  };
  return [
    { name: 'losscheck, built-in, empty cache', run: () => cold(['huber', ...inputs]) },
    { name: 'losscheck, built-in, another seed', run: (round) => verify(['huber', ...inputs, '--seed', String(round)], warm) },
    { name: 'losscheck, user\'s .ts, empty cache', run: () => cold([unchanged]) },
    { name: 'losscheck, user\'s .ts, just edited', run: (round) => verify([file('edited.ts', 1 + round / 1024)], warm) },
    { name: 'losscheck, user\'s .ts, unchanged', run: () => verify([unchanged], warm) },
  ];
}

function peerCells(peers, python, limit) {
  const job = { loss: 'huber', reduction: 'mean', shape: SHAPE, seed: 0, repetitions: 1, fault: null };
  return [...peers.keys()].flatMap((peer) =>
    Object.keys(PEERS[peer].modes).map((mode) => ({
      name: peerName(peer, mode),
      run: () => timed(once(python, peer, { ...job, mode }), { limit }),
    })),
  );
}

function peerName(peer, mode) {
  return `${PEERS[peer].name} ${PEERS[peer].modes[mode]}`;
}
