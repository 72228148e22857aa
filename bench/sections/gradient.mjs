/** The comparison of gradients alone, in processes that are warm: what it costs, and what it looks at. */
import { goal, ratioCell, resultCell, significant, table } from '../support/markdown.mjs';
import { PEERS } from '../support/peers.mjs';
import { alternate, median } from '../support/stats.mjs';

const SIZES = [
  { shape: [128, 128], goals: [['torch slow / losscheck, at least 100', 'slow', 'check', (ratio) => ratio >= 100]] },
  {
    shape: [512, 1024],
    goals: [
      ['losscheck / torch fast, at most 5', 'check', 'fast', (ratio) => ratio <= 5],
      ['losscheck / its own value and gradient, at most 10', 'check', 'own', (ratio) => ratio <= 10],
    ],
  },
];
const CHECK = 'losscheck gradient-match, 1 point';
const OWN = 'losscheck value and gradient';

export async function gradientAlone({ own, peers, runs, limit }) {
  const parts = [];
  for (const { shape, goals } of SIZES) {
    const results = await alternate(cells(own, peers, shape, limit), { runs, limit });
    const keyed = { check: results.get(CHECK), own: results.get(OWN), slow: results.get('PyTorch gradcheck'), fast: results.get('PyTorch gradcheck(fast_mode=True)') };
    const rows = [...results].map(([name, result]) => [
      name,
      looksAt(result.facts),
      result.values.length,
      resultCell(result, limit),
      ratioCell(result, keyed.slow),
      ratioCell(result, keyed.fast),
      ratioCell(result, keyed.own),
    ]);
    const head = [`Huber over [${shape.join(', ')}]`, 'compares; smallest fault it could see', 'runs', 'median (least..most)', '/ torch slow', '/ torch fast', '/ own value and gradient'];
    const met = goals.map(([text, over, under, isMet]) => goal(text, keyed[over], keyed[under], isMet));
    parts.push(`${table(head, rows)}\n${met.join('')}`);
  }
  return parts.join('\n');
}

/** How many numbers were compared, and the smallest relative error of one coordinate that could have been seen. */
function looksAt({ coordinates, smallest, status }) {
  if (coordinates === undefined || coordinates === 0) return '-';
  const what = coordinates === 1 ? '1 weighted sum' : `${coordinates} coordinates`;
  const verdict = status === undefined || status === 'pass' ? '' : `, ${status}`;
  return `${what}; ${smallest === null ? 'nothing' : significant(smallest, 2)}${verdict}`;
}

function cells(own, peers, shape, limit) {
  const job = { loss: 'huber', reduction: 'mean', shape, seed: 0, repetitions: 1, fault: null };
  const ask = async (worker, more) => {
    const { seconds, ...rest } = await worker.ask({ ...job, ...more }, limit);
    return seconds === undefined ? rest : { value: median(seconds), ...rest };
  };
  const evaluate = { mode: 'value-and-gradient', repetitions: 5 };
  return [
    { name: CHECK, run: () => ask(own, { mode: 'gradient-match', samples: 1 }) },
    { name: 'losscheck gradient-match, 3 points (default)', run: () => ask(own, { mode: 'gradient-match' }) },
    { name: OWN, run: () => ask(own, evaluate) },
    ...[...peers].flatMap(([peer, worker]) => [
      ...Object.entries(PEERS[peer].modes).map(([mode, name]) => ({ name: `${PEERS[peer].name} ${name}`, run: () => ask(worker, { mode }) })),
      { name: `${PEERS[peer].name} value and gradient`, run: () => ask(worker, evaluate) },
    ]),
  ];
}
