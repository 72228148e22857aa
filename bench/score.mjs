/**
 * Scores losscheck on a corpus of losses: how many faults are found, on the right line, and how many right losses
 * are complained about.
 *
 *   node bench/score.mjs [number of seeds, default 1] [first seed, default 0] [folder, default fixtures/losses]
 *     [kinds, default bad,fixed,good]
 *
 * The folder holds `bad`, with a comment `// expect: <check>/<code>` at the end of the faulty line, and `fixed` and
 * `good`, about which nothing may be said. Exit code 1 when a fault is missed or a right loss complained about.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { verify } from '../dist/index.js';
import { table } from './support/markdown.mjs';

const seeds = Number(process.argv[2] ?? 1);
const first = Number(process.argv[3] ?? 0);
const folder = process.argv[4] ?? 'fixtures/losses';
const kinds = (process.argv[5] ?? 'bad,fixed,good').split(',');

/** The built-in loss that a module is compared with. */
const AGAINST = /^\/\/ against: ([a-z0-9-]+)$/m;
const COMMENT = /\/\/ (expect[a-z-]*): ([a-z-]+)\/([a-z-]+)\s*$/;

function modules(kind) {
  const directory = path.join(folder, kind);
  if (!kinds.includes(kind) || !existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|js|mjs|cjs)$/.test(file) && !/(^|\/)(helpers|lib)\//.test(file))
    .map((file) => path.join(directory, file))
    .toSorted();
}

function expectations(file) {
  return readFileSync(file, 'utf8').split('\n').flatMap((text, index) => {
    const [, marker, check, code] = COMMENT.exec(text) ?? [];
    return marker === undefined ? [] : [{ check, code, line: marker.endsWith('anywhere') || marker.endsWith('inconclusive') ? null : index + 1 }];
  });
}

async function findingsOf(file, seed) {
  const [, against] = AGAINST.exec(readFileSync(file, 'utf8')) ?? [];
  const { losses } = await verify({ targets: [file], isolate: false, backend: 'cpu', seed, against });
  const findings = losses.flatMap((loss) => [
    ...loss.findings.map((finding) => ({ check: 'load', ...finding })),
    ...loss.checks.flatMap(({ id, findings }) => findings.map((finding) => ({ check: id, ...finding }))),
  ]);
  return { findings, verdicts: losses.map(({ verdict }) => verdict) };
}

const score = new Map();
const totals = { faults: 0, found: 0, lines: 0, rightLines: 0, right: 0, alarms: 0 };

for (let seed = first; seed < first + seeds; seed++) {
  for (const file of modules('bad')) {
    const { findings } = await findingsOf(file, seed);
    for (const { check, code, line } of expectations(file)) {
      const row = score.get(check) ?? { faults: 0, found: 0, lines: 0, rightLines: 0 };
      score.set(check, row);
      const same = findings.filter((finding) => finding.check === check && finding.code === code);
      const isFound = same.length > 0;
      const isAtLine = same.some(({ location }) => location?.line === line);
      for (const count of [row, totals]) {
        count.faults++;
        if (isFound) count.found++;
        if (line !== null) count.lines++;
        if (line !== null && isAtLine) count.rightLines++;
      }
      if (!isFound) process.stdout.write(`seed ${seed} MISSED ${check}/${code} in ${file}\n`);
      else if (line !== null && !isAtLine) process.stdout.write(`seed ${seed} LINE ${file}: ${check}/${code} at ${same[0].location?.line ?? 'none'} instead of ${line}\n`);
    }
  }
  for (const file of [...modules('fixed'), ...modules('good')]) {
    const { findings, verdicts } = await findingsOf(file, seed);
    const complaints = findings.filter(({ severity, allowed }) => severity !== 'info' && allowed === null);
    totals.right++;
    if (complaints.length === 0 && verdicts.length > 0 && verdicts.every((verdict) => verdict === 'pass')) continue;
    totals.alarms++;
    const said = complaints.map(({ check, code, message }) => `${check}/${code}: ${message}`).join('\n    ');
    process.stdout.write(`seed ${seed} ALARM ${file} ${verdicts.join(', ')}\n    ${said}\n`);
  }
}

const share = (part, whole) => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
const rows = [...score].map(([check, { faults, found, lines, rightLines }]) => [check, faults, share(found, faults), lines, share(rightLines, lines)]);
process.stdout.write(table(['check', 'faults', 'found', 'with a line', 'right line'], rows));
const { faults, found, lines, rightLines, right, alarms } = totals;
process.stdout.write(`\n${seeds} seeds from ${first}: found ${found} of ${faults} faults (${share(found, faults)}), ${rightLines} of ${lines} at the right line (${share(rightLines, lines)}), `);
process.stdout.write(`${alarms} false alarms in ${right} verifications of right losses.\n`);
process.exitCode = found === faults && alarms === 0 ? 0 : 1;
