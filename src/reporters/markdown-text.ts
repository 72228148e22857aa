import { clean, oneLine } from './text.ts';

/** Text from outside within Markdown: it shows as it is and does nothing. */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;' };

/**
 * One line of text within HTML. An empty comment keeps a host from making a mention, a reference or an emoji of
 * `@name`, `#12` and `:100:`, and a span from making a formula of what stands between two `$`.
 */
export function html(text: string): string {
  return oneLine(text).replace(/[&<>|]|\$|[@#:](?=[\w+-])/g, (found) => ENTITIES[found] ?? (found === '$' ? '<span>$</span>' : `${found}<!-- -->`));
}

/** One line of code within HTML, where hosts leave it as it is. */
export function htmlCode(text: string): string {
  return `<code>${escapeEntities(oneLine(text))}</code>`;
}

/** One line of text within Markdown. */
export function inline(text: string): string {
  return escapeMarks(html(text))
    .replace(/^(\d+)([.)])(?=\s|$)/, String.raw`$1\$2`)
    .replace(/^[-+=#]/, String.raw`\$&`);
}

/** One line of code within Markdown. Not between backticks: a vertical bar in there would end the cell of a table. */
export function code(text: string): string {
  return escapeMarks(htmlCode(text));
}

/** Lines of code, in a fence that is longer than any within them. */
export function fenced(language: string, text: string): string {
  const content = clean(text);
  const longest = Math.max(0, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${content}\n${fence}`;
}

/** Whether a text has lines, whose indentation then matters. */
export function hasLines(text: string): boolean {
  return clean(text).trim().includes('\n');
}

export function prose(text: string): string {
  return hasLines(text) ? fenced('text', text) : inline(text);
}

/** @param summary in HTML */
export function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

function escapeEntities(text: string): string {
  return text.replace(/[&<>|]/g, (found) => ENTITIES[found] ?? found);
}

/** An image needs a bracket: its `!` can stay. */
function escapeMarks(text: string): string {
  return text.replace(/[\\`*_[\]~]/g, String.raw`\$&`);
}
