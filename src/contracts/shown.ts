/** How messages show what was found: short, on one line, and whatever it is. */

/** Longer values are cut: a message is about the place, not about its data. */
const SHOWN_LETTERS = 60;
/** Names and paths are copied from messages: they may be longer. */
const NAME_LETTERS = 300;
/** What lies deeper or further along is cut away anyhow. */
const SHOWN_DEPTH = 64;
const SHOWN_ENTRIES = 64;

/**
 * Any value as people write it: like JSON, and with a word for what JSON has none for.
 *
 * Nothing of the value is run but getters and traps, and what they throw is not thrown on.
 */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  return cut(oneLine(render(value, SHOWN_DEPTH)), SHOWN_LETTERS);
}

/** What was typed, in quotes. */
export function quote(text: string): string {
  return `'${cut(oneLine(text), SHOWN_LETTERS)}'`;
}

/** A name or path within a sentence. */
export function showName(name: string): string {
  return cut(oneLine(name), NAME_LETTERS);
}

/** Why something threw, whatever it threw: thrown values may be null, proxies, or throw when they are read. */
export function reasonFor(thrown: unknown): string {
  try {
    return showName(thrown instanceof Error ? thrown.message : typeof thrown === 'string' ? thrown : showValue(thrown));
  } catch {
    return 'a value that cannot be read';
  }
}

function cut(text: string, letters: number): string {
  if (text.length <= letters) return text;
  // Half of a surrogate pair is no letter.
  return `${text.slice(0, letters).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Spaces in one row as one; what cannot be seen as its number. */
function oneLine(text: string): string {
  // Nobody reads on beyond the cut, and an expression should not either.
  const start = text.length > 2 * NAME_LETTERS ? text.slice(0, 2 * NAME_LETTERS) : text;
  return start.replaceAll(/\s+/g, ' ').replaceAll(/\p{Cc}|\p{Cs}|\u200b|[\u202a-\u202e\u2066-\u2069]/gu, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function render(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value.length > SHOWN_LETTERS ? value.slice(0, SHOWN_LETTERS) : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth === 0) return '…';
  try {
    if (Array.isArray(value)) return `[${list(value.length, (index) => render(value[index], depth - 1))}]`;
    const name = builtInName(value);
    if (name !== null) return name;
    const keys = Object.keys(value);
    return `{${list(keys.length, (index) => `${JSON.stringify(keys[index])}:${render(Reflect.get(value, keys[index] ?? ''), depth - 1)}`)}}`;
  } catch {
    return 'a value that cannot be read';
  }
}

/** As many entries as a message has room for. */
function list(length: number, entry: (index: number) => string): string {
  let text = '';
  for (let index = 0; index < Math.min(length, SHOWN_ENTRIES) && text.length <= SHOWN_LETTERS; index++) text += `${index === 0 ? '' : ','}${entry(index)}`;
  return text;
}

/** `a Map`, `a Float32Array`: what holds its data elsewhere than in its fields; null for other objects. */
export function builtInName(value: object): string | null {
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  if ('dataSync' in value && 'shape' in value) return 'a tensor';
  const kind = BUILT_IN.find((each) => value instanceof each);
  return kind === undefined ? null : /^[AEIOU]/.test(kind.name) ? `an ${kind.name}` : `a ${kind.name}`;
}

const BUILT_IN = [Map, Set, WeakMap, WeakSet, Date, RegExp, Promise, Error, ArrayBuffer] as const;
