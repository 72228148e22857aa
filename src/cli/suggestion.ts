import { nearestNames } from '../load/nearest.ts';

const MOST_NAMES = 3;
/** A shorter part is in too many names to be what was meant. */
const SHORTEST_PART = 3;

/** `did you mean a, b or c?`, or null when no name is near in spelling and none holds the word as a part. */
export function suggest(word: string, names: readonly string[]): string | null {
  const near = nearestNames(word, names, MOST_NAMES);
  const meant = near.length > 0 ? near : namesHolding(word, names);
  return meant.length === 0 ? null : `did you mean ${joinAlternatives(meant)}?`;
}

function namesHolding(word: string, names: readonly string[]): readonly string[] {
  if (word.length < SHORTEST_PART) return [];
  const wanted = word.toLowerCase();
  return names.filter((name) => name.toLowerCase().includes(wanted)).slice(0, MOST_NAMES);
}

/** `a`, `a or b`, `a, b or c`. */
export function joinAlternatives(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}
