import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { verify } from '../../src/run/index.ts';
import type { Progress } from '../../src/contracts/options.ts';
import type { Report } from '../../src/contracts/report.ts';
import { BIN, expectCivil, isAlive, reportOf, Workspace, type Ran } from './program.ts';
import { DECLARED, IMPORT, lossOf, squaredError } from './sources.ts';

/** Many losses: side by side, in parts, only what has changed, and what is known from before. */

const workspace = new Workspace();
beforeAll(() => {
  workspace.write({
    'losses/a.ts': IMPORT + DECLARED + squaredError('a'),
    'losses/b.ts': IMPORT + DECLARED + lossOf('b', 'return tf.square(tf.sub(yPred, yTrue));'),
    'losses/c.ts': IMPORT + squaredError('one') + squaredError('two'),
    'losses/crash.ts': `${IMPORT}${DECLARED}${lossOf('crash', 'process.exit(3);')}${squaredError('after')}`,
    'losses/helper.ts': 'export const scale = 2;\n',
    'losses/odd.ts': `${IMPORT}${DECLARED}${lossOf('odd', 'return tf.mean(tf.abs(tf.sub(yPred, yTrue)));')}`,
    'losses/syntax.ts': 'export default (',
  });
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => workspace.remove());

const json = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> => workspace.losscheck(['verify', ...argv, '--reporter', 'json'], env);

/** What must be the same in every run: all but durations, where it came from, and which part it is. */
function same(report: Report): unknown {
  const text = JSON.stringify({ ...report, shard: undefined }, (key, value: unknown) => (key === 'durationMs' || key === 'cached' ? undefined : value));
  return JSON.parse(text);
}

async function reported(argv: readonly string[]): Promise<Report> {
  const ran = await json(argv);
  expectCivil(ran);
  return reportOf(ran);
}

const TARGETS = ['losses', 'mse', 'gone.ts', 'mae'];
const FRESH = [...TARGETS, '--no-cache', '--timeout', '30'];

describe('--jobs', () => {
  it('gives the same report, in the same order, however many run side by side', async () => {
    const [one, three] = [await reported([...FRESH, '--jobs', '1']), await reported([...FRESH, '--jobs', '3'])];
    expect(one.losses.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'gone.ts error',
      'mse pass',
      'mae pass',
      'losses/a.ts#a pass',
      'losses/b.ts#b fail',
      'losses/c.ts#one pass',
      'losses/c.ts#two pass',
      'losses/crash.ts#crash error',
      'losses/crash.ts#after pass',
      'losses/odd.ts#odd pass',
      'losses/syntax.ts error',
    ]);
    expect(same(three)).toEqual(same(one));
  });

  it('gives the same report on the built-in losses, spread or not', async () => {
    const ids = ['mae', 'gan-hinge', 'wgan', 'wgan-generator', 'uncertainty-weighted', 'jaccard', 'gan-hinge-generator', 'mse'];
    const [one, two] = [await reported([...ids, '--jobs', '1']), await reported([...ids, '--jobs', '2'])];
    expect(one.losses.map(({ id }) => id)).toEqual(ids);
    expect(same(two)).toEqual(same(one));
  });

  it('stops one loss that does not return without touching the others', async () => {
    workspace.write({ 'slow/a.ts': IMPORT + DECLARED + squaredError('a'), 'slow/b.ts': `${IMPORT}${DECLARED}${lossOf('b', 'for (;;);')}`, 'slow/c.ts': IMPORT + DECLARED + squaredError('c') });
    const ran = await json(['slow', '--jobs', '2', '--timeout', '8', '--no-cache']);
    expectCivil(ran);
    expect(reportOf(ran).losses.map(({ id, verdict, findings }) => [id, verdict, findings.map(({ code }) => code)])).toEqual([
      ['slow/a.ts#a', 'pass', []],
      ['slow/b.ts#b', 'error', ['timeout']],
      ['slow/c.ts#c', 'pass', []],
    ]);
    expect(ran.code).toBe(4);
  });

  it('refuses a parameter that no loss has, whichever process hears of it', async () => {
    const ran = await json([...FRESH, '--jobs', '3', '--param', 'gama=2']);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^error: --param gama: no loss that is checked has this parameter/m);
    expectCivil(ran);
  });

  it('excludes --isolate off, where there is one process only', async () => {
    const ran = await json(['losses', '--jobs', '2', '--isolate', 'off']);
    expect([ran.code, ran.stderr]).toEqual([2, 'error: more than one job needs isolation: without it every module runs in this one process\n  Leave out --isolate off, or --jobs.\n']);
  });

  it.skipIf(process.platform === 'win32').each([
    ['on Ctrl-C', 'SIGINT', [130, null]],
    ['when it is killed', 'SIGKILL', [null, 'SIGKILL']],
  ] as const)('leaves no process behind %s', async (_, signal, ended) => {
    workspace.write(Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`endless/${name}.ts`, `${IMPORT}${DECLARED}${lossOf(name, 'console.log(`loops ${process.pid}`);\n  for (;;);')}`])));
    const child = spawn(process.execPath, [BIN, 'verify', 'endless', '--jobs', '3'], { cwd: workspace.folder, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const pids = (): number[] => [...said.matchAll(/^loops (\d+)$/gm)].map(([, pid]) => Number(pid));
    while (pids().length < 3) await sleep(100);
    const closed = once(child, 'exit');
    // To this process alone, as `kill -INT` does: a terminal would reach its children by itself.
    child.kill(signal);
    expect(await closed).toEqual(ended);
    const end = Date.now() + 5000;
    while (pids().some(isRunning) && Date.now() < end) await sleep(50);
    expect(pids().filter(isRunning)).toEqual([]);
  });

  it('counts losses as they end, and never beyond their number', async () => {
    const seen: Progress[] = [];
    await verify({ targets: ['losses'], cwd: workspace.folder, jobs: 2 }, (progress) => seen.push(progress));
    expect(seen.every(({ done, total }) => done < total)).toBe(true);
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
    expect(new Set(seen.map(({ loss }) => loss)).size).toBe(7);
    expect(Math.max(...seen.map(({ total }) => total))).toBeLessThanOrEqual(9);
  });
});

