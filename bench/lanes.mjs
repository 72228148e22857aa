/**
 * Compares reports made with lanes with those that call the loss for every coordinate: no verdict, finding, line or
 * number may differ, but for the rounding of the loss itself.
 *
 *   node bench/lanes.mjs [number of seeds, default 1] [first seed, default 0] [folder, default fixtures/losses]
 *
 * Covers the built-in losses and every module of the folder. Exit code 1 when anything differs.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { verify } from '../dist/index.js';

const seeds = Number(process.argv[2] ?? 1);
const first = Number(process.argv[3] ?? 0);
const folder = process.argv[4] ?? 'fixtures/losses';

/** Relative difference of two numbers of a report that rounding explains. */
const ROUNDING = 1e-6;
/** Numbers that are made of rounding: how far a bound or an error is above zero. */
const NOISE = new Set(['maxRelativeError', 'relativeError', 'smallestDetectable', 'errorBound']);

const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|js|mjs|cjs)$/.test(file) && !/(^|\/)(helpers|lib)\//.test(file))
  .map((file) => path.join(folder, file))
  .toSorted();

const totals = { losses: 0, checks: 0, findings: 0, identical: 0, differences: 0 };

/** Places where two reports differ by more than rounding. */
function differences(a, b, where) {
  if (typeof a === 'number' && typeof b === 'number') {
    const name = where.split('.').at(-1);
    const size = Math.max(Math.abs(a), Math.abs(b));
    if (Object.is(a, b) || Math.abs(a - b) <= ROUNDING * size) return [];
    return NOISE.has(name) && size <= 1e-5 ? [] : [`${where}: ${a} with lanes, ${b} without`];
  }
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b ? [] : [`${where}: ${JSON.stringify(a)} with lanes, ${JSON.stringify(b)} without`];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => (key === 'durationMs' ? [] : differences(a[key], b[key], `${where}.${key}`)));
}

/** Summaries and messages show numbers that are made of rounding; the numbers themselves are compared. */
function withoutWords(check) {
  const { summary: _, ...rest } = check;
  return { ...rest, findings: rest.findings.map(({ message: __, why: ___, ...finding }) => finding) };
}

const withoutTimes = (loss) => JSON.stringify(loss, (key, value) => (key === 'durationMs' ? 0 : value));

for (let seed = first; seed < first + seeds; seed++) {
  for (const target of [null, ...modules]) {
    const options = { ...(target === null ? { targets: [], all: true } : { targets: [target] }), isolate: false, backend: 'cpu', seed };
    const together = await verify(options);
    const alone = await verify({ ...options, lanes: false });
    together.losses.forEach((loss, index) => {
      const other = alone.losses[index];
      totals.losses++;
      totals.checks += loss.checks.length;
      totals.findings += loss.checks.reduce((count, { findings }) => count + findings.length, 0);
      if (withoutTimes(loss) === withoutTimes(other)) {
        totals.identical++;
        return;
      }
      const found = [...differences({ verdict: loss.verdict }, { verdict: other.verdict }, loss.id), ...loss.checks.flatMap((check, at) => differences(withoutWords(check), withoutWords(other.checks[at]), `${loss.id} ${check.id}`))];
      totals.differences += found.length;
      for (const line of found) process.stdout.write(`seed ${seed} ${line}\n`);
    });
  }
}

process.stdout.write(
  `${seeds} seeds from ${first}: ${totals.losses} losses, ${totals.checks} checks, ${totals.findings} findings; ` +
    `${totals.identical} reports are the same to the bit, in the others ${totals.differences} numbers or words differ by more than rounding.\n`,
);
process.exitCode = totals.differences > 0 ? 1 : 0;
