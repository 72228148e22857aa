import { describe, expect, it } from 'vitest';
import { clean, count, displayWidth, hang, truncate, wrap } from '../../src/reporters/text.ts';

describe('clean', () => {
  it('removes escape codes and marks other control characters', () => {
    expect(clean('\u001b[31mred\u001b[0m\u0000 \u202eevil')).toBe('red\ufffd \ufffdevil');
  });

  it('keeps line breaks and turns tabs into spaces', () => {
    expect(clean('a\r\n\tb\nc')).toBe('a\n  b\nc');
  });
});

describe('displayWidth', () => {
  it.each([
    ['abc', 3],
    ['損失', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['🎯x', 3],
    ['✓✗', 2],
    ['', 0],
  ])('%j takes %i columns', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });
});

describe('wrap', () => {
  it('breaks at spaces', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  });

  it('leaves a long word whole, so that a path can be copied', () => {
    expect(wrap('see /a/very/long/path.ts now', 10)).toEqual(['see', '/a/very/long/path.ts', 'now']);
  });

  it('cuts long words on request, by columns and not by characters', () => {
    expect(wrap('損失関数', 4, { breakWords: true })).toEqual(['損失', '関数']);
    expect(wrap('x'.repeat(25), 10, { breakWords: true })).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
  });

  it('keeps the line breaks of the text', () => {
    expect(wrap('a\n\nb', 10)).toEqual(['a', '', 'b']);
  });
});

describe('hang', () => {
  it('indents the following lines below the text', () => {
    expect(hang('fix ', 'one two three', 11)).toEqual(['fix one two', '    three']);
  });
});

describe('truncate', () => {
  it('shortens to the given number of columns', () => {
    expect(truncate('abcdef', 4)).toBe('abc…');
    expect(truncate('損失関数', 4)).toBe('損…');
    expect(truncate('abcd', 4)).toBe('abcd');
  });
});

describe('count', () => {
  it('has a singular', () => {
    expect([count(1, 'loss', 'losses'), count(0, 'loss', 'losses'), count(2, 'check')]).toEqual([
      '1 loss',
      '0 losses',
      '2 checks',
    ]);
  });
});
