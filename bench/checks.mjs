/**
 * What each check costs on losses with inputs of [8, 4], and all checks together beside the first four: the ratio
 * of medians over several runs in one process, after a warm-up.
 *
 *   node bench/checks.mjs [runs, default 15] [losses, default a few built-ins]
 */
import { verify } from '../dist/index.js';
import { table } from './support/markdown.mjs';
import { median } from './support/stats.mjs';

const runs = Number(process.argv[2] ?? 15);
const targets = process.argv.length > 3 ? process.argv.slice(3) : ['mse', 'huber', 'bce', 'bce-with-logits', 'cross-entropy', 'focal', 'kl-divergence', 'physics-residual'];
const FIRST_FOUR = ['scalar-output', 'gradient-flow', 'edge-stability', 'gradient-match'];

const times = new Map();
for (let run = -3; run < runs; run++) {
  for (const target of targets) {
    const report = await verify({ targets: [target], backend: 'cpu', isolate: false });
    if (run < 0) continue;
    for (const { id, checks } of report.losses) {
      const loss = times.get(id) ?? new Map();
      times.set(id, loss);
      for (const check of checks) loss.set(check.id, [...(loss.get(check.id) ?? []), check.durationMs]);
      const sum = (ids) => checks.filter((check) => ids === null || ids.includes(check.id)).reduce((total, { durationMs }) => total + durationMs, 0);
      loss.set('ratio', [...(loss.get('ratio') ?? []), sum(null) / sum(FIRST_FOUR)]);
    }
  }
}

const ids = [...new Set([...times.values()].flatMap((loss) => [...loss.keys()]))].filter((id) => id !== 'ratio');
const rows = [...times].map(([id, loss]) => [
  id,
  ...ids.map((check) => `${median(loss.get(check) ?? [0]).toFixed(1)} ms`),
  median(loss.get('ratio')).toFixed(2),
]);
process.stdout.write(table(['loss', ...ids, 'all / first four'], rows));
