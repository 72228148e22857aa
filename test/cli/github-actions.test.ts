import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/contracts/errors.ts';
import type { Report } from '../../src/contracts/report.ts';
import { SUMMARY_BYTES } from '../../src/cli/github-actions.ts';
import { renderGithub } from '../../src/reporters/github.ts';
import { renderMarkdown } from '../../src/reporters/markdown.ts';
import { readGithub } from '../reporters/formats.ts';
import { readMarkdown } from '../reporters/markdown-reader.ts';
import { failingLoss, loss, report } from '../reporters/sample-report.ts';
import { fakeServices, fakeTerminal, run } from './fakes.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'losscheck-github-'));
const summary = path.join(folder, 'summary.md');
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => rmSync(summary, { force: true }));

const failing = report([failingLoss()]);
const layout = { color: false, verbose: false, quiet: false, width: 80, root: '' };

function runOnGitHub(argv: readonly string[], answer: Report = failing, env: Readonly<Record<string, string>> = {}) {
  const terminal = fakeTerminal({ cwd: folder, env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, ...env } });
  return run(argv, terminal, fakeServices(answer));
}

describe.each(['verify', 'merge'])('%s within GitHub Actions', (command) => {
  it('annotates on stderr and adds to the summary of the job', async () => {
    writeFileSync(summary, 'from an earlier command\n');
    const { exitCode, stdout, stderr } = await runOnGitHub([command, 'a.ts']);
    expect([exitCode, stderr]).toEqual([EXIT.failed, renderGithub(failing, layout)]);
    expect(stdout).toContain('✗ gradient-mismatch');
    expect(readFileSync(summary, 'utf8')).toBe(`from an earlier command\n${renderMarkdown(failing, layout)}`);
  });

  it.each([[['--reporter', 'github']], [['--reporter', 'table', '--reporter', 'github:out.txt']]])('does not annotate twice: %j', async (flags) => {
    const { stderr } = await runOnGitHub([command, 'a.ts', ...flags]);
    expect(stderr).toBe('');
    expect(readFileSync(summary, 'utf8')).toBe(renderMarkdown(failing, layout));
  });

  it('does neither anywhere else', async () => {
    for (const value of ['', 'false', '1']) expect((await runOnGitHub([command, 'a.ts'], failing, { GITHUB_ACTIONS: value })).stderr).toBe('');
    expect(statSync(summary, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('annotates without a summary to write to', async () => {
    const { stderr } = await runOnGitHub([command, 'a.ts'], failing, { GITHUB_STEP_SUMMARY: '' });
    expect(readGithub(stderr)).toHaveLength(1);
  });

  it('keeps its verdict where the summary cannot be written', async () => {
    const passed = await runOnGitHub([command, 'a.ts'], report([loss()]), { GITHUB_STEP_SUMMARY: folder });
    expect([passed.exitCode, passed.stderr]).toEqual([EXIT.passed, 'warning: cannot write the summary of the job to GITHUB_STEP_SUMMARY (EISDIR); the verdict stays as it is\n']);
    const failed = await runOnGitHub([command, 'a.ts'], failing, { GITHUB_STEP_SUMMARY: path.join(folder, 'no', 'such', 'folder') });
    expect([failed.exitCode, failed.stderr]).toEqual([EXIT.failed, expect.stringContaining('(ENOENT)')]);
  });
});

describe('the summary', () => {
  const many = report(Array.from({ length: 1500 }, (_, index) => failingLoss({ id: `loss-${index}.ts` })));

  it('is cut to what GitHub takes, and says so', async () => {
    await runOnGitHub(['verify', 'a.ts'], many);
    const text = readFileSync(summary, 'utf8');
    expect(statSync(summary).size).toBeLessThanOrEqual(SUMMARY_BYTES);
    expect(statSync(summary).size).toBeGreaterThan(SUMMARY_BYTES - 5000);
    expect(text.split('\n').at(-2)).toContain('This report is cut');
    expect(readMarkdown(text).length).toBeGreaterThan(1000);
  });

  it('leaves room for what is there', async () => {
    writeFileSync(summary, 'x'.repeat(SUMMARY_BYTES - 3000));
    await runOnGitHub(['verify', 'a.ts'], many);
    expect(statSync(summary).size).toBeLessThanOrEqual(SUMMARY_BYTES);
    expect(readFileSync(summary, 'utf8')).toContain('This report is cut');
  });

  it('says where there is no room at all', async () => {
    writeFileSync(summary, 'x'.repeat(SUMMARY_BYTES));
    const { stderr } = await runOnGitHub(['verify', 'a.ts', '--reporter', 'github']);
    expect(stderr).toBe('warning: no room for the report in the summary of this step, which holds 1048576 bytes\n');
    expect(statSync(summary).size).toBe(SUMMARY_BYTES);
  });
});
