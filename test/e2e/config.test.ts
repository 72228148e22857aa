import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { reportSchema } from '../../src/contracts/report.ts';
import { reportOf, Workspace } from './program.ts';
import { IMPORT, squaredError } from './sources.ts';

/** A project with a config and a baseline, from its command line. */

const workspace = new Workspace();
afterAll(() => workspace.remove());

const WRONG = `${IMPORT}export const log = (yPred: tf.Tensor, yTrue: tf.Tensor) =>\n  tf.neg(tf.mean(tf.mul(yTrue, tf.log(yPred))));\n`;

beforeEach(() => {
  rmSync(workspace.path('.'), { recursive: true, force: true });
  workspace.write({ 'package.json': '{ "type": "module" }', 'src/good.ts': IMPORT + squaredError('good'), 'src/wrong.ts': WRONG, 'sub/empty.txt': '' });
});

function config(fields: object): void {
  workspace.write({ 'losscheck.config.json': JSON.stringify(fields) });
}

describe('reporters of a config', () => {
  it('write where the config stands, and give way to the flag', async () => {
    config({ targets: ['src/good.ts'], reporters: ['table', 'json:out/report.json'] });
    const ran = await workspace.losscheckIn('sub', ['verify']);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain('✓ 1 loss passed');
    expect(reportSchema.parse(JSON.parse(readFileSync(workspace.path('out/report.json'), 'utf8'))).config).toBe('../losscheck.config.json');
    rmSync(workspace.path('out'), { recursive: true });
    expect(reportOf(await workspace.losscheckIn('sub', ['verify', '--reporter', 'json'])).summary.passed).toBe(1);
    expect(existsSync(workspace.path('out'))).toBe(false);
  });

  it.each([
    [['tabel'], /^error: losscheck\.config\.json: reporters: .*found 'tabel'.*did you mean table\?/],
    [['json:a.json', 'table:./a.json'], /^error: losscheck\.config\.json: reporters: .*two reporters write to/],
  ])('are refused by name: %j', async (reporters, complaint) => {
    config({ targets: ['src/good.ts'], reporters });
    const ran = await workspace.losscheck(['verify']);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(complaint);
  });
});

describe('the config', () => {
  it('makes the gate strict, and the report names it', async () => {
    config({ strict: true, targets: ['src'], severity: { 'edge-stability': 'warning' } });
    const ran = await workspace.losscheck(['verify', '--reporter', 'json']);
    expect([ran.code, reportOf(ran).config]).toEqual([1, 'losscheck.config.json']);
    config({ targets: ['src'], severity: { 'edge-stability': 'warning' } });
    expect((await workspace.losscheck(['verify'])).code).toBe(0);
  });

  it('that was named is in the line that replays a finding, and the line works', async () => {
    workspace.write({ 'other.json': JSON.stringify({ targets: ['src/wrong.ts'], samples: 2 }) });
    const [finding] = reportOf(await workspace.losscheck(['verify', '--config', 'other.json', '--reporter', 'json'])).losses[0]?.checks.flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error')) ?? [];
    expect(finding?.replay).toBe('losscheck verify src/wrong.ts#log --check edge-stability --seed 0 --config other.json');
    const again = await workspace.losscheck([...(finding?.replay ?? '').split(' ').slice(1), '--reporter', 'json']);
    expect(reportOf(again).losses[0]?.checks[0]?.findings[0]?.fingerprint).toBe(finding?.fingerprint);
  });

  it('that loops is ended by the time limit and named', async () => {
    workspace.write({ 'losscheck.config.ts': 'while (true) {}\nexport default {};\n' });
    const ran = await workspace.losscheck(['verify', 'src/good.ts', '--timeout', '1']);
    expect([ran.code, ran.stdout, ran.leftBehind]).toEqual([2, '', false]);
    expect(ran.stderr).toMatch(/^error: losscheck\.config\.ts: the config gave no answer: it was stopped after 1 s without an answer\n/);
  });

  it('that throws is shown with its line', async () => {
    workspace.write({ 'losscheck.config.ts': `import { defineConfig } from 'losscheck';\nconst limit = (undefined as any).limit;\nexport default defineConfig({});\n` });
    const ran = await workspace.losscheck(['verify', 'src/good.ts']);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^error: losscheck\.config\.ts:2:\d+: the config throws while it is read: Cannot read properties of undefined/);
  });
});

describe('losscheck baseline', () => {
  it('update accepts what there is, verify stops what is new, prune drops what is gone', async () => {
    config({ targets: ['src'], baseline: 'known.json' });
    const before = await workspace.losscheck(['verify']);
    expect(before.stderr).toMatch(/^error: baseline: there is no file known\.json\n {2}Write one: losscheck baseline update --baseline known\.json\n/);
    const updated = await workspace.losscheck(['baseline', 'update']);
    expect([updated.code, updated.stdout]).toEqual([0, '+ src/wrong.ts#log  edge-stability: nan-at-edge\nknown.json: written, 1 finding added, 0 removed, 0 kept\n']);
    expect((await workspace.losscheck(['verify'])).code).toBe(0);
    workspace.write({ 'src/new.ts': WRONG.replace('log =', 'another =') });
    expect((await workspace.losscheck(['verify'])).code).toBe(1);
    rmSync(workspace.path('src/new.ts'));
    workspace.write({ 'src/wrong.ts': WRONG.replace('tf.log(yPred)', 'tf.log(tf.add(yPred, 1e-7))') });
    const pruned = await workspace.losscheck(['baseline', 'prune']);
    expect([pruned.code, pruned.stdout]).toEqual([0, '- src/wrong.ts#log  edge-stability: nan-at-edge\nknown.json: written, 0 findings added, 1 removed, 0 kept\n']);
    expect((await workspace.losscheck(['baseline', 'prune'])).stdout).toBe('known.json: nothing to change, 0 findings added, 0 removed, 0 kept\n');
  });

  it('alone asks which one, with its help', async () => {
    const ran = await workspace.losscheck(['baseline']);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^error: baseline: which one\?\n\nUsage: losscheck baseline/);
  });

  it('says so when a loss could not be checked', async () => {
    workspace.write({ 'src/broken.ts': 'export const broken = (' });
    const ran = await workspace.losscheck(['baseline', 'update', 'src']);
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('src/broken.ts could not be checked: losscheck verify says why');
  });
});
