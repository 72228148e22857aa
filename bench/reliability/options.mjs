import { parseArgs } from 'node:util';

/**
 * The command line of a benchmark: `--name` for each of `defaults`, a number, or one of the words of `choices`. What is
 * wrong is said in a line, with exit code 2.
 */
export function readOptions(defaults, choices = {}) {
  try {
    const options = Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, { type: 'string', default: String(value) }]));
    const { values } = parseArgs({ options });
    return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, valueOf(name, text, choices[name])]));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/** These benchmarks look at processes from outside. */
export function requireProc() {
  if (process.platform === 'linux') return;
  process.stderr.write('this needs /proc: run it on Linux\n');
  process.exit(2);
}

function valueOf(name, text, words) {
  if (words !== undefined) {
    if (!words.includes(text)) throw new TypeError(`--${name}: found ${text}, expected one of ${words.join(', ')}`);
    return text;
  }
  if (!/^\d+$/.test(text)) throw new TypeError(`--${name}: found ${text}, expected a whole number`);
  return Number(text);
}
