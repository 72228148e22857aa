/** Reads our Markdown as GitHub does, as far as we write it, and complains about what would not show as it is meant. */

export interface MarkdownLine {
  readonly text: string;
  readonly isCode: boolean;
}

/** @throws Error for a fence without an end, a row of a table with other columns, HTML that is not ours */
export function readMarkdown(markdown: string): readonly MarkdownLine[] {
  const lines = linesOf(markdown);
  const outside = lines.filter(({ isCode }) => !isCode).map(({ text }) => text);
  for (const line of outside) requireOwnTags(line);
  requireTables(outside);
  requireFolds(outside);
  return lines;
}

/** CommonMark: a fence ends at one that is as long or longer, with nothing behind it. */
function linesOf(markdown: string): readonly MarkdownLine[] {
  let fence = '';
  const lines = markdown.split('\n').map((text) => {
    const [, run = '', rest = ''] = /^ {0,3}(`{3,})(.*)$/.exec(text) ?? [];
    if (fence === '' && run !== '' && !rest.includes('`')) {
      fence = run;
      return null;
    }
    if (fence !== '' && run.length >= fence.length && rest.trim() === '') {
      fence = '';
      return null;
    }
    return { text, isCode: fence !== '' };
  });
  if (fence !== '') throw new Error(`a fence without an end: ${fence}`);
  return lines.filter((line) => line !== null);
}

const OWN_TAGS = /<\/?(?:code|details|summary|span)>|<!-- -->/g;

function requireOwnTags(line: string): void {
  const rest = line.replaceAll(OWN_TAGS, '');
  if (/[<]/.test(rest)) throw new Error(`HTML from outside: ${line}`);
  const words = line.replace(/^#+ /, '').replace(/^[| :-]+$/, '').replaceAll(/<code>.*?<\/code>|&#\d+;/g, '');
  if (/[@#:](?=[\w+-])/.test(words)) throw new Error(`a mention, reference or emoji: ${line}`);
}

function requireTables(lines: readonly string[]): void {
  let columns = 0;
  for (const line of lines) {
    const found = line.startsWith('|') ? line.split('|').length : 0;
    if (columns > 0 && found > 0 && found !== columns) throw new Error(`a row of ${found} columns in a table of ${columns}: ${line}`);
    columns = found;
  }
}

function requireFolds(lines: readonly string[]): void {
  let depth = 0;
  for (const line of lines) {
    if (line.startsWith('<details>')) depth++;
    if (line === '</details>') depth--;
    if (depth < 0) throw new Error('a </details> too many');
  }
  if (depth > 0) throw new Error('a <details> without an end');
}

/** What a reader sees of a line outside of code. */
export function shown(text: string): string {
  return text
    .replaceAll(OWN_TAGS, '')
    .replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll('&#124;', '|')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