/** An ended process stays listed until its new parent has taken note of it. */
function isRunning(pid: number): boolean {
  if (!isAlive(pid)) return false;
  return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim().startsWith('Z');
}

describe('--shard and merge', () => {
  it('make the report of the whole run again, but for durations', async () => {
    const whole = await reported([...FRESH]);
    const codes: (number | null)[] = [];
    for (const index of [1, 2, 3]) codes.push((await workspace.losscheck(['verify', ...FRESH, '--shard', `${index}/3`, '--reporter', `json:shards/${index}.json`])).code);
    expect(codes.every((code) => code !== null && [0, 1, 3, 4].includes(code))).toBe(true);
    const ran = await workspace.losscheck(['merge', 'shards', '--reporter', 'json']);
    expectCivil(ran);
    expect(same(reportOf(ran))).toEqual(same(whole));
    expect(ran.code).toBe(whole.exitCode);
  });

  it('say so when a shard is empty, and pass', async () => {
    const shards = await Promise.all([1, 2].map((index) => workspace.losscheck(['verify', 'losses/a.ts', '--shard', `${index}/2`])));
    expect(shards.map(({ code }) => code)).toEqual([0, 0]);
    expect(shards.map(({ stdout }) => stdout).join('\n')).toMatch(/^✓ nothing to check: shard [12] of 2 has no losses, seed 0$/m);
    expect(shards.map(({ stdout }) => stdout).join('\n')).toMatch(/^✓ 1 loss passed,.* shard [12] of 2, seed 0$/m);
  });

  it('refuse what does not belong together in two lines, with exit code 2', async () => {
    await workspace.losscheck(['verify', 'losses', '--no-cache', '--shard', '1/2', '--reporter', 'json:half/1.json']);
    const ran = await workspace.losscheck(['merge', 'half']);
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([
      2,
      '',
      'error: merge: found 1 of 2 shards, missing 2\n  Run them: losscheck verify losses --seed 0 --shard 2/2 --reporter json:<file>\n',
    ]);
  });
});

describe('--changed', () => {
  it('checks what has changed, says since when, and passes when nothing has', async () => {
    const own = new Workspace();
    const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args], { cwd: own.folder, stdio: 'ignore' });
    own.write({ 'losses/a.ts': IMPORT + DECLARED + squaredError('a'), 'losses/b.ts': `${IMPORT}import { scale } from '../scale.ts';\n${DECLARED}${lossOf('b', 'return tf.mul(scale, tf.mean(tf.square(tf.sub(yPred, yTrue))));')}`, 'scale.ts': 'export const scale = 1;\n' });
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'first');
    const none = await own.losscheck(['verify', '--changed', 'losses']);
    expect([none.code, none.stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^✓ nothing to check: none of 2 targets has changed since HEAD \(/)]);
    own.write({ 'scale.ts': 'export const scale = 2;\n' });
    const some = await own.losscheck(['verify', 'losses', '--changed=HEAD', '--reporter', 'json']);
    expectCivil(some);
    expect(reportOf(some)).toMatchObject({ losses: [{ id: 'losses/b.ts#b', verdict: 'pass' }], changed: { targets: 1, of: 2 }, exitCode: 0 });
    own.write({ 'losses/helper.ts': 'export const nothing = 1;\n', 'scale.ts': 'export const scale = 1;\n' });
    const helper = await own.losscheck(['verify', 'losses', '--changed']);
    expect([helper.code, helper.stdout]).toEqual([0, expect.stringMatching(/no file that has changed since HEAD \(\w+\) holds a loss/)]);
    const wrong = await own.losscheck(['verify', 'losses', '--changed=nowhere']);
    expect([wrong.code, wrong.stderr.split('\n')[0]]).toEqual([2, "error: --changed: git knows no commit 'nowhere' here"]);
    own.remove();
  });
});

