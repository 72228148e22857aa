/**
 * How gradient-match grows with the number of elements N of the prediction, beside one evaluation of value and gradient
 * on the same engine, and the exponent p of the fit time = c N^p. Prints Markdown.
 *
 *   node bench/growth.mjs [loss...] [--runs 5] [--limit 120] [--from 64] [--to 1048576] [--write]
 *
 * Losses: huber, cross-entropy, info-nce, dice; all of them when none is named. A size that takes longer than --limit
 * seconds ends the column. --write puts the tables into bench/README.md.
 */
import { readArguments } from './support/arguments.mjs';
import { provenance } from './support/machine.mjs';
import { LOSSES } from './support/losses.mjs';
import { ratioCell, resultCell, significant, table, writeBetween } from './support/markdown.mjs';
import { startLosscheck } from './support/peers.mjs';
import { alternate, exponent, median } from './support/stats.mjs';

/** Below it a call costs what it costs to call: the fit begins here as well as at the first size. */
const FIT_FROM = 4096;

const { names, isAll, runs, limit, from, to, write } = readArguments(Object.keys(LOSSES), { runs: 5, limit: 120, from: 64, to: 2 ** 20 });
const own = startLosscheck();

function cells(loss, size) {
  const shape = LOSSES[loss].shape(size);
  const ask = async (job) => {
    const { seconds, ...rest } = await own.ask({ loss, shape, seed: 0, fault: null, repetitions: 1, ...job }, limit);
    return seconds === undefined ? rest : { value: median(seconds), ...rest };
  };
  return [
    { name: 'check', run: () => ask({ mode: 'gradient-match', samples: 1 }) },
    // Small ones are noisy, and cost nothing to repeat.
    { name: 'evaluation', run: () => ask({ mode: 'value-and-gradient', repetitions: size < 2 ** 16 ? 9 : 1 }) },
  ];
}

async function measure(loss) {
  const measured = [];
  for (let size = from; size <= to; size *= 4) {
    process.stderr.write(`${loss}, N = ${size}\n`);
    const results = await alternate(cells(loss, size), { runs, limit });
    measured.push({ size, check: results.get('check'), evaluation: results.get('evaluation') });
    if (results.get('check').values.length === 0) break;
  }
  return measured;
}

function row({ size, check, evaluation }, loss) {
  const { coordinates, smallest, status } = check.facts;
  const compared = coordinates === undefined ? '-' : `${coordinates}${status === 'pass' ? '' : ` (${status})`}`;
  return [
    size,
    `[${LOSSES[loss].shape(size).join(', ')}]`,
    compared,
    typeof smallest === 'number' ? significant(smallest, 2) : '-',
    check.values.length,
    resultCell(check, limit),
    resultCell(evaluation, limit),
    ratioCell(check, evaluation),
  ];
}

function fitted(measured, key, least) {
  const used = measured.filter(({ size, [key]: result }) => size >= least && result.values.length > 0);
  if (used.length < 3) return '-';
  const slope = exponent(used.map(({ size }) => size), used.map(({ [key]: result }) => median(result.values)));
  return `${significant(slope, 3)} (${used[0].size}..${used.at(-1).size})`;
}

const sections = [];
const exponents = [];
for (const loss of names) {
  const measured = await measure(loss);
  const head = [`${loss} (${LOSSES[loss].kind}): N`, 'shape', 'compared', 'smallest fault it could see', 'runs', 'gradient-match', 'value and gradient', 'ratio'];
  sections.push(table(head, measured.map((one) => row(one, loss))));
  const fits = ['check', 'evaluation'].flatMap((key) => [fitted(measured, key, 0), fitted(measured, key, FIT_FROM)]);
  exponents.push([loss, ...fits]);
}
const head = ['exponent of N (over)', 'gradient-match', `from ${FIT_FROM}`, 'value and gradient', `from ${FIT_FROM}`];
const named = isAll ? '' : ` ${names.join(' ')}`;
const command = `node bench/growth.mjs${named} --runs ${runs} --limit ${limit} --from ${from} --to ${to}`;
const text = [table(head, exponents), ...sections, provenance(command)].join('\n');
process.stdout.write(text);
if (write) writeBetween('growth', text);
own.close();
