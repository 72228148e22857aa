import { expect } from '@jest/globals';
import { toPassLosscheck as check } from './matcher.ts';
import type { MatcherContext, MatcherResult } from './matcher.ts';
import type { LosscheckMatchers, LosscheckOptions } from './options.ts';

export type { LosscheckMatchers, LosscheckOptions } from './options.ts';

/** Importing `losscheck/jest` registers the matchers. */

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T> extends LosscheckMatchers {}
}

declare global {
  // The types of jest are a namespace.
  namespace jest {
    interface Matchers<R, T> extends LosscheckMatchers {}
  }
}

function toPassLosscheck(this: MatcherContext, received: unknown, options: LosscheckOptions = {}): Promise<MatcherResult> {
  const { currentTestName } = expect.getState();
  return check(received, options, this, () => expect.getState().currentTestName !== currentTestName);
}

export const matchers = { toPassLosscheck };

expect.extend(matchers);
