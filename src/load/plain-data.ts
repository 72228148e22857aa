import { builtInName, reasonFor, showName } from '../contracts/shown.ts';

/**
 * Data that a module or config declares, as plain objects and arrays that are what they look like.
 *
 * Code may declare anything: getters that throw, proxies, cycles, arrays without end. All of it is read once, here,
 * so that whoever validates the data neither runs code of the user's nor reads without end.
 */

/** Far more than any loss declares; reading them takes a moment. */
const MOST_VALUES = 1_000_000;
const MOST_LEVELS = 32;
/** The first problems say what is wrong. */
const MOST_PROBLEMS = 20;

export interface PlainCopy {
  readonly value: unknown;
  /** One line each: place, what was found, what is accepted. */
  readonly problems: readonly string[];
}

interface Reading {
  readonly problems: string[];
  readonly isOpaque: (place: readonly string[]) => boolean;
  /** So far; infinite once there are too many, and nothing more is read. */
  values: number;
}

/**
 * @param label how a person would write the way to the value
 * @param isOpaque the places below it whose elements are the user's own and stay as they are
 */
export function plainCopy(value: unknown, label: string, isOpaque: Reading['isOpaque'] = () => false): PlainCopy {
  const reading: Reading = { problems: [], isOpaque, values: 0 };
  const copied = copy(value, { label, place: [], above: [] }, reading);
  return { value: copied, problems: reading.problems };
}

interface Here {
  readonly label: string;
  /** The keys that lead here. */
  readonly place: readonly string[];
  readonly above: readonly object[];
}

function copy(value: unknown, here: Here, reading: Reading): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (reading.values === Infinity) return undefined;
  const { label, above, place } = here;
  if (above.includes(value)) return refuse(`${label}: holds itself; accepted: data that ends`, reading);
  if (above.length >= MOST_LEVELS) return refuse(`${label}: is nested more than ${MOST_LEVELS} levels deep; accepted: data that ends`, reading);
  try {
    const name = builtInName(value);
    if (name !== null) return refuse(`${label}: found ${name}; accepted: plain objects and arrays`, reading);
    if (Array.isArray(value)) return copyArray(value, here, reading);
    // The fields of an instance of a class may be anything: what declares data has none that hold more.
    if (!isPlain(value) && place.length > 0) return { ...value };
    return copyFields(value, here, reading);
  } catch (error) {
    return refuse(`${label}: cannot be read: ${reasonFor(error)}; accepted: plain data`, reading);
  }
}

function copyArray(value: readonly unknown[], here: Here, reading: Reading): unknown {
  const { length } = value;
  reading.values += length;
  if (reading.values > MOST_VALUES) return tooMuch(here, reading);
  if (reading.isOpaque(here.place)) return Array.from(value);
  return Array.from({ length }, (_, index) => copy(value[index], below(here, `${here.label}[${index}]`, String(index), value), reading));
}

function copyFields(value: object, here: Here, reading: Reading): unknown {
  const keys = Object.keys(value);
  reading.values += keys.length;
  if (reading.values > MOST_VALUES) return tooMuch(here, reading);
  const fields = keys.map((key): [string, unknown] => {
    const at = here.label === '' ? showName(key) : `${here.label}.${showName(key)}`;
    // What is copied or merged later would lose it without a word.
    if (key === '__proto__') return [key, refuse(`${at}: nothing can have this name; accepted: another one`, reading)];
    try {
      return [key, copy(Reflect.get(value, key), below(here, at, key, value), reading)];
    } catch (error) {
      return [key, refuse(`${at}: cannot be read: ${reasonFor(error)}; accepted: a plain value`, reading)];
    }
  });
  return Object.fromEntries(fields);
}

function below({ place, above }: Here, label: string, key: string, parent: object): Here {
  return { label, place: [...place, key], above: [...above, parent] };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Also of another realm, as of a config that was run in a context of its own.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function tooMuch({ label }: Here, reading: Reading): undefined {
  reading.values = Infinity;
  return refuse(`${label === '' ? 'it' : label}: holds more values than the ${MOST_VALUES} that are read; accepted: fewer`, reading);
}

function refuse(problem: string, { problems }: Reading): undefined {
  if (problems.length < MOST_PROBLEMS) problems.push(showName(problem));
  return undefined;
}
