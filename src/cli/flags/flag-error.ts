import { UsageError } from '../../contracts/errors.ts';
import { quote } from '../../contracts/shown.ts';

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
