import type { VerifyOptions } from '../contracts/options.ts';
import type { FunctionPlace } from '../run/messages.ts';

/** What a test asks of the process that checks its loss. */
export interface Question {
  readonly options: VerifyOptions;
  /** Which loss of the target is meant, when it was given as a value. */
  readonly place: FunctionPlace | null;
}

/** Null for a loss that could not be checked at all, or not decided. */
export interface Answer {
  readonly verdict: 'pass' | 'fail' | null;
  readonly message: string;
}
