import { clean } from '../text.ts';

/** Text that is HTML already: everything else that is put into a page is escaped. */
export class Markup {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

export type Part = Markup | string | number | null | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML with values put in as text. Attributes must stand in double quotes; null and lists of nothing leave no trace. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, at) => text + (at < parts.length ? write(parts[at] ?? null) : '')).join(''));
}

function write(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.toString();
  return typeof part === 'string' || typeof part === 'number' ? escape(String(part)) : part.map(write).join('');
}

function escape(text: string): string {
  return readable(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Text from outside as a page can hold it: half of a surrogate pair cannot be written as UTF-8. */
export function readable(text: string): string {
  return clean(text).replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

/** Data for the script of the page. No text in it can end the element that it stands in, or begin a comment. */
export function dataScript(value: unknown): Markup {
  return new Markup(`<script type="application/json">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`);
}
