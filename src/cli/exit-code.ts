import { EXIT, type ExitCode } from '../contracts/errors.ts';

/** @throws when a report carries a code that is not part of the interface */
export function toExitCode(code: number): ExitCode {
  const known = Object.values(EXIT).find((each) => each === code);
  if (known === undefined) throw new Error(`the report carries the unknown exit code ${code}`);
  return known;
}
