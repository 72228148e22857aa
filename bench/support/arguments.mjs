import { parseArgs } from 'node:util';

/**
 * The command line of a benchmark: names out of `known` (all of them when none is given), `--flag number` for each of
 * `numbers`, `--write` and `--python`. What is wrong is said in a line, with exit code 2.
 */
export function readArguments(known, numbers) {
  const texts = Object.fromEntries(Object.entries(numbers).map(([flag, value]) => [flag, { type: 'string', default: String(value) }]));
  const options = { ...texts, python: { type: 'string', default: process.env.BENCH_PYTHON || undefined }, write: { type: 'boolean', default: false } };
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const stray = positionals.find((name) => !known.includes(name));
    if (stray !== undefined) throw new TypeError(`found ${stray}, expected one of ${known.join(', ')}`);
    const parsed = Object.keys(numbers).map((flag) => [flag, positive(flag, values[flag])]);
    return { ...Object.fromEntries(parsed), python: values.python, write: values.write, names: positionals.length > 0 ? positionals : known, isAll: positionals.length === 0 };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

function positive(flag, text) {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`--${flag}: found ${text}, expected a number above 0`);
  return value;
}
