import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { LossReport, Report } from '../../src/contracts/report.ts';
import { displayWidth } from '../../src/reporters/text.ts';
import { renderTable } from '../../src/reporters/table.ts';
import { check, failingLoss, finding, loss, passingChecks, report, unloadableLoss } from './sample-report.ts';

const plain = { color: false, verbose: false, quiet: false, width: 80, root: '' };

/** Positions of several texts, to see that they come in this order. */
function order(text: string, parts: readonly string[]): number[] {
  return parts.map((part) => text.indexOf(part));
}

describe('renderTable', () => {
  it('shows inputs, a row for each check and a closing line for a loss that passes', () => {
    expect(renderTable(report([loss()]), plain)).toMatchSnapshot();
  });

  it('shows a failure in full', () => {
    expect(renderTable(report([failingLoss()]), plain)).toMatchSnapshot();
  });

  it('puts the result before the details', () => {
    const text = renderTable(report([failingLoss()]), plain);
    const positions = order(text, [
      '✗ myloss.ts#focal  failed',
      '│ gradient-match │ ✗ fail',
      '✗ gradient-mismatch',
      '✗ 1 loss failed',
    ]);
    expect(positions).not.toContain(-1);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  });

  it('marks inferred inputs and gives the reasons', () => {
    const inputs = loss().inputs.map((input) => ({ ...input, inferred: true }));
    const text = renderTable(report([loss({ inputs, notes: ['shape [8,4]: the default'] })]), plain);
    expect(text).toContain('probability (inferred)');
    expect(text).toContain('- shape [8,4]: the default');
  });

  it('folds losses with nothing to tell when there are several', () => {
    const text = renderTable(report([loss({ id: 'huber' }), failingLoss(), loss({ id: 'mae' })]), plain);
    expect(text).toContain('✓ huber (focal)  passed  123 ms  4 checks, 1 skipped\n');
    expect(text.match(/┌/g)).toHaveLength(1);
    expect(text).toContain('3 losses: 2 passed, 1 failed');
  });

  it('does not fold under --verbose, and adds metrics', () => {
    const text = renderTable(report([loss(), loss()]), { ...plain, verbose: true });
    expect(text.match(/┌/g)).toHaveLength(2);
    expect(text).toContain('maxRelativeError=3e-11');
  });

  it('shows why a target could not be checked', () => {
    const text = renderTable(report([unloadableLoss()]), plain);
    expect(text).toContain('✗ broken.ts  could not be checked');
    expect(text).toContain('> 1 | export = (a, ;\n      |              ^');
    expect(text).toContain('fix     Close the parenthesis.');
    expect(text).not.toContain('┌');
    expect(text).toContain('✗ 1 loss could not be checked');
  });

  it('keeps allowed findings visible with their reason', () => {
    const checks = [check({ findings: [finding({ allowed: 'straight-through estimator' })] })];
    const text = renderTable(report([loss({ checks })]), plain);
    expect(text).toContain('- gradient-mismatch');
    expect(text).toContain('allowed straight-through estimator');
    expect(text).toContain('1 allowed finding');
  });

  it('does not fold a loss whose findings are allowed, even those for information', () => {
    const allowed = loss({ checks: [check({ findings: [finding({ severity: 'info', allowed: 'known kink' })] })] });
    expect(renderTable(report([loss(), allowed]), plain)).toContain('allowed known kink');
  });

  it('shows information only under --verbose', () => {
    const checks = [check({ findings: [finding({ code: 'kink', severity: 'info', message: 'two kinks' })] })];
    const sample = report([loss({ checks })]);
    expect(renderTable(sample, plain)).not.toContain('two kinks');
    expect(renderTable(sample, { ...plain, verbose: true })).toContain('i kink  a kink with a valid subgradient');
  });

  it('never shows an inconclusive check as a pass', () => {
    const checks = [check({ status: 'inconclusive', summary: 'too noisy', metrics: {} })];
    const text = renderTable(report([loss({ verdict: 'inconclusive', checks })]), plain);
    expect(text).toContain('? myloss.ts#focal  inconclusive');
    expect(text).toContain('? inconclusive │ too noisy');
    expect(text).toContain('✗ 1 loss inconclusive');
    expect(text).not.toContain('✓');
  });

  it('explains once what several findings share, and replays each', () => {
    const findings = [finding(), finding({ message: 'another coordinate', replay: 'losscheck verify b.ts' })];
    const text = renderTable(report([failingLoss({ checks: [check({ status: 'fail', findings })] })]), plain);
    expect(text.match(/ why /g)).toHaveLength(1);
    expect(text.match(/ replay /g)).toHaveLength(2);
  });

  it('does not wrap the line that replays a finding', () => {
    const replay = `losscheck verify ${'very-long-folder/'.repeat(10)}myloss.ts --check gradient-match --seed 0`;
    const sample = report([failingLoss({ checks: [check({ status: 'fail', findings: [finding({ replay })] })] })]);
    expect(renderTable(sample, plain)).toContain(`replay  ${replay}\n`);
  });

  it('says so when there was nothing to check', () => {
    expect(renderTable(report([], { exitCode: 3 }), plain)).toMatch(/^✗ no losses were checked, seed 0\n/);
  });

  describe('a part of the losses there are', () => {
    const shard = { index: 2, count: 3, targets: ['src'], command: 'losscheck verify src', plan: 'abc', order: [], unused: null };
    const lastOf = (losses: readonly LossReport[], changes: Partial<Report>) => renderTable(report(losses, changes), { ...plain, quiet: true }).split('\n')[0];

    it('is named in the closing line', () => {
      const losses = [loss({ id: 'a', cached: true }), loss({ id: 'b' })];
      expect(lastOf(losses, { shard })).toBe('✓ 2 losses passed, 1 from the cache, shard 2 of 3, seed 0');
      expect(lastOf(losses.slice(0, 1), {})).toBe('✓ 1 loss passed, all from the cache, seed 0');
      expect(lastOf(losses.slice(1), { changed: { since: 'v1 (12ab)', targets: 1, of: 5 } })).toBe('✓ 1 loss passed, changed since v1 (12ab), seed 0');
    });

    it('may be empty, and the closing line says why', () => {
      expect(lastOf([], { shard })).toBe('✓ nothing to check: shard 2 of 3 has no losses, seed 0');
      expect(lastOf([], { changed: { since: 'HEAD (12ab)', targets: 0, of: 5 } })).toBe('✓ nothing to check: none of 5 targets has changed since HEAD (12ab), seed 0');
      expect(lastOf([], { changed: { since: 'HEAD (1)', targets: 2, of: 5 } })).toBe('✓ nothing to check: no file that has changed since HEAD (1) holds a loss, seed 0');
    });
  });

  it('names the engines and why a backend is not used', () => {
    const text = renderTable(report([loss()]), plain).replaceAll('\n', ' ');
    expect(text).toContain('reference float64 on cpu, production float32 on cpu, tfjs 4.22.0');
    expect(text).toContain('@tensorflow/tfjs-node is not installed');
  });

  it('names the engines that were compared, and why others were not', () => {
    const { engines } = report([]);
    const all = { ...engines, others: [{ ...engines.reference, backend: 'wasm' as const, precision: 32 as const }], unavailable: [{ backend: 'tensorflow' as const, reason: engines.production.fallbackReason ?? '' }] };
    const text = renderTable(report([loss()], { engines: all }), plain).replaceAll('\n', ' ');
    expect(text).toContain(
      'production float32 on cpu, compared with float32 on wasm, tfjs 4.22.0; tensorflow is not compared: @tensorflow/tfjs-node is not installed',
    );
    expect(text.match(/is not installed/g)).toHaveLength(1);
  });

  it('cuts a summary that is too long for a table', () => {
    const text = renderTable(report([loss({ checks: [check({ summary: 'long '.repeat(2000) })] })]), { ...plain, verbose: true });
    expect(text.match(/long long/g)).toHaveLength(9 * 5);
    expect(text).toContain('│ …  ');
  });

  it('shows a check that could not decide in full where that fails the loss', () => {
    const undecided = { fingerprint: 'f', replay: 'losscheck verify a.ts --check precision --seed 0', required: true, accepted: null };
    const checks = [check({ id: 'precision', status: 'inconclusive', summary: 'too noisy', undecided })];
    for (const quiet of [false, true]) {
      const text = renderTable(report([loss({ verdict: 'inconclusive', checks })]), { ...plain, quiet });
      expect(text).toContain('? inconclusive  the check could not decide\n  precision could not decide: too noisy\n');
      expect(text).toContain(`  replay  ${undecided.replay}\n`);
    }
    expect(renderTable(report([loss({ checks })]), plain)).not.toContain('could not decide:');
  });

  describe('--quiet', () => {
    const quiet = { ...plain, quiet: true };

    it('prints the closing lines and nothing else when all passed', () => {
      expect(renderTable(report([loss(), loss()]), quiet)).toMatch(/^✓ 2 losses passed/);
    });

    it('prints failures without tables, inputs and warnings of other checks', () => {
      const warning = finding({ code: 'dominant-term', severity: 'warning', message: 'mse drowns l1' });
      const checks = [
        ...passingChecks(),
        check({ status: 'fail', findings: [finding()] }),
        check({ id: 'term-balance', status: 'warn', findings: [warning] }),
      ];
      const text = renderTable(report([loss(), failingLoss({ checks })]), quiet);
      expect(text).toContain('✗ gradient-mismatch');
      expect(text).not.toContain('mse drowns l1');
      expect(text).not.toContain('│');
    });

    it('prints the warnings when they alone made the loss fail', () => {
      const warning = finding({ code: 'dominant-term', severity: 'warning', message: 'mse drowns l1' });
      const strict = failingLoss({ checks: [check({ id: 'term-balance', status: 'warn', findings: [warning] })] });
      expect(renderTable(report([strict]), quiet)).toContain('mse drowns l1');
    });
  });

  describe('hostile content', () => {
    const nasty = '\u001b[31m損失関数-' + 'x'.repeat(300);
    const sample = report([
      failingLoss({
        id: nasty,
        name: nasty,
        notes: [nasty],
        checks: [
          check({
            status: 'fail',
            summary: nasty,
            metrics: { worst: 'NaN', smallestDetectable: 'Infinity' },
            findings: [finding({ message: nasty, data: { point: { [nasty]: ['NaN', 'Infinity', -0] } } })],
          }),
        ],
      }),
    ]);

    it('writes no escape codes without colour', () => {
      const text = renderTable(sample, { ...plain, verbose: true });
      expect(stripVTControlCharacters(text)).toBe(text);
      expect(text).toContain('NaN, Infinity, -0');
      expect(text).toContain('worst=NaN');
    });

    it('keeps the table within 80 columns', () => {
      const rows = renderTable(sample, plain)
        .split('\n')
        .filter((line) => line.startsWith('│') || line.startsWith('┌'));
      expect(rows.length).toBeGreaterThan(5);
      expect(new Set(rows.map(displayWidth))).toEqual(new Set([80]));
    });
  });

  it('differs from the plain form by escape codes alone when coloured', () => {
    const sample = report([loss(), failingLoss(), unloadableLoss()]);
    const colored = renderTable(sample, { ...plain, color: true, verbose: true });
    expect(colored).toContain('\u001b[31m');
    expect(stripVTControlCharacters(colored)).toBe(renderTable(sample, { ...plain, verbose: true }));
  });

  it.each([60, 80, 100, 120])('stays within %i columns and fills them, but for lines to copy', (width) => {
    const text = renderTable(report([loss(), failingLoss(), unloadableLoss()]), { ...plain, verbose: true, width });
    const lines = text.split('\n').filter((line) => !/^  (?:eval|replay)  /.test(line));
    expect(Math.max(...lines.map(displayWidth))).toBe(width);
  });
});
