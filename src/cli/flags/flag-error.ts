import { UsageError } from '../../contracts/errors.ts';

export interface FlagProblem {
  /** `--seed`, or the place in a file. */
  readonly flag: string;
  readonly found: string;
  /** What is accepted, in words. */
  readonly expected: string;
  /** A value that would be accepted. */
  readonly example: string;
}

/** A wrong value of a flag in one line: flag, what was found, what is accepted, how to mend it. */
export function flagError({ flag, found, expected, example }: FlagProblem): UsageError {
  return new UsageError(`${flag}: found ${quote(found)}, expected ${expected}; for example ${flag} ${example}`);
}

const LONGEST_QUOTE = 60;

/** A value in quotes on one line, shortened when it is long. */
export function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return `'${line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line}'`;
}
