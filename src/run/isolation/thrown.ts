/** What a module throws is whatever it likes: with a message that throws, of a hundred megabytes, or none. */

export const UNHANDLED = {
  rejection: 'a promise that nobody handles was rejected',
  exception: 'an exception that nobody catches was thrown',
} as const;

const LONGEST_MESSAGE = 2000;
const LONGEST_STACK = 20_000;

export function describeThrown(thrown: unknown): string {
  const text = orElse('a value that cannot be shown', () => String(thrown instanceof Error ? thrown.message : thrown));
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
}

export function stackOf(thrown: unknown): string {
  return orElse('', () => (thrown instanceof Error ? String(thrown.stack).slice(-LONGEST_STACK) : ''));
}

/** A getter, a `toString` or a proxy of the module throws: then there is nothing to show. */
function orElse(otherwise: string, text: () => string): string {
  try {
    return text();
  } catch {
    return otherwise;
  }
}
