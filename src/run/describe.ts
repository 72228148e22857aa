import { builtIns, type BuiltInDescription } from './builtins.ts';

export type { BuiltInDescription };

/** What `losscheck list` says of the built-in losses. */
export function describeBuiltIns(): Promise<readonly BuiltInDescription[]> {
  return Promise.resolve(builtIns().descriptions);
}
