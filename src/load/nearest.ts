/** More slips than this in one name are another name. */
const MOST_EDITS = 3;

/**
 * Names that a typing error could have been meant for, nearest first.
 *
 * Distance is the number of letters inserted, removed, replaced or swapped with their neighbour
 * (optimal string alignment). A name further than a third of its length away, at least two and at most
 * `MOST_EDITS`, is no plausible typing error and is left out.
 */
export function nearestNames(typed: string, names: Iterable<string>, limit = 3): readonly string[] {
  const wanted = typed.toLowerCase();
  return [...new Set(names)]
    // Each letter too many is an edit: what is longer by more need not be compared.
    .filter((name) => Math.abs(name.length - typed.length) <= MOST_EDITS)
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .filter(({ name, distance }) => isSlip(distance, Math.max(name.length, typed.length)))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** As many edits as letters would make any name out of any other. */
function isSlip(distance: number, letters: number): boolean {
  return distance < letters && distance <= Math.min(MOST_EDITS, Math.max(2, Math.floor(letters / 3)));
}

/** ` (did you mean "x"?)`, or nothing when no name is near. */
export function didYouMean(typed: string, names: Iterable<string>): string {
  const [nearest] = nearestNames(typed, names, 1);
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
}

function editDistance(a: string, b: string): number {
  let twoBack: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, (twoBack[column - 2] ?? 0) + 1);
      current.push(best);
    }
    twoBack = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
