/** What the checks see: one coordinate of 1,024 with a wrong derivative, planted into the same loss in each framework. */
import { table } from '../support/markdown.mjs';
import { PEERS } from '../support/peers.mjs';

const SHAPE = [32, 32];
const SIZE = 1024;
/** Factors on one entry of the gradient; 1 plants nothing, so that whoever sees it raises a false alarm. */
const FACTORS = [2, 1.001, 1];
const REDUCTIONS = ['mean', 'sum'];
/** Shares no factor with 1,024, so that the coordinates of the seeds are all different. */
const STRIDE = 389;

export async function detection({ own, peers, seeds, limit }) {
  const checkers = [
    { name: 'losscheck gradient-match', worker: own, mode: 'gradient-match' },
    ...[...peers].flatMap(([peer, worker]) =>
      Object.entries(PEERS[peer].modes).map(([mode, name]) => ({ name: `${PEERS[peer].name} ${name}`, worker, mode })),
    ),
  ].map((checker) => ({ ...checker, counts: new Map(), failed: null }));
  for (let seed = 0; seed < seeds; seed++) {
    process.stderr.write(`  seed ${seed}\n`);
    for (const checker of checkers) await look(checker, seed, limit);
  }
  const heads = REDUCTIONS.flatMap((reduction) => FACTORS.map((factor) => `${reduction}, ${factor === 1 ? 'no fault' : factor === 2 ? 'doubled' : `x ${factor}`}`));
  const rows = checkers.map(({ name, counts, failed }) => [name, ...(failed === null ? heads.map((_, index) => cell(counts.get(index))) : heads.map(() => failed))]);
  return table([`Huber over [${SHAPE.join(', ')}]: times seen`, ...heads], rows);
}

async function look(checker, seed, limit) {
  for (const [index, { reduction, factor }] of REDUCTIONS.flatMap((reduction) => FACTORS.map((factor) => ({ reduction, factor }))).entries()) {
    if (checker.failed !== null) return;
    const fault = { coordinate: (seed * STRIDE + 7) % SIZE, factor };
    const job = { loss: 'huber', reduction, shape: SHAPE, seed, mode: checker.mode, repetitions: 1, fault };
    const { passed, over, error } = await checker.worker.ask(job, limit);
    if (over === true || error !== undefined) {
      checker.failed = over === true ? `over ${limit} s` : `failed: ${error}`;
      return;
    }
    const count = checker.counts.get(index) ?? { seen: 0, undecided: 0, of: 0 };
    checker.counts.set(index, { seen: count.seen + Number(passed === false), undecided: count.undecided + Number(passed === null), of: count.of + 1 });
  }
}

function cell({ seen, undecided, of }) {
  return `${seen} of ${of}${undecided === 0 ? '' : `, ${undecided} undecided`}`;
}
