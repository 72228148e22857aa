import { expect } from 'vitest';
import { toPassLosscheck, type MatcherContext, type MatcherResult } from './matcher.ts';
import type { LosscheckMatchers, LosscheckOptions } from './options.ts';

export type { LosscheckMatchers, LosscheckOptions } from './options.ts';

/** Importing `losscheck/vitest` registers the matchers. */

declare module 'vitest' {
  // The parameter has to be there for the declarations to merge.
  interface Assertion<T> extends LosscheckMatchers {}
}

interface VitestContext extends MatcherContext {
  readonly task?: { readonly result?: { readonly state: string } | undefined };
}

expect.extend({
  toPassLosscheck(this: VitestContext, received: unknown, options: LosscheckOptions = {}): Promise<MatcherResult> {
    const { task } = this;
    return toPassLosscheck(received, options, this, () => task?.result !== undefined && task.result.state !== 'run');
  },
});
