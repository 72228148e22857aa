import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema, type Report } from '../../src/contracts/report.ts';
import { BIN, expectCivil, reportOf, run, type Ran } from '../e2e/program.ts';
import { Watching } from '../e2e/watching.ts';
import { CORPUS, exitCodeFor, FOLDER, mismatches } from './corpus.ts';

/** Modules that want to do harm, in each way that losscheck runs modules. */

const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-hostile-')));
const project = path.join(base, 'project');
const home = path.join(base, 'home');
const cache = path.join(base, 'cache');
const environment = { HOME: home, LOSSCHECK_CACHE: cache, HOSTILE_TOKEN: 'x', CI: '1' };
const LIMITS = ['--timeout', '8', '--max-memory', '512', '--jobs', '2'];

beforeAll(() => {
  mkdirSync(home);
  cpSync(FOLDER, project, { recursive: true });
  writeFileSync(path.join(project, 'package.json'), '{}');
  writeFileSync(path.join(project, '.env'), 'TOKEN=x');
  writeFileSync(path.join(base, 'outside.txt'), 'not yours');
  symlinkSync(path.join(base, 'outside.txt'), path.join(project, 'outside.link'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const losscheck = (argv: readonly string[]): Promise<Ran> => run(process.execPath, [BIN, 'verify', ...argv, '--reporter', 'json'], { cwd: project, env: environment });

/** Every file that is there, with its contents' age; the cache is losscheck's own. */
function files(): readonly string[] {
  const listed = readdirSync(base, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('cache'));
  return [...listed.map((name) => `${name} ${statSync(path.join(base, name)).isDirectory() ? '' : statSync(path.join(base, name)).mtimeMs}`), `temporary ${existsSync(path.join(tmpdir(), 'losscheck-left-behind'))}`];
}

function expectUnharmed(ran: Ran, before: readonly string[]): void {
  expect(ran.leftBehind).toBe(false);
  expect(files()).toEqual(before);
  expect(ran.stdout.startsWith('{\n  "schemaVersion"')).toBe(true);
}

describe('the corpus', () => {
  it('is large, and each module says what it tries and what comes of it', () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(40);
    expect(CORPUS.filter(({ tries, expects }) => tries === '' || expects.length === 0)).toEqual([]);
  });
});

describe('all in one run', () => {
  const reports: Report[] = [];

  it.each(['with nothing in the cache', 'with what the run before left in the cache'])('%s: leaves nothing behind', async () => {
    const before = files();
    const ran = await losscheck(['.', ...LIMITS]);
    expectUnharmed(ran, before);
    reports.push(reportOf(ran));
    expect(ran.code).toBe(exitCodeFor(reportOf(ran).losses));
  }, 600_000);

  it.each(CORPUS)('$file: $tries', (module) => {
    expect(reports).toHaveLength(2);
    for (const report of reports) expect(mismatches(module, report)).toEqual([]);
  });
});

/** Time for a start on a busy machine, beyond what the limit and two seconds allow. */
const START_SECONDS = 15;

describe('each by itself', () => {
  const alone = new Map<string, { readonly ran: Ran; readonly seconds: number }>();
  const before: string[] = [];

  beforeAll(async () => {
    before.push(...files());
    const waiting = [...CORPUS];
    const work = async (): Promise<void> => {
      for (let module = waiting.shift(); module !== undefined; module = waiting.shift()) {
        const started = performance.now();
        const ran = await losscheck([module.file, '--no-cache', ...module.flags]);
        alone.set(module.file, { ran, seconds: (performance.now() - started) / 1000 });
      }
    };
    await Promise.all([work(), work()]);
  }, 900_000);

  it.each(CORPUS)('$file has its exit code, and ends in time', ({ file, flags, ...module }) => {
    const { ran, seconds } = alone.get(file) ?? { ran: null, seconds: 0 };
    if (ran === null) throw new Error(`${file} was not run`);
    const { losses } = reportOf(ran);
    expect(mismatches({ file, flags, ...module }, { losses })).toEqual([]);
    expect([ran.code, ran.leftBehind]).toEqual([exitCodeFor(losses), false]);
    const timeout = Number(/--timeout (\d+)/.exec(flags.join(' '))?.[1] ?? 60);
    expect(seconds).toBeLessThan(timeout + 2 + START_SECONDS);
  });

  it('writes no file', () => {
    expect(files()).toEqual(before);
  });
});

describe('without isolation', () => {
  const safe = CORPUS.filter(({ isSafeInProcess }) => isSafeInProcess);

  it('still finds what ends a process, and what is wrong', async () => {
    expect(safe.length).toBeGreaterThan(10);
    for (const module of safe) {
      const ran = await losscheck([module.file, '--no-cache', '--isolate', 'off']);
      expectCivil(ran);
      const report = reportOf(ran);
      expect(mismatches(module, report)).toEqual([]);
      expect([ran.code, report.isolation]).toEqual([exitCodeFor(report.losses), 'off']);
    }
  }, 120_000);
});

describe('in --watch', () => {
  const watched = CORPUS.filter(({ flags }) => flags.length === 0).filter((_, index) => index % 3 === 0);

  it('a session goes on, whatever it has watched', async () => {
    const workspace = { folder: project, path: (name: string) => path.join(project, name) };
    // In the folder of the cache, whose files nobody counts.
    const session = new Watching(workspace, [...watched.map(({ file }) => file), '--watch', '--no-color', ...LIMITS, '--no-cache', '--reporter', `json:${path.join(cache, 'watched.json')}`], undefined, environment);
    try {
      await session.nextRun();
      const [first] = watched;
      writeFileSync(workspace.path(first?.file ?? ''), `${readFileSync(path.join(FOLDER, first?.file ?? ''), 'utf8')}\n// again\n`);
      await session.nextRun();
      const report = reportSchema.parse(JSON.parse(readFileSync(path.join(cache, 'watched.json'), 'utf8')));
      for (const module of watched) expect(mismatches(module, report)).toEqual([]);
      expect(await session.end('SIGINT')).toBe(130);
    } finally {
      session.kill();
    }
  });
});
