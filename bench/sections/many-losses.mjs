/** Many losses in one command: every built-in, and 40 files of a user's in one or two processes at a time. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ratioCell, goal, resultCell, table } from '../support/markdown.mjs';
import { temporaryFolder, writeHuber } from '../support/planted.mjs';
import { hasFlag, losscheck, timed } from '../support/program.mjs';
import { alternate, median } from '../support/stats.mjs';

const FILES = 40;
const SECONDS_FOR_ALL = 6;

export async function manyLosses({ runs, limit }) {
  const hasJobs = hasFlag('--jobs');
  const results = await alternate([...allCells(hasJobs, limit), ...fileCells(hasJobs, limit)], { runs, limit, warmUp: false });
  const [all, one, two] = [name('--all'), name(FILES, 1), name(FILES, 2)].map((key) => results.get(key));
  const rows = [...results].map(([key, result]) => [key, result.values.length, resultCell(result, limit), result === two ? ratioCell(two, one) : '-']);
  const seconds = all === undefined || all.values.length === 0 ? NaN : median(all.values);
  const goals = [
    `* every built-in below ${SECONDS_FOR_ALL} s: ${Number.isNaN(seconds) ? 'not measured' : seconds < SECONDS_FOR_ALL ? 'met' : '**not met**'}\n`,
    goal('--jobs 2 / --jobs 1, at most 0.6', two, one, (ratio) => ratio <= 0.6),
    ...(hasJobs ? [] : ['* this build has no `--jobs`: 40 files one after the other only\n']),
  ];
  return `${table(['many losses, empty cache', 'runs', 'median (least..most)', '/ one job'], rows)}\n${goals.join('')}`;
}

function name(what, jobs) {
  if (what === '--all') return 'verify --all';
  return `verify of ${what} files, --jobs ${jobs}`;
}

function allCells(hasJobs, limit) {
  const run = (...args) => withEmptyCache((env) => timed(losscheck('verify', '--all', ...args), { env, limit }));
  return [{ name: name('--all'), run: () => run() }, ...(hasJobs ? [{ name: 'verify --all, --jobs 1', run: () => run('--jobs', '1') }] : [])];
}

function fileCells(hasJobs, limit) {
  const folder = temporaryFolder();
  const losses = path.join(folder, 'losses');
  mkdirSync(losses);
  for (let index = 0; index < FILES; index++) writeHuber(path.join(losses, `loss-${index}.ts`), { shape: [8, 4], delta: 1 + index / 64 });
  const run = (...args) => withEmptyCache((env) => timed(losscheck('verify', losses, ...args), { env, limit, cwd: folder }));
  if (!hasJobs) return [{ name: name(FILES, 1), run: () => run() }];
  return [1, 2].map((jobs) => ({ name: name(FILES, jobs), run: () => run('--jobs', String(jobs)) }));
}

async function withEmptyCache(run) {
  const cache = mkdtempSync(path.join(tmpdir(), 'losscheck-bench-cache-'));
  try {
    return await run({ LOSSCHECK_CACHE: cache });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}
