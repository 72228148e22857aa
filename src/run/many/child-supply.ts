import path from 'node:path';
import { endChild, isWaiting, startChild, type Child } from '../isolation/child-process.ts';
import { confinementOf, type Confinement, type ConfinementOptions } from '../isolation/confinement.ts';

/** Fresh child processes, one for each module. */
export interface ChildSupply {
  /** @param from the module, or a folder where there is none: it decides what the child may read */
  take(from: string): Child;
  /** A child that was not needed: nothing has run in it, so that another module may have it. */
  giveBack(child: Child): void;
  /** Ends the children that wait. */
  close(): void;
}

/**
 * @param isAhead asked when a child is taken: whether to start the next one, so that it is ready when this one ends
 */
export function createChildSupply(options: ConfinementOptions, isAhead: () => boolean, start: (confinement: Confinement) => Child = startChild): ChildSupply {
  const waiting = new Set<Child>();
  const known = new Map<string, Confinement>();
  const confinement = (from: string): Confinement => {
    const folder = path.dirname(from);
    const found = known.get(folder) ?? confinementOf(from, options);
    known.set(folder, found);
    return found;
  };
  const keep = (child: Child): void => {
    waiting.add(child);
    // One that cannot start, or ends while it waits, is nobody's: the next is started on demand and reports why.
    for (const event of ['error', 'exit']) child.process.once(event, () => waiting.delete(child));
  };
  return {
    take(from) {
      const wanted = confinement(from);
      const ready = [...waiting].find(({ confinement: { key } }) => key === wanted.key);
      const child = ready ?? start(wanted);
      waiting.delete(child);
      if (waiting.size === 0 && isAhead()) keep(start(wanted));
      return child;
    },
    giveBack(child) {
      if (isWaiting(child)) keep(child);
    },
    close() {
      for (const child of waiting) endChild(child);
      waiting.clear();
    },
  };
}
