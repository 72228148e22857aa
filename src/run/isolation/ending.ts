import type { EarlyEndCode } from '../../contracts/findings.ts';
import type { CodeFrame, SourceLocation } from '../../contracts/source.ts';

export const UNHANDLED = {
  rejection: 'a promise that nobody handles was rejected',
  exception: 'an exception that nobody catches was thrown',
} as const;

/** How the process of a module ended. */
export type Ending = { readonly kind: 'done' } | Stop;

/** It did not get as far as saying that it was done. */
export interface Stop {
  readonly kind: 'stopped';
  readonly code: EarlyEndCode;
  /** Empty for a limit, which the words of the finding name. */
  readonly detail: string;
  readonly location: SourceLocation | null;
  readonly frame: CodeFrame | null;
  /** The flag that permits what was refused. */
  readonly allow: string | null;
}
