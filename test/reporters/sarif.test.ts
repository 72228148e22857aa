import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/contracts/report.ts';
import { renderSarif } from '../../src/reporters/sarif.ts';
import { oddReport, typicalReport } from './every-report.ts';
import { complaintsOfSarif, readSarif } from './formats.ts';
import { PLAIN } from './options.ts';
import { check, failingLoss, finding, loss, report, unloadableLoss } from './sample-report.ts';

const runOf = (sample: Report, root = '') => readSarif(renderSarif(sample, { ...PLAIN, root }));

describe('renderSarif', () => {
  it('tells a typical run', () => {
    expect(renderSarif(typicalReport(), PLAIN)).toMatchSnapshot();
  });

  it.each([
    ['a typical run', typicalReport()],
    ['odd texts', oddReport()],
    ['nothing', report([])],
  ])('is valid for the schema of OASIS: %s', (_name, sample) => {
    for (const options of [PLAIN, { ...PLAIN, verbose: true, root: 'packages/odd %name/' }]) expect(complaintsOfSarif(renderSarif(sample, options))).toEqual([]);
  });

  it('would not be valid with another level', () => {
    const wrong = renderSarif(typicalReport(), PLAIN).replaceAll('"level": "error"', '"level": "fatal"');
    expect(complaintsOfSarif(wrong).join()).toContain('must be equal to one of the allowed values');
  });

  it('has a rule for each result, with help and a level', () => {
    const { results, tool } = runOf(typicalReport());
    const { rules } = tool.driver;
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { ruleId, ruleIndex } of results) expect(rules[ruleIndex]?.id).toBe(ruleId);
    expect(rules.find(({ id }) => id === 'dominant-term')?.defaultConfiguration.level).toBe('warning');
    expect(rules.find(({ id }) => id === 'gradient-mismatch')?.help.text).toContain('losscheck explain gradient-mismatch');
  });

  it('names results by their fingerprints', () => {
    expect(runOf(typicalReport()).results.map(({ partialFingerprints }) => partialFingerprints['losscheck/v1'])).toEqual(
      ['first-fingerprint', 'warning-fingerprint', 'undecided0000001', 'allowed-fingerprint', 'known-fingerprint', '0123456789abcdef', 'timeout'],
    );
  });

  it('suppresses what is accepted, with the reason, and says what the baseline has', () => {
    const accepted = runOf(typicalReport()).results.filter(({ suppressions }) => suppressions !== undefined);
    expect(accepted.map(({ level, suppressions, baselineState }) => ({ level, suppressions, baselineState }))).toEqual([
      { level: 'note', suppressions: [expect.objectContaining({ kind: 'inSource', justification: 'straight-through estimator' })], baselineState: undefined },
      { level: 'note', suppressions: [expect.objectContaining({ kind: 'external', justification: 'known: in the baseline b.json' })], baselineState: 'unchanged' },
    ]);
  });

  it('tells what could not be checked as a result and as a notification of the tool', () => {
    const { results, invocations } = runOf(report([unloadableLoss()]));
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([['syntax-error', 'error']]);
    const [{ executionSuccessful, toolExecutionNotifications }] = invocations;
    expect(executionSuccessful).toBe(false);
    expect(toolExecutionNotifications.map(({ message }) => message.text)).toEqual(['broken.ts:3:9: expected ")" but found ";"']);
    expect(runOf(report([failingLoss()])).invocations[0].executionSuccessful).toBe(true);
  });

  it('gives places relative to the repository', () => {
    const [result] = runOf(report([failingLoss()]), 'packages/my losses/').results;
    expect(result?.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'packages/my%20losses/myloss.ts', uriBaseId: 'SRCROOT' },
      region: { startLine: 14, startColumn: 10 },
    });
  });

  it.each([
    ['C:/a b/c.ts', { uri: 'file:///C%3A/a%20b/c.ts' }],
    ['/a/c.ts', { uri: 'file:///a/c.ts' }],
    ['../c#d.ts', { uri: 'c%23d.ts', uriBaseId: 'SRCROOT' }],
  ])('gives %s a URI', (file, expected) => {
    const [result] = runOf(report([loss({ file, verdict: 'error', checks: [], findings: [finding({ location: null })] })]), 'packages/').results;
    expect(result?.locations[0].physicalLocation.artifactLocation).toEqual(expected);
  });

  it('gives a built-in loss a file, without which GitHub takes no result', () => {
    const builtIn = loss({ id: 'huber', file: null, verdict: 'error', checks: [], findings: [finding({ location: null })] });
    expect(runOf(report([builtIn])).results[0]?.locations[0].physicalLocation).toEqual({ artifactLocation: { uri: 'huber', uriBaseId: 'SRCROOT' } });
  });

  it('names the analysis by folder, backend and shard, so that uploads do not replace each other', () => {
    const shard = { index: 2, count: 3, targets: ['src'], command: 'losscheck verify src', plan: 'abc', order: [], unused: null };
    const at = (files: readonly (string | null)[], root = '', changes: Partial<Report> = {}) => runOf(report(files.map((file) => loss({ file })), changes), root).automationDetails.id;
    expect(at(['src/a.ts', 'src/deep/b.ts'])).toBe('losscheck/src/cpu/');
    expect(at(['src/a.ts', 'test/b.ts'])).toBe('losscheck/cpu/');
    expect(at(['a.ts'], 'packages/one/')).toBe('losscheck/packages/one/cpu/');
    expect(at([null], 'packages/one/')).toBe('losscheck/packages/one/cpu/');
    expect(at(['src/a.ts', null], '', { shard })).toBe('losscheck/src/cpu/shard-2-of-3/');
    expect(at(['src/a.ts'], '', { engines: { ...report([]).engines, others: [], unavailable: [] } })).toBe('losscheck/src/all/');
  });

  it('leaves notes out unless they are asked for', () => {
    const noted = report([loss({ checks: [check({ findings: [finding({ code: 'kink', severity: 'info' })] })] })]);
    expect(runOf(noted).results).toEqual([]);
    expect(readSarif(renderSarif(noted, { ...PLAIN, verbose: true })).results.map(({ level }) => level)).toEqual(['note']);
  });
});
