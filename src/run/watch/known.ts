import path from 'node:path';
import type { LossReport } from '../../contracts/report.ts';
import { stemOf } from '../many/changed.ts';
import type { Tally } from '../tally.ts';
import type { FileUnit, Unit } from '../units.ts';
import type { Change } from './files.ts';
import { statOf } from '../../load/text-file.ts';

/** What is known of the units of a session: what came of each the last time, and what that depended on. */
export interface Known {
  /** True for a unit that was not checked since it, or what it imports, changed. */
  isDue(unit: Unit): boolean;
  /** @throws for a unit that was not checked yet */
  tallyOf(unit: Unit): Tally;
  note(unit: Unit, tally: Tally): void;
  /** The same unit; from now on the files that it is bundled from are kept. */
  followed(unit: Unit): Unit;
  /** Forgets units that are targets no more. @returns whether there were any */
  keepOnly(units: readonly Unit[]): boolean;
  /** Marks the units that a change concerns. @returns their ids */
  mark(changes: readonly Change[]): ReadonlySet<string>;
  /** Marks units by what came of them. @returns their ids */
  markWhere(isMarked: (id: string, losses: readonly LossReport[]) => boolean): ReadonlySet<string>;
  /** Changes that came while the files were not watched yet. */
  unseen(): readonly Change[];
  /** Files that units were made from, without installed packages. */
  files(): ReadonlySet<string>;
}

interface Entry {
  tally: Tally | null;
  /** Files, with the time of their last change when they were read. */
  sources: ReadonlyMap<string, number>;
  /** It could not be bundled: what it would import is not known. */
  isBroken: boolean;
}

export const idOf = ({ kind, key }: Unit): string => `${kind}:${key}`;

export function createKnown(): Known {
  const entries = new Map<string, Entry>();
  const due = new Set<string>();
  const entryOf = (unit: Unit): Entry => {
    const entry = entries.get(idOf(unit)) ?? { tally: null, sources: new Map(), isBroken: false };
    entries.set(idOf(unit), entry);
    return entry;
  };
  const files = (): Set<string> => new Set([...entries.values()].flatMap(({ sources }) => [...sources.keys()]));
  return {
    isDue(unit) {
      const tally = entries.get(idOf(unit))?.tally ?? null;
      if (tally === null || due.has(idOf(unit))) return true;
      // A target that leads nowhere is no file that could change: what is said of it can.
      return unit.kind === 'error' && tally.losses[0]?.findings[0]?.message !== unit.report.findings[0]?.message;
    },
    tallyOf(unit) {
      const tally = entries.get(idOf(unit))?.tally ?? null;
      if (tally === null) throw new Error(`${unit.key} was not checked yet`);
      return tally;
    },
    note(unit, tally) {
      entryOf(unit).tally = tally;
      due.delete(idOf(unit));
    },
    followed: (unit) => (unit.kind === 'file' ? follow(unit, entryOf(unit)) : unit),
    keepOnly(units) {
      const ids = new Set(units.map(idOf));
      const gone = [...entries.keys()].filter((id) => !ids.has(id));
      for (const id of gone) {
        entries.delete(id);
        due.delete(id);
      }
      return gone.length > 0;
    },
    mark(changes) {
      const concerned = [...entries].filter(([, entry]) => changes.some((change) => concerns(change, entry))).map(([id]) => id);
      for (const id of concerned) due.add(id);
      return new Set(concerned);
    },
    markWhere(isMarked) {
      const marked = [...entries].filter(([id, { tally }]) => isMarked(id, tally?.losses ?? [])).map(([id]) => id);
      for (const id of marked) due.add(id);
      return new Set(marked);
    },
    unseen: () => [...entries.values()].flatMap(({ sources }) => [...sources].filter(([file, time]) => timeOf(file) !== time).map(([file]) => ({ file, isNew: false }))),
    files,
  };
}

function follow(unit: FileUnit, entry: Entry): FileUnit {
  return {
    ...unit,
    async module() {
      const file: readonly [string, number] = [unit.target.file, timeOf(unit.target.file)];
      try {
        const module = await unit.module();
        const own = module.bundle.sources.filter((source) => !source.includes(`${path.sep}node_modules${path.sep}`));
        entry.sources = new Map([file, ...own.map((source): [string, number] => [source, timeOf(source)])]);
        entry.isBroken = false;
        return module;
      } catch (error) {
        // What it imported when it could still be read is the best guess at what it will import.
        entry.sources = new Map([...[...entry.sources.keys()].map((source): [string, number] => [source, timeOf(source)]), file]);
        entry.isBroken = true;
        throw error;
      }
    },
  };
}

/** Which file an import leads to can change with a file that comes, and how it is compiled with these settings. */
const SETTINGS = /^(package|[jt]sconfig.*)\.json$/;

function concerns({ file, isNew }: Change, { sources, isBroken }: Entry): boolean {
  // Reports are written in watched folders, as JSON: they must not start a run.
  if (sources.has(file) || (isBroken && !file.endsWith('.json'))) return true;
  if (SETTINGS.test(path.basename(file))) return [...sources.keys()].some((source) => source.startsWith(path.dirname(file) + path.sep));
  return isNew && [...sources.keys()].some((source) => stemOf(source) === stemOf(file));
}

/** 0 for a file that is not there. */
function timeOf(file: string): number {
  return statOf(file)?.mtimeMs ?? 0;
}
