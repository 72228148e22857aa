/** What a module throws is whatever it likes: with a message that throws, of a hundred megabytes, or none. */

const LONGEST_MESSAGE = 2000;
/** The places that a stack has room for stand at its end. */
const LONGEST_STACK = 40_000;

export function describeThrown(thrown: unknown): string {
  const text = orElse('a value that cannot be shown', () => String(thrown instanceof Error ? thrown.message : thrown));
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
}

export function stackOf(thrown: unknown): string {
  return orElse('', () => (typeof thrown === 'object' && thrown !== null && 'stack' in thrown ? String(thrown.stack).slice(-LONGEST_STACK) : ''));
}

/** A getter, a `toString` or a proxy of the module throws: then there is nothing to show. */
function orElse(otherwise: string, text: () => string): string {
  try {
    return text();
  } catch {
    return otherwise;
  }
}
