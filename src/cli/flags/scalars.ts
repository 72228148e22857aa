import { joinAlternatives, suggest } from '../suggestion.ts';
import { flagError } from './flag-error.ts';

/** Parsers of flags with a single plain value. Each returns the value or throws a one-line UsageError. */

const LARGEST_SEED = 2 ** 32 - 1;
const MOST_SAMPLES = 1000;

export function parseSeed(text: string): number {
  const seed = /^\d+$/.test(text) ? Number(text) : NaN;
  if (seed <= LARGEST_SEED) return seed;
  throw flagError({
    flag: '--seed',
    found: text,
    expected: `a whole number from 0 to ${LARGEST_SEED}`,
    example: '7',
  });
}

export function parseSamples(text: string): number {
  const samples = /^\d+$/.test(text) ? Number(text) : NaN;
  if (samples >= 1 && samples <= MOST_SAMPLES) return samples;
  throw flagError({ flag: '--samples', found: text, expected: `a whole number from 1 to ${MOST_SAMPLES}`, example: '5' });
}

export function parseRtol(text: string): number {
  const rtol = toNumber(text);
  if (rtol > 0 && rtol < 1) return rtol;
  throw flagError({ flag: '--rtol', found: text, expected: 'a number above 0 and below 1', example: '1e-5' });
}

export const parseTimeout = seconds('--timeout', '30');
export const parseRunTimeout = seconds('--run-timeout', '600');

function seconds(flag: string, example: string) {
  return (text: string): number => {
    const found = toNumber(text);
    if (found > 0 && Number.isFinite(found)) return found;
    throw flagError({ flag, found: text, expected: 'a number of seconds above 0', example });
  };
}

const LEAST_MEMORY = 256;

export function parseMaxMemory(text: string): number {
  const megabytes = /^\d+$/.test(text) ? Number(text) : NaN;
  if (megabytes >= LEAST_MEMORY && Number.isSafeInteger(megabytes)) return megabytes;
  throw flagError({ flag: '--max-memory', found: text, expected: `a whole number of megabytes, at least ${LEAST_MEMORY}`, example: '1024' });
}

/** The longest path that systems take. */
const LONGEST_TEXT = 4096;
const ALLOW_ENV = '--allow-env';

/** A repeatable flag with one plain text. */
export function addText(flag: string, expected: string, example: string) {
  return (text: string, previous: readonly string[] = []): readonly string[] => {
    // A name of a variable ends where its value begins.
    const isWrong = text.includes(flag === ALLOW_ENV ? '=' : '\0') || text.length > LONGEST_TEXT;
    if (text === '' || isWrong) throw flagError({ flag, found: text, expected, example });
    return [...previous, text];
  };
}

/** One of a few words; a word that is nearly one of them gets a suggestion. */
export function parseChoice<const C extends string>(flag: string, choices: readonly C[]) {
  return withChoices(choices, (text: string): C => {
    const choice = choices.find((each) => each === text);
    if (choice !== undefined) return choice;
    const suggestion = suggest(text, choices);
    const expected = joinAlternatives(choices) + (suggestion === null ? '' : ` (${suggestion})`);
    throw flagError({ flag, found: text, expected, example: choices[0] ?? '' });
  });
}

export function parseSwitch(flag: string) {
  const parse = parseChoice(flag, ['on', 'off']);
  return withChoices(parse.choices, (text: string) => parse(text) === 'on');
}

/** A parser that says which words it takes: what a shell completes comes from the parser itself. */
export function withChoices<const C extends string, P extends (text: string, ...rest: never[]) => unknown>(choices: readonly C[], parse: P): P & { readonly choices: readonly C[] } {
  return Object.assign(parse, { choices });
}

/** Decimal numbers only: `Number` alone would accept '', '0x10' and ' 5 '. */
export function toNumber(text: string): number {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}
