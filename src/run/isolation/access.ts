import { existsSync, readdirSync, readFileSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { cacheFolder, makeFolder } from '../../cache.ts';
import { packageRoot } from '../../package-root.ts';

/** What the process of a user's module may read: its project, the packages that it resolves, losscheck, and what a person allows. */

export interface Access {
  /** Files and folders; a folder stands for everything in it. */
  readonly readable: readonly string[];
  /** Folders that were given entry by entry: what else is in them does not exist, but for what is kept back. */
  readonly listed: readonly string[];
  readonly keptBack: readonly string[];
}

/** Names that hold secrets, or the history of a project, and never what a loss computes with. */
const SECRET = /^(\.env(\..*)?|\.npmrc|\.git)$/;

/** A folder with more entries than this is nobody's project: its entries would not fit on a command line. */
const MANY_ENTRIES = 2000;

/**
 * @param from the module, or a folder
 * @param allowed what is allowed beyond it, as absolute paths
 */
export function accessFor(from: string, allowed: readonly string[]): Access {
  const folder = isFolder(from) ? from : path.dirname(from);
  const modules = [folder, packageRoot()].flatMap((start) => installedAbove(start));
  const { entries, listed, keptBack } = projectEntries(folder);
  const given = [
    ...entries,
    ...modules,
    ...modules.flatMap(linkedFrom),
    packageRoot(),
    ...madeFolder(cacheFolder(process.cwd())),
    ...allowed,
  ];
  // Node compares with the path as it was written in one place, and with the real one in another.
  const readable = outermost(given.flatMap((each) => [each, realPath(each)]));
  return { readable, listed: listed.flatMap((each) => [each, realPath(each)]), keptBack: keptBack.flatMap((each) => [each, realPath(each)]) };
}

/** Without what lies in another of them: Node 20 ends with an assertion when it is given a folder twice. */
function outermost(places: readonly string[]): readonly string[] {
  const kept: string[] = [];
  // With a separator at the end, what is in a folder comes right behind it.
  for (const place of [...new Set(places)].map((each) => (each.endsWith(path.sep) ? each : `${each}${path.sep}`)).toSorted()) {
    const last = kept.at(-1);
    if (last === undefined || !place.startsWith(last)) kept.push(place);
  }
  // Node 20 ends as well when LICENSE comes after LICENSE-MIT and LICENSE.md.
  return kept.map((each) => (path.dirname(each) === each ? each : each.slice(0, -1))).toSorted();
}

/** What does not exist is no folder to Node: everything in it would be refused once it does. */
function madeFolder(folder: string): readonly string[] {
  return orNothing(() => makeFolder(folder)) === null && !isFolder(folder) ? [] : [folder];
}

/** The folder that a person would call the project: its own packages and files, but not the home of its owner. */
function projectRoot(folder: string): string {
  const above = ancestors(folder);
  const root = above.findLast(isWorkspace) ?? above.find((each) => existsSync(path.join(each, 'package.json'))) ?? above.find((each) => existsSync(path.join(each, '.git')));
  return root === undefined || isShared(root) ? folder : root;
}

interface Entries {
  readonly entries: readonly string[];
  readonly listed: readonly string[];
  readonly keptBack: readonly string[];
}

function projectEntries(folder: string): Entries {
  const root = projectRoot(folder);
  // Without a project, what lies beside the module may be anybody's: its files, and no folder.
  if (isShared(root)) {
    const [kept, given] = split(entriesOf(root), (entry) => entry.isDirectory() || entry.name.startsWith('.'));
    return { entries: given.map(({ name }) => path.join(root, name)), listed: [root], keptBack: kept.map(({ name }) => path.join(root, name)) };
  }
  const inside = path.relative(root, folder).split(path.sep).filter((part) => part !== '');
  const way = inside.map((_, index) => path.join(root, ...inside.slice(0, index + 1)));
  const listed = [root, ...way];
  const found = listed.map((each) => entriesOf(each).map(({ name }) => path.join(each, name)));
  if (found.some(({ length }) => length > MANY_ENTRIES)) return { entries: [], listed: [], keptBack: [] };
  const [keptBack, given] = split(found.flat(), (place) => SECRET.test(path.basename(place)));
  return { entries: given.filter((place) => !way.includes(place)), listed, keptBack };
}

function split<T>(all: readonly T[], isFirst: (each: T) => boolean): [readonly T[], readonly T[]] {
  return [all.filter((each) => isFirst(each)), all.filter((each) => !isFirst(each))];
}

function isWorkspace(folder: string): boolean {
  if (existsSync(path.join(folder, 'pnpm-workspace.yaml'))) return true;
  const manifest = path.join(folder, 'package.json');
  return existsSync(manifest) && /"workspaces"\s*:/.test(readFileSync(manifest, 'utf8'));
}

/** The home and what it lies in, and the folder that everybody writes temporary files to. */
function isShared(folder: string): boolean {
  const real = realPath(folder);
  return contains(real, realPath(homedir())) || real === realPath(tmpdir());
}

function contains(folder: string, inner: string): boolean {
  const way = path.relative(folder, inner);
  return way === '' || (!way.startsWith('..') && !path.isAbsolute(way));
}

function installedAbove(folder: string): readonly string[] {
  return ancestors(folder).map((each) => path.join(each, 'node_modules')).filter((each) => isFolder(each));
}

/** Where packages really are: beside a workspace, in the store of pnpm, or wherever `npm link` leads. */
function linkedFrom(modules: string): readonly string[] {
  const entries = entriesOf(modules);
  const scoped = entries.filter(({ name }) => name.startsWith('@')).flatMap(({ name }) => entriesOf(path.join(modules, name)).map((entry) => ({ entry, place: path.join(modules, name, entry.name) })));
  const all = [...entries.map((entry) => ({ entry, place: path.join(modules, entry.name) })), ...scoped];
  const targets = all.filter(({ entry }) => entry.isSymbolicLink()).map(({ place }) => realPath(place));
  return [...targets.filter((target) => !contains(modules, target)), ...storeOf(modules)];
}

/** The folder that pnpm keeps all packages in, which may lie outside of `node_modules`. */
function storeOf(modules: string): readonly string[] {
  const about = path.join(modules, '.modules.yaml');
  if (!existsSync(about)) return [];
  const named = /"?virtualStoreDir"?\s*:\s*"?([^"\n,]+)"?/.exec(readFileSync(about, 'utf8'))?.[1]?.trim();
  return named === undefined ? [] : [path.resolve(modules, named)];
}

function ancestors(folder: string): readonly string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

function entriesOf(folder: string): readonly Dirent[] {
  return orNothing(() => readdirSync(folder, { withFileTypes: true })) ?? [];
}

function isFolder(place: string): boolean {
  return orNothing(() => statSync(place, { throwIfNoEntry: false })?.isDirectory()) ?? false;
}

function realPath(place: string): string {
  return orNothing(() => realpathSync.native(place)) ?? place;
}

/** What cannot be looked at cannot be given to anybody either. */
function orNothing<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
