import { describe, expect, it } from 'vitest';
import type { LocationReport } from '../../src/contracts/report.ts';
import { formatLocation, renderFrame } from '../../src/reporters/frame.ts';
import { createLayout } from '../../src/reporters/style.ts';

const plain = createLayout({ color: false, width: 80 });

function at(line: number, column: number, startLine: number, lines: string[]): LocationReport {
  return { file: 'a.ts', line, column, op: null, frame: { startLine, lines } };
}

/** The character of the blamed line above the caret. */
function underlined(location: LocationReport): string | undefined {
  const lines = renderFrame(location, plain);
  const caret = lines.findIndex((line) => line.endsWith('^'));
  return lines[caret - 1]?.[lines[caret]?.indexOf('^') ?? -1];
}

describe('renderFrame', () => {
  it('numbers the lines and points at the column', () => {
    expect(renderFrame(at(10, 3, 9, ['a', '  log(x)', 'b']), plain)).toEqual([
      '   9 | a',
      '> 10 |   log(x)',
      '     |   ^',
      '  11 | b',
    ]);
  });

  it('points at the same character behind tabs', () => {
    expect(underlined(at(1, 4, 1, ['\t\tx@y']))).toBe('@');
  });

  it('counts wide characters as two columns', () => {
    const [, caret] = renderFrame(at(1, 3, 1, ['損失@']), plain);
    expect(caret).toBe('    |     ^');
  });

  it('shows the part around the column of a very long line, within the width', () => {
    const location = at(1, 501, 1, [`${'x'.repeat(500)}@${'y'.repeat(500)}`]);
    const lines = renderFrame(location, plain);
    expect(underlined(location)).toBe('@');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('is empty without a frame', () => {
    expect(renderFrame({ file: 'a.ts', line: 1, column: 1, op: null, frame: null }, plain)).toEqual([]);
  });
});

describe('formatLocation', () => {
  it('names the operation when there is one', () => {
    expect(formatLocation({ ...at(1, 2, 1, []), op: 'Log' })).toBe('a.ts:1:2 (Log)');
    expect(formatLocation(at(1, 2, 1, []))).toBe('a.ts:1:2');
  });
});
