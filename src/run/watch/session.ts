import path from 'node:path';
import { UsageError } from '../../contracts/errors.ts';
import type { Progress, VerifyOptions } from '../../contracts/options.ts';
import type { Report } from '../../contracts/report.ts';
import { displayPath } from '../../load/paths.ts';
import { statOf } from '../../load/text-file.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { forgetInstallations } from '../bundle.ts';
import { checkUnits, type Hold } from '../check-units.ts';
import { exitCodeOf, summaryOf } from '../summary.ts';
import type { Tally } from '../tally.ts';
import type { Unit } from '../units.ts';
import { targetsOf, verifyWith, type CheckUnits } from '../verify.ts';
import { watchFiles, type Change } from './files.ts';
import { createKnown, idOf } from './known.ts';

/** What a session checks, read anew whenever one of `settings` changes. */
export interface WatchPlan {
  readonly options: VerifyOptions;
  readonly config: LoadedConfig | null;
  /** Files that decide how everything is checked, such as a configuration: absolute paths. */
  readonly settings: readonly string[];
}

/** What came of one run of a session. */
export interface WatchResult {
  /** All losses, those that were not checked again as they were. */
  readonly whole: Report;
  /** Only the losses that were checked now. */
  readonly checked: Report;
  /** Files that are watched. */
  readonly files: number;
}

export interface WatchListener {
  readonly onProgress: (progress: Progress) => void;
  /** @param changed files that are the reason, as people know them; empty when somebody asked */
  readonly onBegin: (changed: readonly string[]) => void;
  readonly onResult: (result: WatchResult) => Promise<void>;
  /** Nothing could be checked; the session goes on until somebody mends it. */
  readonly onRefused: (error: UsageError) => Promise<void>;
}

export interface WatchSession {
  /** Resolves when the session was closed and none of its processes is left; rejects with what ended it. */
  readonly ended: Promise<void>;
  /** While losses are checked this does nothing. */
  rerun(what: 'all' | 'failed' | 'same'): void;
  /** Stops what runs, with its processes, and the watching. */
  close(): void;
}

/** Ends a run that turns out to have nothing to do. */
const NOTHING_DUE = new Error('nothing is due');
const STOPPED = new Error('stopped');

/** Why there is to be another run. */
interface Wanted {
  readonly changed: Set<string>;
  isAsked: boolean;
  isRead: boolean;
}

/**
 * Checks losses once, and again whenever they, or what they import, change.
 *
 * @param read gives the plan: called at the start, and when a settings file has changed
 * @throws what is wrong with the plan; what is wrong with the first run rejects `ended`, and later it is told to
 *   the listener
 */
