/**
 * The power of gradient-match on every built-in loss: planted faults and how many are caught, over several seeds.
 * Prints the table that the README quotes, in Markdown, and lists every fault that should not have been missed.
 *
 *   node bench/power.mjs [number of seeds, default 5] [first seed, default 0]
 */
import path from 'node:path';
import { selftest } from '../dist/index.js';
import { importSources } from '../scripts/build-program.mjs';

const { GUARANTEED_DELTA, builtIns } = await importSources(
  path.resolve(import.meta.dirname, '..'),
  `export { GUARANTEED_DELTA } from './src/contracts/power.ts';\nexport { builtIns } from './src/run/builtins.ts';`,
);

const count = Number(process.argv[2] ?? 5);
const first = Number(process.argv[3] ?? 0);
const rows = new Map();
const worst = { threshold: 0 };
let missed = 0;

function add(fault, planted, caught) {
  const row = rows.get(fault) ?? { planted: 0, caught: 0 };
  rows.set(fault, { planted: row.planted + planted, caught: row.caught + caught });
}

for (let seed = first; seed < first + count; seed++) {
  for (const target of builtIns().ids) {
    const { losses } = await selftest({ target, seed });
    for (const { id, deltas, faults, weakest, alreadyWrong, coordinates } of losses) {
      for (const { delta, planted, caught } of deltas) add(`a coordinate off by ${delta.toExponential(0)}`, planted, caught);
      for (const { fault, planted, caught } of faults) add(fault, planted, caught);
      const required = [...faults, ...deltas.filter(({ delta }) => delta >= GUARANTEED_DELTA)];
      const lost = required.reduce((total, { planted, caught }) => total + planted - caught, 0);
      missed += lost;
      if (lost > 0 || alreadyWrong > 0 || coordinates === 0) {
        process.stderr.write(`seed ${seed} ${id}: ${lost} missed, ${alreadyWrong} already wrong, ${coordinates} coordinates, ${JSON.stringify(weakest)}\n`);
      }
      if (weakest !== null && Number(weakest.threshold) > worst.threshold) Object.assign(worst, weakest, { id, seed });
    }
  }
}

process.stdout.write('| planted fault | planted | caught |\n|---|---|---|\n');
for (const [fault, { planted, caught }] of rows) process.stdout.write(`| ${fault} | ${planted} | ${caught} |\n`);
process.stdout.write(`\n${builtIns().ids.length} losses, ${count} seeds; ${missed} missed that should have been caught. `);
process.stdout.write(`The smallest fault that is always caught: ${Number(worst.threshold).toExponential(1)} (${worst.id}, seed ${worst.seed}).\n`);
