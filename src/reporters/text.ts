import { stripVTControlCharacters } from 'node:util';

/** Names of inputs stand in columns; a longer one is shortened. */
export const LONGEST_NAME = 24;

let segmenter: Intl.Segmenter | null = null;

/** Made when it is first needed: most reports hold letters of one column only, and it takes long to make. */
function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** Letters of one column each that do not join with their neighbours: ASCII and what reports are drawn with. */
const NARROW = /^[ -~\u00b1\u00b7\u00d7\u2013\u2014\u2026\u2192\u2264\u2265\u2500\u2502\u2581-\u2588\u2713\u2717]*$/;
const WIDE_SCRIPT = /^(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul})/u;
const WIDE_SYMBOL = /^(?:\p{Emoji_Presentation}|[\u3000-\u303f\uff01-\uff60\uffe0-\uffe6])/u;
const INVISIBLE = /^(?:\p{Mark}|\p{Cf})+$/u;

/**
 * Text from outside (a thrown message, a file name) without anything that could steer a terminal, and with
 * nothing that UTF-8 or XML cannot hold. Line breaks stay, tabs become two spaces.
 */
export function clean(text: string): string {
  const unix = stripVTControlCharacters(text).replaceAll('\r\n', '\n').replaceAll('\t', '  ');
  return unix.replace(/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\n' ? character : '\ufffd',
  );
}

/** The same on one line. */
export function oneLine(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim();
}

/** Terminal columns that plain text takes: East Asian characters and emoji take two. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmentsOf(text)) {
    if (INVISIBLE.test(segment)) continue;
    width += WIDE_SCRIPT.test(segment) || WIDE_SYMBOL.test(segment) ? 2 : 1;
  }
  return width;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Greatest display width of several texts, 0 for none. */
export function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
}

/** Shortens to `width` columns, with an ellipsis as the last of them. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return `${takeColumns(text, Math.max(0, width - 1))}…`;
}

function takeColumns(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const { segment } of segmentsOf(text)) {
    const columns = displayWidth(segment);
    if (used + columns > width) break;
    taken += segment;
    used += columns;
  }
  return taken;
}

export interface WrapOptions {
  /** Cut words that are longer than a line; without it they stand out, so that paths can be copied. */
  readonly breakWords?: boolean;
}

/**
 * Breaks plain text at spaces into lines of at most `width` columns. Line breaks in the text are kept, and
 * so is the indentation of its lines: a fix may hold code to paste.
 */
export function wrap(text: string, width: number, options: WrapOptions = {}): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width, options.breakWords ?? false));
}

function wrapLine(indented: string, width: number, breakWords: boolean): string[] {
  const indent = /^ */.exec(indented)?.[0] ?? '';
  const text = indented.slice(indent.length);
  return wrapWords(text, width - indent.length, breakWords).map((line) => indent + line);
}

function wrapWords(text: string, width: number, breakWords: boolean): string[] {
  const words = text.split(/ +/).flatMap((word) => (breakWords ? cutWord(word, width) : [word]));
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  return lines;
}

function cutWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (displayWidth(rest) > width) {
    const piece = takeColumns(rest, width);
    // A single character wider than the line cannot be cut further.
    if (piece === '') break;
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}

/** Wrapped text whose first line starts with `first` and the others with as many spaces. */
export function hang(first: string, text: string, width: number): string[] {
  const margin = displayWidth(first);
  return wrap(text, width - margin).map((line, index) =>
    (index === 0 ? first + line : ' '.repeat(margin) + line).trimEnd(),
  );
}

/** `1 loss`, `2 losses`. */
export function count(amount: number, one: string, many: string = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}
