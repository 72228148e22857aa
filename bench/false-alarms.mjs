/**
 * Verifies every built-in loss with many seeds and lists whatever is not a pass.
 *
 *   node bench/false-alarms.mjs [number of seeds, default 200] [first seed, default 0]
 */
import { verify } from '../dist/index.js';

const count = Number(process.argv[2] ?? 200);
const first = Number(process.argv[3] ?? 0);
let alarms = 0;
let checked = 0;
for (let seed = first; seed < first + count; seed++) {
  const report = await verify({ targets: [], all: true, seed, backend: 'cpu' });
  checked += report.losses.length;
  for (const loss of report.losses) {
    const odd = loss.checks.filter(({ status }) => status !== 'pass' && status !== 'skip');
    if (loss.verdict === 'pass' && odd.length === 0) continue;
    alarms++;
    for (const check of odd) {
      process.stdout.write(`seed ${seed} ${loss.id} ${loss.verdict}: ${check.id} ${check.status}: ${check.summary}\n`);
      for (const { code, message, replay } of check.findings) {
        process.stdout.write(`  ${code}: ${message}\n  ${replay}\n`);
      }
    }
  }
}
process.stdout.write(`${checked} verifications, ${count} seeds, ${alarms} not a plain pass\n`);
