import type { LocationReport } from '../../contracts/report.ts';
import { html, type Markup } from './markup.ts';

/** A bundle may have a line of a megabyte: this much of it is shown, around the place. */
const LONGEST_LINE = 300;
const BEFORE_PLACE = 100;

/** What stands at a blamed place: a name with its dots, or one character. */
const TOKEN = /^(?:[\w$]+(?:\.[\w$]+)*|[^])/u;

export interface Blame {
  readonly line: number;
  readonly column: number;
  /** The problem that blames it, and where it stands on the page. */
  readonly code: string;
  readonly anchor: string;
}

/** The lines around the place of one problem. */
export function renderFrame(location: LocationReport): Markup | null {
  const { frame, line, column } = location;
  if (frame === null) return null;
  return renderLines(frame.startLine, frame.lines, [{ line, column, code: '', anchor: '' }], `Code around line ${line}`);
}

/** Source with the lines marked that problems blame. */
export function renderSource(source: { readonly startLine: number; readonly lines: readonly string[] }, blames: readonly Blame[]): Markup {
  return renderLines(source.startLine, source.lines, blames, 'Source of the loss');
}

function renderLines(startLine: number, lines: readonly string[], blames: readonly Blame[], label: string): Markup {
  const rows = lines.map((text, offset) => {
    const number = startLine + offset;
    const here = blames.filter(({ line }) => line === number);
    const [first] = here;
    if (first === undefined) return html`<span class="line"><span class="number">${number}</span>${clip(text, 1).text}\n</span>`;
    const links = here.filter(({ anchor }) => anchor !== '');
    return html`<span class="line blamed"><span class="number"><span class="arrow">&gt;</span>${number}</span>${withMark(text, first.column)}\n</span>${
      links.length === 0 ? null : html`<span class="line blame"><span class="number"></span>${links.map(({ code, anchor }) => html`<a href="${`#${anchor}`}">▲ ${code}</a> `)}\n</span>`
    }`;
  });
  return html`<pre class="code" tabindex="0" role="region" aria-label="${label}"><code>${rows}</code></pre>`;
}

function withMark(line: string, column: number): Markup {
  const { text, at } = clip(line, column);
  const token = TOKEN.exec(text.slice(at))?.[0] ?? '';
  return html`${text.slice(0, at)}${token === '' ? null : html`<mark>${token}</mark>`}${text.slice(at + token.length)}`;
}

/** The part of a line that is shown, and where in it the column is. */
function clip(line: string, column: number): { text: string; at: number } {
  if (line.length <= LONGEST_LINE) return { text: line, at: column - 1 };
  const start = Math.max(0, column - 1 - BEFORE_PLACE);
  const text = line.slice(start, start + LONGEST_LINE);
  const before = start === 0 ? '' : '…';
  const after = start + LONGEST_LINE < line.length ? '…' : '';
  return { text: before + text + after, at: column - 1 - start + before.length };
}
