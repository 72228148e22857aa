import { isDeepStrictEqual } from 'node:util';

/**
 * package.json with one more script, and every other letter as it was: indentation, order, line ends.
 *
 * @returns null when there is a script of this name, or where scripts stand in a form that cannot be added to
 */
export function addScript(text: string, name: string, command: string): string | null {
  const before = parse(text);
  const scripts = before['scripts'];
  if (scripts !== undefined && (!isObject(scripts) || Object.hasOwn(scripts, name))) return null;
  const entry = `${JSON.stringify(name)}: ${JSON.stringify(command)}`;
  const root = text.indexOf('{');
  const at = scripts === undefined ? null : findMember(text, root, 'scripts');
  const changed = at === null ? insert(text, root, indented(text, `"scripts": {\n\t${entry}\n}`)) : insert(text, at, entry);
  // Read back: better no script than another package.
  return isDeepStrictEqual(parse(changed), { ...before, scripts: { ...(isObject(scripts) ? scripts : {}), [name]: command } }) ? changed : null;
}

export function hasScript(text: string, name: string, command: string): boolean {
  const { scripts } = parse(text);
  return isObject(scripts) && scripts[name] === command;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  return isObject(parsed) ? parsed : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Puts a member behind the last one of the object that opens at `open`, laid out as its neighbours are. */
function insert(text: string, open: number, member: string): string {
  const close = closingOf(text, open);
  const inside = text.slice(open + 1, close);
  const content = inside.trimEnd();
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const outer = indentOfLine(text, open);
  if (content.trim() === '') {
    const inner = outer + unitOf(text);
    return `${text.slice(0, open + 1)}${newline}${inner}${relay(member, inner, newline)}${newline}${outer}${text.slice(close)}`;
  }
  const lead = /^\s*/.exec(inside)?.[0] ?? '';
  const isOnLines = lead.includes('\n');
  const inner = isOnLines ? (lead.split('\n').at(-1) ?? '') : '';
  const placed = isOnLines ? `,${newline}${inner}${relay(member, inner, newline)}` : `, ${member.replaceAll(/\s*\n\s*/g, ' ')}`;
  return text.slice(0, open + 1) + content + placed + inside.slice(content.length) + text.slice(close);
}

function relay(member: string, inner: string, newline: string): string {
  return member.split('\n').join(`${newline}${inner}`);
}

/** Tabs stand for one step of the file's own indentation. */
function indented(text: string, member: string): string {
  return member.replaceAll('\t', unitOf(text));
}

/** How much deeper a member stands than its object. */
function unitOf(text: string): string {
  return /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
}

function indentOfLine(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at) + 1;
  return /^[ \t]*/.exec(text.slice(start, at))?.[0] ?? '';
}

/** Where the object of a member of this name opens, of the object that opens at `open`. */
function findMember(text: string, open: number, name: string): number | null {
  let depth = 0;
  for (const { token, at } of tokensOf(text, open)) {
    if (depth === 1 && token === JSON.stringify(name)) {
      const opens = /^\s*:\s*\{/.exec(text.slice(at + token.length));
      if (opens !== null) return at + token.length + opens[0].length - 1;
    }
    depth += depthOf(token);
  }
  return null;
}

function closingOf(text: string, open: number): number {
  let depth = 0;
  for (const { token, at } of tokensOf(text, open)) {
    depth += depthOf(token);
    if (depth === 0) return at;
  }
  return text.length;
}

function depthOf(token: string): number {
  if (token === '{' || token === '[') return 1;
  return token === '}' || token === ']' ? -1 : 0;
}

/** Strings and brackets: a bracket inside of a string is none. */
function* tokensOf(text: string, from: number): Generator<{ readonly token: string; readonly at: number }> {
  for (const match of text.slice(from).matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) yield { token: match[0], at: from + match.index };
}
