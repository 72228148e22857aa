import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema, type Report } from '../../src/contracts/report.ts';
import { REPORTER_NAMES, type ReporterName } from '../../src/reporters/names.ts';
import { complaintsOfJunit, complaintsOfSarif, readGithub, readGitlab, readSarif } from '../reporters/formats.ts';
import { readMarkdown } from '../reporters/markdown-reader.ts';
import { expectSameStory } from '../reporters/same-story.ts';
import { expectCivil, ROOT, run, Workspace, type Ran } from './program.ts';

/** One run of the built program on real losses, written in every format. */

const workspace = new Workspace();
afterAll(() => workspace.remove());

const FOLDER = 'fixtures/losses';
const TARGETS = ['bad/bce-no-epsilon.ts', 'bad/custom-grad-sign.ts', 'bad/drowned-term.ts', 'bad/forgotten-keep.ts', 'good/straight-through.ts', 'good/mse.ts', 'mse', 'bad/no-such-file.ts'];
const OTHERS = REPORTER_NAMES.filter((name) => name !== 'table');

let ran: Ran;
let report: Report;
const texts = new Map<ReporterName, string>();
const textOf = (name: ReporterName) => texts.get(name) ?? '';

beforeAll(async () => {
  const reporters = OTHERS.flatMap((name) => ['--reporter', `${name}:${workspace.path(name)}`]);
  ran = await run(process.execPath, [path.join(ROOT, 'bin/losscheck.js'), 'verify', ...TARGETS, '--reporter', 'table', ...reporters], { cwd: path.join(ROOT, FOLDER) });
  texts.set('table', ran.stdout);
  for (const name of OTHERS) texts.set(name, readFileSync(workspace.path(name), 'utf8'));
  report = reportSchema.parse(JSON.parse(textOf('json')));
});

it('fails, passes and cannot load, as the fixtures say', () => {
  expectCivil(ran);
  expect([ran.code, ran.stderr]).toEqual([3, '']);
  expect(new Set(report.losses.map(({ verdict }) => verdict))).toEqual(new Set(['pass', 'fail', 'inconclusive', 'error']));
});

describe('every format', () => {
  // What hangs on lines of a pull request names files from the root of the repository.
  const fromRoot = new Set<ReporterName>(['sarif', 'github', 'gitlab']);
  const file = (name: string) => path.posix.join(FOLDER, name);

  it.each(REPORTER_NAMES)('%s tells the same failures in the same words', (name) => {
    const losses = report.losses.map((loss) => ({
      ...loss,
      file: loss.file === null ? null : file(loss.file),
      checks: loss.checks.map((check) => ({
        ...check,
        findings: check.findings.map((finding) => ({ ...finding, location: finding.location === null ? null : { ...finding.location, file: file(finding.location.file) } })),
      })),
    }));
    expectSameStory(name, fromRoot.has(name) ? { ...report, losses } : report, textOf(name));
  });

  it('is valid for its standard', async () => {
    expect(await complaintsOfJunit(textOf('junit'))).toEqual([]);
    expect(complaintsOfSarif(textOf('sarif'))).toEqual([]);
    expect(readSarif(textOf('sarif')).automationDetails.id).toBe(`losscheck/fixtures/losses/${report.engines.production.backend}/`);
    expect(readGitlab(textOf('gitlab')).length).toBeGreaterThan(5);
    expect(readGithub(textOf('github')).length).toBeGreaterThan(5);
    expect(readMarkdown(textOf('markdown')).length).toBeGreaterThan(50);
  });
});

it('tells GitHub Actions by itself', async () => {
  const summary = workspace.path('summary.md');
  const argv = [path.join(ROOT, 'bin/losscheck.js'), 'verify', 'bad/bce-no-epsilon.ts', '--quiet', '--no-cache'];
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
  const { code, stdout, stderr } = await run(process.execPath, argv, { cwd: path.join(ROOT, FOLDER), env });
  expect(code).toBe(1);
  expect(stdout).not.toContain('::error');
  expect(readGithub(stderr).map(({ properties }) => [properties['file'], properties['line']])).toEqual([
    ['fixtures/losses/bad/bce-no-epsilon.ts', '4'],
    ['fixtures/losses/bad/bce-no-epsilon.ts', '5'],
  ]);
  expect(readFileSync(summary, 'utf8')).toMatch(/^## ✗ losscheck: 1 loss failed, seed 0\n/);
});
