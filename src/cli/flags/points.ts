import { UsageError } from '../../contracts/errors.ts';
import { flagError, quote } from './flag-error.ts';
import { addNamed, splitNamed } from './named.ts';

const FLAG = '--input';
const EXAMPLE = "yPred='[1, 2, 3]'";

/** Nested arrays of numbers, all rows of the same length. */
export type NestedNumbers = number | NestedNumbers[];

/** `eval --input name=JSON`: the values of one input. */
export function addPoint(
  text: string,
  previous: Readonly<Record<string, NestedNumbers>> = {},
): Readonly<Record<string, NestedNumbers>> {
  const { name, text: json } = splitNamed(FLAG, text, EXAMPLE);
  const parsed = parseNumbers(json);
  if (parsed === undefined) {
    throw flagError({
      flag: FLAG,
      found: text,
      expected: 'name=JSON with a number or nested arrays of numbers',
      example: `${name}='[1, 2, 3]'`,
    });
  }
  return addNamed(FLAG, previous, name, toNested(parsed, `${FLAG} ${name}`));
}

/** The content of `--inputs point.json`: an object from input names to values. */
export function parsePointFile(json: string, path: string): Readonly<Record<string, NestedNumbers>> {
  const place = `--inputs ${path}`;
  const content = parseNumbers(json);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    const found = content === undefined ? 'no valid JSON' : quote(json);
    throw new UsageError(`${place}: found ${found}, expected an object such as {"yPred": [1, 2], "yTrue": [1, 3]}`);
  }
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, toNested(value, `${place}, field ${name}`)]),
  );
}

/** JSON in which NaN, Infinity and -Infinity may stand, as losses meet them. Undefined when it is none. */
function parseNumbers(text: string): unknown {
  const quoted = text.replaceAll(/(?<!["\w])-?(?:NaN|Infinity)(?!["\w])/g, '"$&"');
  try {
    return JSON.parse(quoted);
  } catch {
    return undefined;
  }
}

function toNested(value: unknown, place: string): NestedNumbers {
  const nested = readNested(value, place);
  const ragged = findRagged(nested);
  if (ragged !== null) {
    throw new UsageError(
      `${place}: rows of different lengths (${ragged[0]} and ${ragged[1]}); every row of a tensor has the same length`,
    );
  }
  return nested;
}

function readNested(value: unknown, place: string): NestedNumbers {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  if (Array.isArray(value)) return value.map((entry: unknown) => readNested(entry, place));
  const found = quote(JSON.stringify(value));
  throw new UsageError(
    `${place}: found ${found}, expected a number or nested arrays of numbers such as [[1, 2], [3, 4]]`,
  );
}

/** Two shapes that differ among the entries of one array, written as in JSON; null when there are none. */
function findRagged(value: NestedNumbers): [string, string] | null {
  if (typeof value === 'number') return null;
  for (const entry of value) {
    const inner = findRagged(entry);
    if (inner !== null) return inner;
  }
  const shapes = value.map(shapeText);
  const other = shapes.find((shape) => shape !== shapes[0]);
  return other === undefined || shapes[0] === undefined ? null : [shapes[0], other];
}

function shapeText(value: NestedNumbers): string {
  const lengths: number[] = [];
  let rest: NestedNumbers | undefined = value;
  while (Array.isArray(rest)) {
    lengths.push(rest.length);
    rest = rest[0];
  }
  return lengths.length === 0 ? 'a number' : `[${lengths.join(',')}]`;
}
