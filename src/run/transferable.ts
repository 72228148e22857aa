import { UsageError } from '../contracts/errors.ts';
import type { RunOptions } from './options.ts';

/**
 * Functions cannot be sent to a child process.
 *
 * @throws UsageError when an input is declared by a sampler function and the module is to be isolated
 */
export function requireTransferable({ input }: RunOptions, isolate: boolean): void {
  const sampler = Object.entries(input).find(([, { domain }]) => typeof domain === 'function');
  if (isolate && sampler !== undefined) {
    throw new UsageError(`input ${sampler[0]}: a sampler function cannot be passed to another process`, 'Use isolate: false, or put the sampler into the metadata of the module.');
  }
}
