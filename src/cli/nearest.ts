const MOST_EDITS = 3;
const MOST_NAMES = 3;

/** The known names that a person may have meant by `word`, nearest first; empty when none is near. */
export function nearestNames(word: string, names: readonly string[]): string[] {
  const wanted = word.toLowerCase();
  const scored = names.map((name) => ({ name, edits: editDistance(wanted, name.toLowerCase()) }));
  const near = scored.filter(
    ({ name, edits }) => isPartOf(wanted, name) || edits <= Math.min(MOST_EDITS, Math.floor(wanted.length / 2)),
  );
  return near
    .toSorted((a, b) => a.edits - b.edits)
    .slice(0, MOST_NAMES)
    .map(({ name }) => name);
}

function isPartOf(wanted: string, name: string): boolean {
  return wanted.length >= 3 && name.toLowerCase().includes(wanted);
}

/** `did you mean a, b or c?`, or null when nothing is near. */
export function didYouMean(word: string, names: readonly string[]): string | null {
  const near = nearestNames(word, names);
  return near.length === 0 ? null : `did you mean ${joinAlternatives(near)}?`;
}

/** `a`, `a or b`, `a, b or c`. */
export function joinAlternatives(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}

/** Damerau-Levenshtein distance with adjacent swaps (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const edits = [at(previous, column) + 1, at(current, column - 1) + 1, at(previous, column - 1) + cost];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) edits.push(at(beforePrevious, column - 2) + 1);
      current.push(Math.min(...edits));
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
