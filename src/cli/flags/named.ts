import { UsageError } from '../../contracts/errors.ts';
import { quote } from '../../contracts/shown.ts';
import { flagError } from './flag-error.ts';

export interface NamedValue {
  readonly name: string;
  readonly text: string;
}

/** Splits `name=value` at its first equals sign. */
export function splitNamed(flag: string, text: string, example: string): NamedValue {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(0, at)).trim();
  // What is copied or merged later would lose it without a word.
  if (name === '' || name === '__proto__') throw flagError({ flag, found: text, expected: 'name=value', example });
  return { name, text: text.slice(at + 1).trim() };
}

/** Adds a value given by name; the same name twice is a mistake, not an override. */
export function addNamed<V>(
  flag: string,
  previous: Readonly<Record<string, V>>,
  name: string,
  value: V,
): Readonly<Record<string, V>> {
  if (Object.hasOwn(previous, name)) throw new UsageError(`${flag}: ${quote(name)} is given twice; keep one of them`);
  return { ...previous, [name]: value };
}
