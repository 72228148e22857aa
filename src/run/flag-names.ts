import { UsageError } from '../contracts/errors.ts';
import { didYouMean } from '../load/nearest.ts';
import type { RunOptions } from './options.ts';
import type { Tally } from './tally.ts';

/** `--param` and `--input` name parameters and inputs: a name that no loss has is a typing error, never ignored. */

interface Flag {
  readonly flag: string;
  readonly what: string;
  readonly given: readonly string[];
  readonly known: ReadonlySet<string>;
}

/** @throws UsageError for the first name that no loss of the run understands */
export function requireUsed(options: RunOptions, tallies: readonly Tally[]): void {
  if (!isAnyFound(tallies)) return;
  for (const { flag, what, given, known } of flagsOf(options, tallies)) {
    const stray = given.find((name) => !known.has(name));
    if (stray === undefined) continue;
    throw new UsageError(
      `${flag} ${stray}: no loss that is checked has this ${what}${didYouMean(stray, known)}`,
      known.size === 0 ? 'It has none.' : `Accepted: ${[...known].join(', ')}.`,
    );
  }
}

/** Names that no loss of these understands, as `--param name`; null when there is no loss to understand them. */
export function unusedNames(options: RunOptions, tallies: readonly Tally[]): readonly string[] | null {
  if (!isAnyFound(tallies)) return null;
  return flagsOf(options, tallies).flatMap(({ flag, given, known }) => given.filter((name) => !known.has(name)).map((name) => `${flag} ${name}`));
}

function isAnyFound(tallies: readonly Tally[]): boolean {
  return tallies.some(({ found }) => found.size > 0);
}

function flagsOf({ param, input }: RunOptions, tallies: readonly Tally[]): readonly Flag[] {
  const parameters = new Set(tallies.flatMap((tally) => [...tally.parameters]));
  const inputs = new Set(tallies.flatMap((tally) => [...tally.inputs]));
  return [
    { flag: '--param', what: 'parameter', given: Object.keys(param), known: parameters },
    { flag: '--input', what: 'input', given: Object.keys(input), known: inputs },
  ];
}
