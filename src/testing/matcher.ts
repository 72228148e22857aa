import { ask } from './ask.ts';
import type { LosscheckOptions } from './options.ts';
import { targetOf } from './target.ts';

/** What a test runner tells a matcher, as far as it is used here. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly testPath?: string | undefined;
}

export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

const OPTIONS = ['seed', 'samples', 'rtol', 'against', 'param', 'backend', 'timeout', 'strict', 'cwd', 'check', 'skip', 'inputs'];

/**
 * The matcher: whether a loss passes losscheck.
 *
 * @param hasEnded asked when there is an answer: whether the test is over, so that nobody heard it
 * @throws Error for what is no answer, with and without `not`: a loss that cannot be found, loaded or decided
 */
export async function toPassLosscheck(received: unknown, options: LosscheckOptions, { isNot = false, testPath }: MatcherContext, hasEnded: () => boolean): Promise<MatcherResult> {
  const cwd = options.cwd ?? process.cwd();
  requireKnown(options);
  const { target, place } = targetOf(received, testPath ?? null, cwd);
  const { check, skip, inputs, ...others } = options;
  const { verdict, message } = await ask({
    options: {
      ...others,
      targets: [target],
      cwd,
      cache: true,
      ...(check === undefined ? {} : { check: listOf(check) }),
      ...(skip === undefined ? {} : { skip: listOf(skip) }),
      ...(inputs === undefined ? {} : { input: inputs }),
    },
    place,
  });
  if (hasEnded()) process.emitWarning(`a test ended before losscheck did: write \`await expect(…).toPassLosscheck()\`. The answer was:\n${message}`, 'LosscheckWarning');
  if (verdict === null) throw new Error(message);
  return { pass: verdict === 'pass', message: () => (isNot ? `expected a loss that does not pass losscheck\n${message}` : message) };
}

function listOf(ids: string | readonly string[]): readonly string[] {
  return typeof ids === 'string' ? [ids] : ids;
}

/** A name that nobody knows would change nothing in silence; a function cannot go to another process. */
function requireKnown(options: LosscheckOptions): void {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw new Error(`toPassLosscheck: unknown option '${unknown}', expected one of ${OPTIONS.join(', ')}`);
  for (const [name, { domain }] of Object.entries(options.inputs ?? {})) {
    if (typeof domain === 'function') throw new Error(`toPassLosscheck: inputs.${name}.domain is a sampler; declare it in the module of the loss: export const losscheck = { inputs: … }`);
  }
}
