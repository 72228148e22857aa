import { describe, expect, it } from 'vitest';
import type { CoordinatesReport } from '../../src/contracts/evidence.ts';
import { renderCoordinates } from '../../src/reporters/coordinates.ts';
import { createLayout } from '../../src/reporters/style.ts';
import { renderTable } from '../../src/reporters/table.ts';
import { displayWidth } from '../../src/reporters/text.ts';
import { check, loss, report } from './sample-report.ts';

const layout = createLayout({ color: false, width: 80 });

function coordinates(size: number, changes: Partial<CoordinatesReport> = {}): CoordinatesReport {
  const rows = Array.from({ length: size }, (_, row) => row);
  return {
    kind: 'coordinates',
    input: 'yPred',
    at: 'sample 0',
    shape: [size / 2, 2],
    positions: rows,
    analytic: rows.map((row) => row + 0.5),
    numeric: rows.map((row) => row + 0.5),
    relativeErrors: rows.map((row) => row * 1e-15),
    errorBounds: rows.map(() => 1e-14),
    wrong: [],
    compared: size,
    rtol: 1e-5,
    ...changes,
  };
}

function linesOf(evidence: CoordinatesReport): string[] {
  return renderCoordinates([check({ evidence: [evidence] })], layout);
}

describe('renderCoordinates', () => {
  it('shows every coordinate of a few, in columns, and marks what is wrong', () => {
    const evidence = coordinates(4, { wrong: [2], numeric: [0.5, 1.5, -2.5, 'NaN'], relativeErrors: [0, 1e-15, 2, 'Infinity'], errorBounds: [1e-14, 1e-14, 1e-14, 'Infinity'] });
    expect(linesOf(evidence)).toEqual([
      '',
      '  gradient of yPred at sample 0: 4 coordinates, 1 wrong (✗) by more than 1e-5 of',
      '  its size and 4 times its bound',
      '     index  autograd  difference  rel. error     bound',
      '     [0,0]       0.5         0.5      0.0e+0   1.0e-14',
      '     [0,1]       1.5         1.5     1.0e-15   1.0e-14',
      '  ✗  [1,0]       2.5        -2.5      2.0e+0   1.0e-14',
      '     [1,1]       3.5         NaN    Infinity  Infinity',
    ]);
  });

  it('shows of many the wrong and the worst, and says how many it leaves out', () => {
    const lines = linesOf(coordinates(400, { wrong: [3], relativeErrors: coordinates(400).relativeErrors.map((error, row) => (row === 3 ? 0.5 : error)) }));
    expect(lines.filter((line) => line.includes('[')).map((line) => /\[[^\]]*\]/.exec(line)?.[0])).toEqual([
      '[1,1]',
      ...Array.from({ length: 19 }, (_, row) => 381 + row).map((position) => `[${Math.floor(position / 2)},${position % 2}]`),
    ]);
    expect(lines.at(-1)).toBe('  380 of 400 left out; all are in the JSON report: --reporter json');
  });

  it('promises of the JSON report what is in it', () => {
    expect(linesOf(coordinates(400, { compared: 9000 })).at(-1)).toBe('  8980 of 9000 left out; the worst 400 are in the JSON report: --reporter json');
  });

  it('fits 60 columns, and belongs to --verbose', () => {
    const checks = [check({ evidence: [coordinates(200, { analytic: coordinates(200).analytic.map(() => -1.2345678e-12) })] })];
    const lines = renderCoordinates(checks, createLayout({ color: false, width: 60 }));
    expect(lines).toHaveLength(204);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(60);
    const plain = { color: false, verbose: false, quiet: false, width: 80, root: '' };
    expect(renderTable(report([loss({ checks })]), plain)).not.toContain('difference');
    expect(renderTable(report([loss({ checks })]), { ...plain, verbose: true })).toContain('difference');
  });
});
