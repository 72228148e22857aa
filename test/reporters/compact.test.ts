import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { renderCompact } from '../../src/reporters/compact.ts';
import { oddReport, typicalReport } from './every-report.ts';
import { loss, report } from './sample-report.ts';

describe('renderCompact', () => {
  it('tells a typical run', () => {
    expect(renderCompact(typicalReport())).toMatchSnapshot();
  });

  it('is one line for a run that passed', () => {
    expect(renderCompact(report([loss()]))).toBe('losscheck: 1 loss passed, seed 0\n');
  });

  it('has the form that the page on reports gives a regular expression for', () => {
    const page = readFileSync(path.join(packageRoot(), 'docs/reporters.md'), 'utf8');
    const [, quoted = ''] = /`"regexp": ("[^`]*")`/.exec(page) ?? [];
    const matcher = new RegExp(String(JSON.parse(quoted)));
    const [first = ''] = renderCompact(typicalReport()).split('\n');
    const [, file, line, column, severity, code, message] = matcher.exec(first) ?? [];
    expect([file, line, column, severity, code]).toEqual(['myloss.ts', '14', '10', 'error', 'gradient-mismatch']);
    expect(message).toMatch(/^The gradient is wrong in 32 of 32/);
  });

  it('keeps every failure on its line', () => {
    const lines = renderCompact(oddReport()).split('\n');
    expect(lines).toHaveLength(8);
    for (const line of lines.slice(0, 6)) expect(line).toMatch(/^.+:\d+:\d+: error [^ ].*: "quoted" .* \(losscheck verify .*\)$/);
  });
});
