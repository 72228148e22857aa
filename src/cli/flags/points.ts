import { UsageError } from '../../contracts/errors.ts';
import { MOST_ELEMENTS } from '../../contracts/metadata.ts';
import { quote, showName, showValue } from '../../contracts/shown.ts';
import { FileProblem, parseJson } from '../../load/text-file.ts';
import { flagError } from './flag-error.ts';
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
  const parsed = parsePoint(json);
  if (parsed instanceof FileProblem) {
    const expected = 'name=JSON with a number or nested arrays of numbers';
    const isDeep = !parsed.message.startsWith('is no JSON');
    throw flagError({ flag: FLAG, found: text, expected: isDeep ? `${expected} that ${parsed.message.replace('is nested', 'is not nested')}` : expected, example: `${showName(name)}='[1, 2, 3]'` });
  }
  return addNamed(FLAG, previous, name, toNested(parsed, `${FLAG} ${showName(name)}`));
}

/** The content of `--inputs point.json`: an object from input names to values. */
export function parsePointFile(json: string, path: string): Readonly<Record<string, NestedNumbers>> {
  const place = `--inputs ${showName(path)}`;
  const content = parsePoint(json);
  if (typeof content !== 'object' || content === null || Array.isArray(content) || content instanceof FileProblem) {
    const problem = content instanceof FileProblem ? content.message : null;
    const found = problem === null ? quote(json) : problem.startsWith('is no JSON') ? `no valid JSON${problem.slice('is no JSON'.length)}` : `JSON that ${problem}`;
    throw new UsageError(`${place}: found ${found}, expected an object such as {"yPred": [1, 2], "yTrue": [1, 3]}`);
  }
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, toNested(value, `${place}, field ${showName(name)}`)]));
}

/** JSON in which NaN, Infinity and -Infinity may stand, as losses meet them. */
function parsePoint(text: string): unknown {
  const quoted = text.replaceAll(/(?<!["\w])-?(?:NaN|Infinity)(?!["\w])/g, '"$&"');
  try {
    return parseJson(quoted);
  } catch (error) {
    if (error instanceof FileProblem) return error;
    throw error;
  }
}

function toNested(value: unknown, place: string): NestedNumbers {
  const counted = { numbers: 0 };
  const nested = readNested(value, place, counted);
  const ragged = findRagged(nested);
  if (ragged !== null) {
    throw new UsageError(
      `${place}: rows of different lengths (${ragged[0]} and ${ragged[1]}); every row of a tensor has the same length`,
    );
  }
  return nested;
}

function readNested(value: unknown, place: string, counted: { numbers: number }): NestedNumbers {
  if (++counted.numbers > MOST_ELEMENTS) throw new UsageError(`${place}: found more than ${MOST_ELEMENTS} numbers, expected fewer: a few dozen show what a loss does`);
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  if (Array.isArray(value)) return value.map((entry: unknown) => readNested(entry, place, counted));
  throw new UsageError(
    `${place}: found ${quote(showValue(value))}, expected a number or nested arrays of numbers such as [[1, 2], [3, 4]]`,
  );
}

/** Two shapes that differ among the entries of one array, written as in JSON; null when there are none. */
function findRagged(value: NestedNumbers): [string, string] | null {
  if (typeof value === 'number') return null;
  for (const entry of value) {
    const inner = findRagged(entry);
    if (inner !== null) return inner;
  }
  const [first] = value;
  if (first === undefined) return null;
  const expected = shapeText(first);
  for (const entry of value) {
    const shape = shapeText(entry);
    if (shape !== expected) return [expected, shape];
  }
  return null;
}

function shapeText(value: NestedNumbers): string {
  const lengths: number[] = [];
  let rest: NestedNumbers | undefined = value;
  while (Array.isArray(rest)) {
    lengths.push(rest.length);
    rest = rest[0];
  }
  return lengths.length === 0 ? 'a number' : showName(`[${lengths.join(',')}]`);
}
