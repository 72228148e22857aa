import { describe, expect, it } from 'vitest';
import { findSection, renderMarkdown } from '../../src/cli/markdown.ts';
import { createLayout } from '../../src/reporters/style.ts';

const PAGE = `# gradient-match

Does autograd agree with **finite differences**? See [numerics](../numerics.md)
for the method.

## \`gradient-mismatch\`

What it means.

\`\`\`sh
## not a heading
losscheck verify a.ts
\`\`\`

- first point that is long enough to be wrapped, because it goes on and on and on
- second

## \`kink\`

1. One
2. Two

| a | b |
|---|---|
| 1 | 2 |
`;

describe('findSection', () => {
  it('ends at the next heading, not at a comment in code', () => {
    const section = findSection(PAGE, '`gradient-mismatch`');
    expect(section).toContain('- second');
    expect(section).toContain('## not a heading');
    expect(section).not.toContain('kink');
  });

  it('reaches to the end of the page for the last one', () => {
    expect(findSection(PAGE, '`kink`')).toContain('| 1 | 2 |');
  });

  it('finds neither other names nor what stands in code', () => {
    expect(findSection(PAGE, '`kin`')).toBeNull();
    expect(findSection(PAGE, 'not a heading')).toBeNull();
  });
});

describe('renderMarkdown', () => {
  it('lays out paragraphs, code, lists and tables', () => {
    expect(renderMarkdown(PAGE, createLayout({ color: false, width: 80 }))).toMatchSnapshot();
  });

  it('paints headings and code', () => {
    const text = renderMarkdown('# A\n\nuse `tf.log`\n', createLayout({ color: true, width: 80 }));
    expect(text).toBe('\u001b[1mA\u001b[22m\n\nuse \u001b[36m`tf.log`\u001b[39m\n');
  });
});
