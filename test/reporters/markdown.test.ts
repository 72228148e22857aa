import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code, fenced, html, inline } from '../../src/reporters/markdown-text.ts';
import { renderMarkdown, renderMarkdownWithin } from '../../src/reporters/markdown.ts';
import { clean, oneLine } from '../../src/reporters/text.ts';
import { oddReport, typicalReport } from './every-report.ts';
import { readMarkdown, shown } from './markdown-reader.ts';
import { PLAIN } from './options.ts';
import { check, failingLoss, finding, loss, report } from './sample-report.ts';

describe('renderMarkdown', () => {
  it('tells a typical run', () => {
    expect(renderMarkdown(typicalReport(), PLAIN)).toMatchSnapshot();
  });

  it.each([
    ['a typical run', typicalReport()],
    ['odd texts', oddReport()],
    ['nothing', report([])],
  ])('shows as it is meant: %s', (_name, sample) => {
    for (const options of [PLAIN, { ...PLAIN, verbose: true }, { ...PLAIN, quiet: true }]) expect(readMarkdown(renderMarkdown(sample, options)).length).toBeGreaterThan(2);
  });

  it('shows code in a fence that the code cannot end', () => {
    const frame = { startLine: 13, lines: ['const a = `', '````', '```'] };
    const sample = report([failingLoss({ checks: [check({ status: 'fail', findings: [finding({ location: { file: 'a.ts', line: 14, column: 1, op: null, frame } })] })] })]);
    const lines = readMarkdown(renderMarkdown(sample, PLAIN));
    expect(lines.filter(({ isCode, text }) => isCode && text.includes('```')).map(({ text }) => text)).toEqual(['> 14 | ````', '  15 | ```']);
  });

  it('folds warnings and what is accepted, and leaves notes to --verbose', () => {
    const text = renderMarkdown(typicalReport(), PLAIN);
    expect(text).toContain('<details><summary>! warning <code>dominant-term</code>');
    expect(text).toContain('<details><summary>- accepted <code>gradient-mismatch</code>');
    expect(text).toContain('**Accepted** straight-through estimator');
    expect(text).not.toContain('Two kinks');
    expect(renderMarkdown(typicalReport(), { ...PLAIN, verbose: true })).toContain('Two kinks');
  });

  it('folds the rows of many losses with nothing to tell', () => {
    const many = report([...Array.from({ length: 30 }, (_, index) => loss({ id: `a${index}.ts` })), failingLoss()]);
    const [before = '', folded = ''] = renderMarkdown(many, PLAIN).split('<details><summary>✓ 30 losses with nothing to tell');
    expect(before).not.toContain('a29.ts');
    expect(folded).toContain('a29.ts');
  });

  it('shows with --quiet nothing but failures', () => {
    const text = renderMarkdown(typicalReport(), { ...PLAIN, quiet: true });
    expect(text).toContain('gradient-mismatch');
    expect(text).not.toMatch(/passing\.ts|dominant-term|straight-through/);
  });
});

describe('renderMarkdownWithin', () => {
  const many = report(Array.from({ length: 40 }, (_, index) => failingLoss({ id: `é${index}.ts` })));

  it('is the whole report where that fits', () => {
    const whole = renderMarkdown(many, PLAIN);
    expect(renderMarkdownWithin(many, PLAIN, Buffer.byteLength(whole))).toBe(whole);
  });

  it('is cut between rows or findings, and says so', () => {
    const whole = renderMarkdown(many, PLAIN);
    for (let bytes = Buffer.byteLength(whole) - 1; bytes > 400; bytes -= 397) {
      const text = renderMarkdownWithin(many, PLAIN, bytes);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bytes);
      readMarkdown(text);
      const [kept = '', note = ''] = text.split('\n> [!NOTE]\n');
      expect(whole.startsWith(kept)).toBe(true);
      expect(note).toContain('<code>--reporter markdown:report.md</code> writes all of it to a file');
    }
  });

  it('is nothing where not even a line fits', () => {
    expect(renderMarkdownWithin(many, PLAIN, 20)).toBe('');
    expect(renderMarkdownWithin(many, PLAIN, -5)).toBe('');
  });
});

describe('text within Markdown', () => {
  const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'\\`*_{}[]()<>#+-.!|~$@:&;/1a \n') }));

  it.each([
    ['inline', inline],
    ['code', code],
    ['html', html],
  ])('%s shows any text as it is', (name, escape) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const escaped = escape(text);
        expect(name === 'html' ? shown(escaped.replaceAll('\\', '\\\\')) : shown(escaped)).toBe(oneLine(text));
        const rest = escaped.replaceAll(/<\/?(?:code|span)>|<!-- -->/g, '');
        expect(rest).not.toMatch(/[<|>\n]/);
        // Every mark that is left has an odd number of backslashes before it.
        if (name !== 'html') expect(rest.replaceAll(/\\./g, '')).not.toMatch(/[\\`*_[\]~]/);
      }),
    );
  });

  it('does not start a list, a heading or a rule', () => {
    for (const text of ['- a', '+ a', '1. a', '12) a', '# a', '=== ', '---', '> a', '    a', '* a', '| a |']) expect(inline(text)).toMatch(/^(\\|&|\d+\\|a)/);
  });

  it('stays in its fence', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', ' ', '\n', '~', 'a', '</details>') }), (text) => {
        const lines = readMarkdown(`${fenced('text', text)}\nafter`);
        expect(lines.map(({ text: line }) => line).join('\n')).toBe(`${clean(text)}\nafter`);
        expect(lines.filter(({ isCode }) => !isCode)).toHaveLength(1);
      }),
    );
  });
});