export async function watch(read: () => Promise<WatchPlan>, listener: WatchListener): Promise<WatchSession> {
  let plan = await read();
  const cwd = plan.options.cwd ?? process.cwd();
  const known = createKnown();
  /** Units that were checked and not told of yet, and those that were told of last. */
  const fresh = new Set<string>();
  let last: ReadonlySet<string> = new Set();
  let running: { readonly stop: AbortController; readonly ids: Set<string> } | null = null;
  let wanted: Wanted | null = { changed: new Set(), isAsked: false, isRead: false };
  let isFirst = true;
  const closed = new AbortController();
  let wake = (): void => {};

  const want = (changes: readonly Change[], of: { isAsked: boolean; isRead: boolean }): void => {
    wanted ??= { changed: new Set(), isAsked: false, isRead: false };
    wanted.isAsked ||= of.isAsked;
    wanted.isRead ||= of.isRead;
    for (const { file } of changes) wanted.changed.add(displayPath(file, cwd));
    wake();
  };
  const onChanges = (changes: readonly Change[]): void => {
    const isRead = changes.some(({ file }) => plan.settings.includes(file));
    const concerned = isRead ? known.markWhere(() => true) : known.mark(changes);
    const told = changes.filter(({ file, isNew }) => isRead || known.files().has(file) || (isNew && !file.endsWith('.json')));
    if (closed.signal.aborted || (concerned.size === 0 && told.length === 0)) return;
    want(told, { isAsked: false, isRead });
    if (isRead || [...concerned].some((id) => running?.ids.has(id) === true)) running?.stop.abort(STOPPED);
  };
  const targets = targetsOf(plan.options, plan.config, cwd);
  const files = watchFiles(treesOf(targets, cwd), new Set(plan.settings), onChanges);
  files.add(plan.settings);
  files.add(targets.map((target) => path.resolve(cwd, target)));

  /** Stands in for the check of all units: only those that are due are checked. */
  const checkDue = async (units: readonly Unit[], isAsked: boolean, begin: () => void, run: (due: readonly Unit[], hold: Hold) => Promise<readonly Tally[]>): Promise<readonly Tally[]> => {
    const isFewer = known.keepOnly(units);
    const due = units.filter((unit) => known.isDue(unit));
    if (due.length === 0 && !isFewer && !isAsked && fresh.size === 0) throw NOTHING_DUE;
    begin();
    const stop = new AbortController();
    running = { stop, ids: new Set(due.map(idOf)) };
    const book = (unit: Unit, tally: Tally): void => {
      known.note(unit, tally);
      fresh.add(idOf(unit));
      running?.ids.delete(idOf(unit));
    };
    const tallies = await run(due.map((unit) => known.followed(unit)), { signal: stop.signal, onChecked: book });
    for (const [index, unit] of due.entries()) {
      const tally = tallies[index];
      if (tally !== undefined && unit.kind !== 'file') book(unit, tally);
    }
    return units.map((unit) => known.tallyOf(unit));
  };

  const runOnce = async ({ changed, isAsked, isRead }: Wanted): Promise<void> => {
    if (isRead) plan = await read();
    forgetInstallations();
    const begin = isFirst ? (): void => {} : (): void => listener.onBegin([...changed]);
    let units: readonly Unit[] = [];
    const check: CheckUnits = (all, judgedBy, many, onProgress) => {
      units = all;
      return checkDue(all, isAsked, begin, (due, hold) => checkUnits(due, judgedBy, many, onProgress, hold));
    };
    // Who asks wants to see it done, not what was found out before.
    const whole = await verifyWith(check, isAsked ? { ...plan.options, cache: false } : plan.options, listener.onProgress, plan.config);
    const losses = units.flatMap((unit) => (fresh.has(idOf(unit)) ? known.tallyOf(unit).losses : []));
    if (fresh.size > 0) last = new Set(fresh);
    fresh.clear();
    const checked = { ...whole, losses, summary: summaryOf(losses), exitCode: exitCodeOf(losses) };
    await listener.onResult({ whole, checked, files: known.files().size });
  };

  const loop = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      const now = wanted;
      wanted = null;
      if (now === null) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      try {
        await runOnce(now);
      } catch (error) {
        // Stopped: whoever did it has said what is to be done instead, and what was checked by then is kept.
        if (error !== NOTHING_DUE && error !== STOPPED) {
          if (isFirst || !(error instanceof UsageError)) throw error;
          await listener.onRefused(error);
        }
      }
      running = null;
      isFirst = false;
      files.add(known.files());
      await files.ready();
      const unseen = known.unseen();
      if (unseen.length > 0) onChanges(unseen);
    }
  };

  const looped = loop();
  return {
    ended: looped.finally(() => files.close()),
    rerun(what) {
      if (closed.signal.aborted || running !== null) return;
      if (what === 'all') known.markWhere(() => true);
      else known.markWhere((id, losses) => (what === 'same' ? last.has(id) : losses.some(({ verdict }) => verdict !== 'pass')));
      want([], { isAsked: true, isRead: false });
    },
    close() {
      closed.abort();
      running?.stop.abort(STOPPED);
      wake();
    },
  };
}

/** Folders in which a new file can become a target. */
function treesOf(targets: readonly string[], cwd: string): readonly string[] {
  return targets.flatMap((target) => {
    const place = path.resolve(cwd, target);
    const stats = statOf(place);
    if (stats?.isDirectory() === true) return [place];
    if (stats !== null || !/[*?{[(!]/.test(target)) return [];
    const fixed = target.split(/[\\/]/);
    const first = fixed.findIndex((part) => /[*?{[(!]/.test(part));
    return [path.resolve(cwd, ...fixed.slice(0, first))];
  });
}
