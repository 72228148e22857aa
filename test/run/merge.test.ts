import { afterAll, describe, expect, it } from 'vitest';
import type { LossReport, Report, ShardReport } from '../../src/contracts/report.ts';
import { packageVersion } from '../../src/package-root.ts';
import { merge } from '../../src/run/many/merge.ts';
import { toJson } from '../../src/reporters/json.ts';
import { Workspace } from '../e2e/program.ts';
import { failingLoss, loss, report as sample, unloadableLoss } from '../reporters/sample-report.ts';

const workspace = new Workspace();
afterAll(() => workspace.remove());

const tool = { name: 'losscheck' as const, version: packageVersion() };
const report = (losses: readonly LossReport[], changes: Partial<Report> = {}): Report => sample(losses, { tool, ...changes });

function shard(index: number, changes: Partial<ShardReport> = {}): ShardReport {
  return { index, count: 2, targets: ['src'], command: 'losscheck verify src --seed 0', plan: 'abc', order: [], unused: [], ...changes };
}

/** Merges reports that were written to a.json, b.json, … in a folder of their own. */
let folders = 0;
async function merged(reports: readonly (Report | string)[], places = ['.']): Promise<Report> {
  const folder = `merge-${folders++}`;
  workspace.write(Object.fromEntries(reports.map((each, index) => [`${folder}/${String.fromCodePoint(97 + index)}.json`, typeof each === 'string' ? each : toJson(each)])));
  return merge({ reports: places, cwd: workspace.path(folder) });
}

const [a, b, c] = ['a', 'b', 'c'].map((name) => loss({ id: `${name}.ts#${name}` })) as [LossReport, LossReport, LossReport];
const bad = failingLoss({ id: 'bad.ts#bad' });

describe('merging whole runs', () => {
  it('puts the losses one after the other and counts anew', async () => {
    const both = await merged([report([a, bad]), report([unloadableLoss()])]);
    expect(both.losses.map(({ id }) => id)).toEqual(['a.ts#a', 'bad.ts#bad', 'broken.ts']);
    expect([both.summary, both.exitCode]).toEqual([{ losses: 3, passed: 1, failed: 1, inconclusive: 0, errors: 1 }, 3]);
  });

  it.each<[number[], number]>([
    [[0, 0], 0],
    [[0, 1], 1],
    [[1, 4], 4],
    [[4, 3], 3],
    [[3, 2], 2],
    [[2, 70], 70],
  ])('exits of %j with %i', async (codes, expected) => {
    const reports = codes.map((exitCode, index) => report([loss({ id: `${index}` })], { exitCode }));
    expect((await merged(reports)).exitCode).toBe(expected);
  });

  it('takes files in the order given, folders and globs in that of their names, and no file twice', async () => {
    const reports = [report([a]), report([b]), report([c])];
    const ids = async (places: string[]) => (await merged(reports, places)).losses.map(({ id }) => id);
    expect(await ids(['c.json', 'a.json'])).toEqual(['c.ts#c', 'a.ts#a']);
    expect(await ids(['[bc].json', 'a.json', './b.json'])).toEqual(['b.ts#b', 'c.ts#c', 'a.ts#a']);
    expect(await ids(['.'])).toEqual(['a.ts#a', 'b.ts#b', 'c.ts#c']);
  });

  it('keeps numbers that JSON cannot write', async () => {
    const odd = loss({ checks: [{ ...loss().checks[0]!, metrics: { worst: 'NaN' } }] });
    expect((await merged([report([odd])])).losses[0]?.checks[0]?.metrics).toEqual({ worst: 'NaN' });
  });
});

describe('merging shards', () => {
  it('puts every loss where its target stood, those of one target side by side, and is no shard itself', async () => {
    const [a1, a2] = [loss({ id: 'a.ts#one' }), loss({ id: 'a.ts#two' })];
    const whole = await merged([report([b, c], { shard: shard(2, { order: [0, 3] }) }), report([a1, a2, bad], { shard: shard(1, { order: [1, 1, 2] }) })]);
    expect(whole).toEqual(report([b, a1, a2, bad, c]));
  });

  it('takes an empty shard as it is, whatever engines its machine had', async () => {
    const other = { ...report([]).engines, production: { backend: 'tensorflow' as const, precision: 32 as const, tfjs: '4.22.0', fallbackReason: null } };
    expect(await merged([report([], { engines: other, shard: shard(1) }), report([a], { shard: shard(2, { order: [0] }) })])).toEqual(report([a]));
  });

  it('adds up what each found of the baseline', async () => {
    const entry = { loss: 'a.ts#a', check: 'memory', code: 'leak', fingerprint: '0123456789abcdef' };
    const part = (index: number, stale: (typeof entry)[]) => report([], { changed: { since: 'HEAD', targets: 0, of: 2 }, baseline: { file: 'known.json', known: index, stale }, shard: shard(index) });
    expect((await merged([part(1, [entry]), part(2, [entry])])).baseline).toEqual({ file: 'known.json', known: 3, stale: [entry] });
  });

  it('finds nothing where no shard held a loss, as the whole run would', async () => {
    const whole = await merged([report([], { shard: shard(1) }), report([], { shard: shard(2) })]);
    expect(whole.exitCode).toBe(3);
    expect(whole.losses[0]).toMatchObject({ id: 'src', findings: [{ code: 'no-loss', replay: 'losscheck verify src --seed 0' }] });
  });

  it('passes where nothing had changed', async () => {
    const changed = { since: 'HEAD (1234)', targets: 0, of: 9 };
    const whole = await merged([1, 2].map((index) => report([], { changed, shard: shard(index) })));
    expect([whole.exitCode, whole.changed, whole.losses]).toEqual([0, changed, []]);
  });

  it('allows a parameter that one shard knows, and refuses one that none does', async () => {
    const shards = (second: string[]) => [
      report([a], { shard: shard(1, { order: [0], unused: ['--param gama'] }) }),
      report([b], { shard: shard(2, { order: [1], unused: second }) }),
    ];
    expect((await merged(shards([]))).losses).toHaveLength(2);
    await expect(merged(shards(['--param gama']))).rejects.toThrow('merge: --param gama: no loss of any shard has it');
  });
});

