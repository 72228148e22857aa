import { flagError } from './flag-error.ts';

/** Flags of a run over many losses. */

const MOST_JOBS = 256;

export function parseJobs(text: string): number {
  const jobs = /^\d+$/.test(text) ? Number(text) : NaN;
  if (jobs >= 1 && jobs <= MOST_JOBS) return jobs;
  throw flagError({ flag: '--jobs', found: text, expected: `a whole number from 1 to ${MOST_JOBS}`, example: '4' });
}

/** `--shard 2/5`: the second of five parts. */
export function parseShard(text: string): { readonly index: number; readonly count: number } {
  const [, index = NaN, count = NaN] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count && Number.isSafeInteger(count)) return { index, count };
  throw flagError({ flag: '--shard', found: text, expected: 'i/n with i from 1 to n', example: '1/4' });
}

export const CHANGED_FLAG = '--changed';

/**
 * `--changed` takes its ref after an equals sign only. To commander an optional value may follow after a space
 * as well, and `--changed src/` would take the target for a ref: so it always gets a value, an empty one where
 * none was given.
 */
export function spellOutChanged(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return argv.map((word, index) => (word === CHANGED_FLAG && (end === -1 || index < end) ? `${CHANGED_FLAG}=` : word));
}
