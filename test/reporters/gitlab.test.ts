import { describe, expect, it } from 'vitest';
import { renderGitlab } from '../../src/reporters/gitlab.ts';
import { oddReport, typicalReport } from './every-report.ts';
import { readGitlab } from './formats.ts';
import { PLAIN } from './options.ts';
import { check, failingLoss, finding, loss, report } from './sample-report.ts';

describe('renderGitlab', () => {
  it('tells a typical run', () => {
    expect(renderGitlab(typicalReport(), PLAIN)).toMatchSnapshot();
  });

  it('has all that GitLab asks for, and no fingerprint twice', () => {
    expect(readGitlab(renderGitlab(typicalReport(), PLAIN))).toHaveLength(7);
    expect(readGitlab(renderGitlab(oddReport(), { ...PLAIN, verbose: true })).map(({ fingerprint }) => fingerprint)).toContain('odd-crash-fingerprint-2');
    expect(readGitlab(renderGitlab(report([]), PLAIN))).toEqual([]);
  });

  it('puts what has no line on the first one of the file of the loss', () => {
    const sample = report([failingLoss({ checks: [check({ status: 'fail', findings: [finding({ location: null })] })] })]);
    expect(readGitlab(renderGitlab(sample, { ...PLAIN, root: 'packages/a/' })).map(({ location }) => location)).toEqual([{ path: 'packages/a/myloss.ts', lines: { begin: 1 } }]);
  });

  it('tells failures, warnings and what is accepted apart', () => {
    const severities = readGitlab(renderGitlab(typicalReport(), PLAIN)).map(({ severity, check_name: name }) => `${severity} ${name}`);
    expect(severities).toEqual([
      'major gradient-mismatch',
      'minor dominant-term',
      'major inconclusive',
      'info gradient-mismatch',
      'info gradient-mismatch',
      'major syntax-error',
      'major timeout',
    ]);
    const [accepted] = readGitlab(renderGitlab(report([loss({ checks: [check({ findings: [finding({ allowed: 'known kink' })] })] })]), PLAIN));
    expect(accepted?.description).toContain('Accepted: known kink.');
  });
});