describe('merge refuses', () => {
  const first = report([a]);
  const production = { ...first.engines.production, backend: 'wasm' as const };
  const shardOne = report([a], { shard: shard(1, { order: [0] }) });
  const shardTwo = report([b], { shard: shard(2, { order: [1] }) });
  const cases: [string, (Report | string)[], string[], RegExp][] = [
    ['another schema version', [first, toJson({ ...report([b]), schemaVersion: 2 })], ['.'], /b\.json has schemaVersion 2, expected 1, which losscheck .* reads/],
    ['another version of the tool', [first, report([b], { tool: { name: 'losscheck', version: '9.9.9' } })], ['.'], /b\.json was written by losscheck 9\.9\.9, this is losscheck \d/],
    ['another seed', [first, report([b], { seed: 7 })], ['.'], /seed of b\.json is 7, expected 0 as in a\.json/],
    ['other engines', [first, report([b], { engines: { ...first.engines, production } })], ['.'], /engines of b\.json is .*wasm.*, expected .*cpu.* as in a\.json/],
    ['one backend and all of them', [first, report([b], { engines: { ...first.engines, others: [production], unavailable: [] } })], ['.'], /engines of b\.json is .*wasm.*, expected .*cpu.* as in a\.json/],
    ['a loss that is in two reports', [first, first], ['.'], /a\.ts#a is in a\.json and in b\.json, expected each loss once/],
    ['a missing shard', [shardOne], ['.'], /found 1 of 2 shards, missing 2$/],
    ['a shard that is there twice', [shardOne, shardOne], ['.'], /a\.json and b\.json are both shard 1 of 2/],
    ['a shard beside a whole run', [shardOne, report([b])], ['.'], /a\.json is a shard and b\.json is a whole run/],
    ['shards of two runs', [shardOne, report([b], { shard: shard(2, { order: [1], plan: 'xyz', command: 'losscheck verify lib --seed 0' }) })], ['.'], /b\.json is a shard of another run than a\.json: of "losscheck verify lib --seed 0"/],
    ['another number of shards', [shardOne, report([b], { shard: shard(2, { order: [1], count: 3 }) })], ['.'], /the number of shards of b\.json is 3, expected 2/],
    ['a shard that does not fit its losses', [shardTwo, report([a], { shard: shard(1, { order: [] }) })], ['.'], /b\.json: shard: does not fit/],
    ['a report that was cut off', [first, toJson(report([b])).slice(0, 300)], ['.'], /b\.json is no whole JSON: it was cut off/],
    ['an empty file', [first, ''], ['.'], /b\.json is empty/],
    ['a file that is no JSON', [first, '<html>'], ['.'], /b\.json is no JSON/],
    ['JSON that is no report', [first, '{"name":"package"}'], ['.'], /b\.json is no report of losscheck verify/],
    ['a list', [first, '[1]'], ['.'], /b\.json is no report of losscheck verify/],
    ['a report with a field that is wrong', [toJson(first).replace('"pass"', '"maybe"')], ['.'], /a\.json: losses\[0\]\.verdict: found "maybe"; accepted: pass, fail, inconclusive, error/],
    ['an exit code that does not exist', [report([a], { exitCode: 5 })], ['.'], /a\.json: exitCode: found 5, expected one of 0, 1, 2/],
    ['a file that is not there', [first], ['missing.json'], /there is no file missing\.json/],
    ['a glob that matches nothing', [first], ['x*.json'], /no file matches x\*\.json/],
    ['nothing', [first], [], /found no report/],
  ];
  it.each(cases)('%s', async (_, reports, places, message) => {
    await expect(merged(reports, places)).rejects.toMatchObject({ name: 'UsageError', message: expect.stringMatching(message) as string, hint: expect.stringMatching(/\w/) as string });
  });

  it('a folder without reports', async () => {
    workspace.write({ 'empty/readme.md': '' });
    await expect(merge({ reports: ['empty'], cwd: workspace.folder })).rejects.toThrow('the folder empty holds no .json file');
  });
});