describe('the cache', () => {
  const cache = () => ({ LOSSCHECK_CACHE: workspace.path('cache') });
  const cachedIds = ({ losses }: Report) => losses.filter(({ cached }) => cached === true).map(({ id }) => id);

  it('gives the same report and says what came from it; what failed to load or crashed is tried again', async () => {
    const [first, second] = [reportOf(await json(['losses', '--timeout', '30'], cache())), reportOf(await json(['losses', '--timeout', '30'], cache()))];
    expect(cachedIds(first)).toEqual([]);
    expect(cachedIds(second)).toEqual(['losses/a.ts#a', 'losses/b.ts#b', 'losses/c.ts#one', 'losses/c.ts#two', 'losses/odd.ts#odd']);
    expect(same(second)).toEqual(same(first));
    const durations = ({ losses }: Report) => losses.filter(({ file }) => file === 'losses/a.ts').map(({ durationMs }) => durationMs);
    expect(durations(second)).toEqual(durations(first));
  });

  it('says so in the table', async () => {
    await workspace.losscheck(['verify', 'losses/a.ts', 'losses/odd.ts'], cache());
    const one = await workspace.losscheck(['verify', 'losses/a.ts'], cache());
    expect(one.stdout).toMatch(/^✓ 1 loss passed, all from the cache, seed 0$/m);
    workspace.write({ 'losses/fresh.ts': IMPORT + DECLARED + squaredError('fresh') });
    const two = await workspace.losscheck(['verify', 'losses/a.ts', 'losses/fresh.ts'], cache());
    expect(two.stdout).toMatch(/^✓ 2 losses passed, 1 from the cache, seed 0$/m);
  });

  it('is neither read nor written with --no-cache, and in code unless asked for', async () => {
    await json(['losses/a.ts'], cache());
    expect(cachedIds(reportOf(await json(['losses/a.ts', '--no-cache'], cache())))).toEqual([]);
    const other = workspace.path('other-cache');
    await json(['losses/a.ts', '--no-cache'], { LOSSCHECK_CACHE: other });
    expect(existsSync(other) ? readdirSync(other, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('result')) : []).toEqual([]);
    vi.stubEnv('LOSSCHECK_CACHE', workspace.path('api-cache'));
    const run = async (options: { readonly cache?: boolean }) => cachedIds(await verify({ targets: ['losses/a.ts'], cwd: workspace.folder, ...options }));
    expect([await run({ cache: true }), await run({ cache: true }), await run({})]).toEqual([[], ['losses/a.ts#a'], []]);
  });

  it('checks anew what imports something that has changed', async () => {
    workspace.write({ 'graph/scale.ts': 'export const scale = 1;\n', 'graph/loss.ts': `${IMPORT}import { scale } from './scale.ts';\n${DECLARED}${lossOf('scaled', 'return tf.mul(scale, tf.mean(tf.square(tf.sub(yPred, yTrue))));')}` });
    const target = ['graph/loss.ts'];
    await json(target, cache());
    expect(cachedIds(reportOf(await json(target, cache())))).toEqual(['graph/loss.ts#scaled']);
    workspace.write({ 'graph/scale.ts': 'export const scale = NaN;\n' });
    const changed = reportOf(await json(target, cache()));
    expect([cachedIds(changed), changed.losses[0]?.verdict]).toEqual([[], 'fail']);
    // A comment changes no verdict, and moves the line that a finding points at.
    workspace.write({ 'graph/scale.ts': '// why\nexport const scale = NaN;\n' });
    expect(cachedIds(reportOf(await json(target, cache())))).toEqual([]);
  });

  it('checks anew where entries are damaged', async () => {
    await json(['losses/a.ts'], cache());
    const files = readdirSync(workspace.path('cache'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const entry of files) writeFileSync(`${entry.parentPath}/${entry.name}`, 'damaged');
    const ran = await json(['losses/a.ts'], cache());
    expectCivil(ran);
    expect([cachedIds(reportOf(ran)), ran.code]).toEqual([[], 0]);
    expect(cachedIds(reportOf(await json(['losses/a.ts'], cache())))).toEqual(['losses/a.ts#a']);
  });
});
