/** Peak memory of whole processes, with all that they start. */
import path from 'node:path';
import { resultCell, table } from '../support/markdown.mjs';
import { once, PEERS } from '../support/peers.mjs';
import { temporaryFolder, writeHuber } from '../support/planted.mjs';
import { losscheck, peakMemory } from '../support/program.mjs';
import { alternate, median } from '../support/stats.mjs';

const SMALL = [8, 8];
const LARGE = [512, 1024];

export async function memory({ peers, python, runs, limit }) {
  const results = await alternate([...ownCells(limit), ...peerCells(peers, python, limit)], { runs, limit, warmUp: false });
  const mebibytes = (value) => `${Math.round(value)} MiB`;
  const goals = { small: 200, large: 1024 };
  const rows = [...results].map(([name, result]) => {
    const most = name.startsWith('losscheck') ? goals[name.includes(`[${LARGE}]`) ? 'large' : 'small'] : null;
    const met = most === null || result.values.length === 0 ? '-' : `below ${most} MiB: ${median(result.values) < most ? 'met' : '**not met**'}`;
    return [name, result.values.length, resultCell(result, limit, mebibytes), met];
  });
  return table(['peak memory, Huber', 'runs', 'median (least..most)', 'goal'], rows);
}

function ownCells(limit) {
  const folder = temporaryFolder();
  const env = { LOSSCHECK_CACHE: path.join(folder, 'cache') };
  const inputs = (shape) => ['--input', `yPred=real[${shape}]`, '--input', `yTrue=real[${shape}]`];
  // Another seed each round: an answer from the cache would need no memory.
  const verify = (round, ...args) => peakMemory(losscheck('verify', ...args, '--seed', String(round), '--timeout', String(limit)), { env, limit, cwd: folder });
  const small = writeHuber(path.join(folder, 'small.ts'), { shape: SMALL });
  const large = writeHuber(path.join(folder, 'large.ts'), { shape: LARGE });
  return [
    { name: `losscheck, built-in, [${SMALL}]`, run: (round) => verify(round, 'huber', ...inputs(SMALL)) },
    { name: `losscheck, user's .ts, [${SMALL}]`, run: (round) => verify(round, small) },
    { name: `losscheck, built-in, [${LARGE}]`, run: (round) => verify(round, 'huber', ...inputs(LARGE)) },
    { name: `losscheck, user's .ts, [${LARGE}]`, run: (round) => verify(round, large) },
  ];
}

/** The modes that end within the limit at both sizes. */
function peerCells(peers, python, limit) {
  const job = { loss: 'huber', reduction: 'mean', seed: 0, repetitions: 1, fault: null };
  return [['torch', 'fast'], ['jax', 'check_grads'], ['tensorflow', 'value-and-gradient']]
    .filter(([peer]) => peers.has(peer))
    .flatMap(([peer, mode]) =>
      [SMALL, LARGE].map((shape) => ({
        name: `${PEERS[peer].name} ${PEERS[peer].modes[mode] ?? 'value and gradient'}, [${shape}]`,
        run: () => peakMemory(once(python, peer, { ...job, mode, shape }), { limit }),
      })),
    );
}
