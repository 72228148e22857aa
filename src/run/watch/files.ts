import path from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { UsageError } from '../../contracts/errors.ts';
import { reasonOf } from '../../load/system-error.ts';
import { statOf } from '../../load/text-file.ts';

/** Tells of files that change, come or go. */
export interface FileWatch {
  /** Resolves once changes from now on are seen. */
  ready(): Promise<void>;
  /** Watches the folders of these files too. */
  add(files: Iterable<string>): void;
  close(): Promise<void>;
}

export interface Change {
  readonly file: string;
  /** It was not there before. */
  readonly isNew: boolean;
}

/** Editors write a file in several steps, and tools many files: what happens within this time is one change. */
const QUIET_MS = 80;
/** Saves that never pause are looked at all the same. */
const LONGEST_WAIT_MS = 1000;

/** Files that may be a module, or say how modules are found and compiled. */
const RELEVANT = /\.([mc]?[jt]sx?|json)$/;
const PASSED_OVER = new Set(['node_modules', 'dist', '.git']);

/** One file that cannot be looked at: a loop of links, or one that is gone again. */
const PASSABLE = new Set(['ELOOP', 'ENOENT', 'EACCES', 'EPERM']);

/** @throws UsageError where changes would go unseen */
function requirePassable(error: unknown): void {
  const reason = reasonOf(error);
  if (PASSABLE.has(reason)) return;
  throw new UsageError(`--watch: cannot watch the files (${reason})`, 'Too many files below the targets? Name a smaller folder.');
}

/**
 * Watches folders and not files: many editors save by putting a new file in the place of the old one, and what is
 * watched by itself is then lost sight of.
 *
 * @param trees folders in which new files count, with everything below
 * @param named files that count whatever they are called
 */
export function watchFiles(trees: readonly string[], named: ReadonlySet<string>, onChanges: (changes: readonly Change[]) => void): FileWatch {
  const batch = collect(onChanges);
  const isIgnored = (base: readonly string[]) => (file: string, stats?: { isFile(): boolean }): boolean => {
    if (base.includes(file) || named.has(file)) return false;
    const name = path.basename(file);
    return PASSED_OVER.has(name) || name.startsWith('.') || (stats?.isFile() === true && !RELEVANT.test(name));
  };
  const open = (paths: readonly string[], depth: number | undefined): FSWatcher => {
    const watcher = watch([...paths], { ignoreInitial: true, ignored: isIgnored(paths), ...(depth === undefined ? {} : { depth }) });
    watcher.on('error', requirePassable).on('add', (file) => batch.note(file, true)).on('change', (file) => batch.note(file, false)).on('unlink', (file) => batch.note(file, false));
    return watcher;
  };
  const roots = trees.map(existing);
  const watchers: FSWatcher[] = [];
  const singles = new Set<string>();
  const pending: Promise<void>[] = [];
  const start = (paths: readonly string[], depth?: number): void => {
    const watcher = open(paths, depth);
    watchers.push(watcher);
    pending.push(isReady(watcher));
  };
  // Without a path a watcher is never ready.
  if (roots.length > 0) start(roots);
  return {
    async ready() {
      await Promise.all(pending.splice(0));
    },
    add(files) {
      for (const file of files) {
        const folder = existing(path.dirname(file));
        if (singles.has(folder) || roots.some((root) => isBelow(folder, root))) continue;
        singles.add(folder);
        start([folder], 0);
      }
    },
    async close() {
      batch.close();
      await Promise.all(watchers.map((watcher) => watcher.close()));
    },
  };
}

/** Whether a folder is seen from a root: not where something between the two is passed over. */
function isBelow(folder: string, root: string): boolean {
  const relative = path.relative(root, folder);
  if (relative === '') return true;
  const parts = relative.split(path.sep);
  return !path.isAbsolute(relative) && !parts.some((part) => part.startsWith('.') || PASSED_OVER.has(part));
}

/** The folder itself, or the nearest above it that is there: it will see the folder come. */
function existing(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    if (statOf(at)?.isDirectory() === true || at === path.dirname(at)) return at;
  }
}

function isReady(watcher: FSWatcher): Promise<void> {
  return new Promise((resolve) => watcher.once('ready', () => resolve()));
}

function collect(onChanges: (changes: readonly Change[]) => void) {
  const changes = new Map<string, Change>();
  let timer: NodeJS.Timeout | null = null;
  let since = 0;
  const flush = (): void => {
    timer = null;
    const all = [...changes.values()];
    changes.clear();
    onChanges(all);
  };
  return {
    note(file: string, isNew: boolean): void {
      if (changes.size === 0) since = Date.now();
      changes.set(file, { file, isNew: isNew || changes.get(file)?.isNew === true });
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(flush, Math.max(0, Math.min(QUIET_MS, since + LONGEST_WAIT_MS - Date.now())));
    },
    close(): void {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
