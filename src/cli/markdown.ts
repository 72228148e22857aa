import type { Layout, Style } from '../reporters/style.ts';
import { clean, hang, wrap } from '../reporters/text.ts';

/** A run of lines that is laid out in one way. */
type Block =
  | { readonly kind: 'heading' | 'paragraph' | 'code' | 'table'; readonly text: string }
  | { readonly kind: 'item'; readonly mark: string; readonly text: string };

const CODE_INDENT = '    ';

/** The Markdown of our own pages for a terminal: headings, paragraphs, lists, code and tables. */
export function renderMarkdown(markdown: string, layout: Layout): string {
  const blocks = readBlocks(clean(markdown));
  const lines = blocks.flatMap((block, index) => {
    const rendered = renderBlock(block, layout);
    const previous = blocks[index - 1];
    const together = previous === undefined || (previous.kind === 'item' && block.kind === 'item');
    return together ? rendered : ['', ...rendered];
  });
  return `${lines.join('\n')}\n`;
}

/** The section below a `## ` heading, the heading included; null when the page has none of that name. */
export function findSection(markdown: string, heading: string): string | null {
  const lines = markdown.split('\n');
  const headings = headingLines(lines);
  const start = headings.find((line) => lines[line] === `## ${heading}`);
  if (start === undefined) return null;
  const end = headings.find((line) => line > start);
  return lines.slice(start, end).join('\n').trim();
}

/** Indices of the `# ` and `## ` headings; a comment inside a code block looks like one. */
function headingLines(lines: readonly string[]): number[] {
  let inCode = false;
  const found: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('```')) inCode = !inCode;
    else if (!inCode && /^##? /.test(line)) found.push(index);
  }
  return found;
}

function readBlocks(markdown: string): Block[] {
  const lines = markdown.split('\n');
  const blocks: Block[] = [];
  let next = 0;
  while (next < lines.length) {
    if (lines[next]?.trim() === '') {
      next++;
      continue;
    }
    const { block, length } = readBlock(lines.slice(next));
    blocks.push(block);
    next += length;
  }
  return blocks;
}

const FENCE = /^```/;
const HEADING = /^#{1,6} /;
const TABLE = /^\|/;
const ITEM = /^ *([-*]|\d+\.) +(.*)$/;

/** The block that the first line opens, and how many lines it takes. */
function readBlock(lines: readonly string[]): { readonly block: Block; readonly length: number } {
  const [first = ''] = lines;
  if (HEADING.test(first)) return { block: { kind: 'heading', text: first.replace(HEADING, '') }, length: 1 };
  if (FENCE.test(first)) {
    const code = linesUntil(lines, (line) => FENCE.test(line));
    return { block: { kind: 'code', text: code.slice(1).join('\n') }, length: code.length + 1 };
  }
  if (TABLE.test(first)) {
    const rows = linesUntil(lines, (line) => !TABLE.test(line));
    return { block: { kind: 'table', text: rows.join('\n') }, length: rows.length };
  }
  const own = linesUntil(lines, endsText);
  const text = own.map((line) => line.trim()).join(' ');
  const [, mark, content = ''] = ITEM.exec(text) ?? [];
  const block: Block = mark === undefined ? { kind: 'paragraph', text } : { kind: 'item', mark, text: content };
  return { block, length: own.length };
}

function endsText(line: string): boolean {
  return line.trim() === '' || [FENCE, HEADING, TABLE, ITEM].some((start) => start.test(line));
}

/** The first line, and those that follow up to one that ends them. */
function linesUntil(lines: readonly string[], ends: (line: string) => boolean): readonly string[] {
  const end = lines.findIndex((line, index) => index > 0 && ends(line));
  return end === -1 ? lines : lines.slice(0, end);
}

function renderBlock(block: Block, { style, width }: Layout): string[] {
  switch (block.kind) {
    case 'heading':
      return [style.bold(plainInline(block.text).replaceAll('`', ''))];
    case 'paragraph':
      return paintInline(wrap(plainInline(block.text), width), style);
    case 'item':
      return paintInline(hang(`${block.mark} `, plainInline(block.text), width), style);
    case 'code':
      return block.text.split('\n').map((line) => style.cyan(`${CODE_INDENT}${line}`.trimEnd()));
    case 'table':
      return block.text.split('\n');
  }
}

/** Links become `text (address)`; emphasis marks go. Backticks stay: they are how code reads in plain text. */
function plainInline(text: string): string {
  return text.replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 ($2)').replaceAll(/\*\*([^*]+)\*\*/g, '$1');
}

/** Painted after wrapping; a code span may run over the end of a line. */
function paintInline(lines: readonly string[], style: Style): string[] {
  return lines
    .join('\n')
    .replaceAll(/`[^`]+`/g, (span) => style.cyan(span))
    .split('\n');
}
