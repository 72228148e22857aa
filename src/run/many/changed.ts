import { existsSync } from 'node:fs';
import path from 'node:path';
import { LoadError } from '../../contracts/errors.ts';
import type { ChangedReport } from '../../contracts/report.ts';
import { resolveLinks } from '../../load/paths.ts';
import { baseAt, differenceFrom, repositoryOf, usualBase, type Difference } from './git.ts';
import { runTasks } from './pool.ts';
import type { FileUnit, Unit } from '../units.ts';

export interface Selection {
  readonly units: readonly Unit[];
  readonly report: ChangedReport;
}

/**
 * The units whose file, or anything it imports, differs from a commit. Unable to tell is changed: a file that
 * cannot be bundled, one that git does not keep track of, one outside of the repository.
 *
 * @param ref '' for where the branch left the default branch
 * @throws UsageError where git cannot say what has changed
 */
export async function onlyChanged(units: readonly Unit[], ref: string, cwd: string): Promise<Selection> {
  const root = await repositoryOf(cwd);
  const base = ref === '' ? await usualBase(root) : await baseAt(root, ref);
  const difference = await differenceFrom(root, base.commit);
  const isEverything = [...difference.differing].some((file) => LOCK_FILES.has(path.basename(file)));
  const kept = await runTasks(units.map((unit) => async () => isEverything || isChanged(unit, difference)), BUNDLED_AT_ONCE);
  const chosen = units.filter((_, index) => kept[index]);
  return { units: chosen, report: { since: base.shown, targets: chosen.length, of: units.length } };
}

/** Enough to keep the compiler busy, without the bundles of a large repository being made all at once. */
const BUNDLED_AT_ONCE = 8;

/** Any package may be another one: packages themselves are not looked at. */
const LOCK_FILES: ReadonlySet<string> = new Set(['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb']);

async function isChanged(unit: Unit, difference: Difference): Promise<boolean> {
  // What is wrong with a target does not go away by not looking.
  if (unit.kind === 'error') return true;
  if (unit.kind === 'built-in') return false;
  const sources = await sourcesOf(unit);
  return sources === null || sources.some((source) => differs(source, difference)) || isSteered(sources, difference);
}

/** Null for a file that cannot be bundled. */
async function sourcesOf({ target, module }: FileUnit): Promise<readonly string[] | null> {
  try {
    const { bundle } = await module();
    // A link is a file of its own for git, whatever it leads to; what exists nowhere is the bundler's own.
    return [target.file, ...bundle.sources].filter((source) => !/[\\/]node_modules[\\/]/.test(source) && existsSync(source));
  } catch (error) {
    if (error instanceof LoadError) return null;
    throw error;
  }
}

function differs(source: string, { differing, tracked }: Difference): boolean {
  const real = resolveLinks(source);
  return [source, real].some((file) => differing.has(file)) || !(tracked.has(source) || tracked.has(real));
}

/** Changes beside the sources that decide which files an import leads to, and how they are compiled. */
function isSteered(sources: readonly string[], { differing, deleted }: Difference): boolean {
  const stems = new Set(sources.map(stemOf));
  if ([...deleted].some((file) => stems.has(stemOf(file)))) return true;
  const settings = [...differing].filter((file) => /^(package|tsconfig.*)\.json$/.test(path.basename(file)));
  return settings.some((file) => sources.some((source) => source.startsWith(path.dirname(file) + path.sep)));
}

/** `./focal` may be focal.ts, focal.js or focal/index.ts: where one goes, the import finds another. */
export function stemOf(file: string): string {
  const { dir, name } = path.parse(file);
  return name === 'index' ? dir : path.join(dir, name);
}
