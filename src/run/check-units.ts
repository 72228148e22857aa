import { openCache, type Cache } from '../cache.ts';
import { LoadError } from '../contracts/errors.ts';
import type { Progress } from '../contracts/options.ts';
import type { LossReport } from '../contracts/report.ts';
import { balance, groupsWorthwhile, readDurations, writeDurations } from './many/built-in-groups.ts';
import { builtIns } from './builtins.ts';
import { cameAlong } from '../load/tensorflow/copy.ts';
import { builtInRequest, tensorflowFor } from './bundle.ts';
import { checkBuiltInsHere, checkHere, checkInChild } from './check-module.ts';
import { createChildSupply, type ChildSupply } from './many/child-supply.ts';
import { deadlineIn, type Deadline } from './many/deadline.ts';
import { failureReport, loadFailure } from './failure-report.ts';
import { jobsFor, type ManyOptions } from './many/options.ts';
import type { RunOptions } from './options.ts';
import { runTasks, type Task } from './many/pool.ts';
import { createResultCache, type ResultCache } from './many/result-cache.ts';
import { createScoreboard, type Scoreboard } from './many/scoreboard.ts';
import { dropFilesWithoutLoss, newTally, type Tally } from './tally.ts';
import type { FileUnit, Unit } from './units.ts';

interface Bench {
  readonly options: RunOptions;
  readonly deadline: Deadline;
  readonly isolate: boolean;
  readonly board: Scoreboard;
  readonly supply: ChildSupply;
  readonly results: ResultCache | null;
}

/** How a run is held by who may stop it. */
export interface Hold {
  readonly signal: AbortSignal;
  /** Told of each file that was checked to its end. */
  readonly onChecked: (unit: FileUnit, tally: Tally) => void;
}

/**
 * What came of each unit, in the order of the units.
 *
 * @param hold without it the run goes to its end; with it every loss is checked in a child, as what runs here
 *   could not be stopped
 * @throws the reason of `hold.signal` once that is aborted and no child is left
 */
export async function checkUnits(
  units: readonly Unit[],
  options: RunOptions,
  many: ManyOptions,
  onProgress: (progress: Progress) => void,
  hold: Hold | null = null,
): Promise<readonly Tally[]> {
  const builtInIds = units.flatMap((unit) => (unit.kind === 'built-in' ? [unit.key] : []));
  const files = units.filter((unit) => unit.kind === 'file');
  const jobs = jobsFor(many, builtInIds.length + files.length);
  const cache = many.cache ? openCache(options.cwd) : null;
  const deadline = deadlineIn(many.runTimeout);
  let begun = 0;
  const bench: Bench = {
    options,
    deadline,
    isolate: many.isolate,
    board: createScoreboard(builtInIds.length + files.length, onProgress),
    supply: createChildSupply(options, () => jobs > 1 && begun < files.length),
    results: cache === null || !many.isolate ? null : createResultCache(cache, options),
  };
  const groups = groupsOf(builtInIds, jobs, cache);
  const [onlyGroup] = groups;
  const isHere = groups.length === 1 && hold === null && (!many.isolate || (await isOurs(options)));
  // Before any child: while losses are checked here, nobody would hear what a child says.
  const here = isHere && onlyGroup !== undefined ? [await builtInsHere(onlyGroup, bench)] : [];
  const tasks = isHere ? [] : groups.map((ids): Task<Tally> => (signal) => builtInsInChild(ids, bench, signal));
  const fileTasks = files.map((unit): Task<Tally> => async (signal) => {
    begun++;
    const tally = await checkFile(unit, bench, signal);
    if (!signal.aborted) hold?.onChecked(unit, tally);
    return tally;
  });
  // Each child that runs listens for the end of this process.
  const listeners = process.getMaxListeners();
  process.setMaxListeners(listeners === 0 ? 0 : listeners + jobs);
  try {
    const tallies = [...here, ...(await runTasks([...tasks, ...fileTasks], jobs, hold?.signal))];
    hold?.signal.throwIfAborted();
    const [builtIn, user] = [tallies.slice(0, tallies.length - files.length), tallies.slice(tallies.length - files.length)];
    writeDurations(cache, builtIn.flatMap(({ losses }) => losses));
    return inOrder(units, builtIn, user, options);
  } finally {
    process.setMaxListeners(listeners);
    bench.supply.close();
  }
}

/** Our own losses need no isolation, but for what a project's config runs on them, and the TensorFlow.js that it has. */
async function isOurs(options: RunOptions): Promise<boolean> {
  return options.config?.bundle == null && cameAlong(await tensorflowFor(options.cwd, [], options.backend));
}

function groupsOf(ids: readonly string[], jobs: number, cache: Cache | null): readonly (readonly string[])[] {
  const groups = groupsWorthwhile(ids.length, jobs);
  if (groups > 1) return balance(ids, groups, readDurations(cache));
  return ids.length === 0 ? [] : [ids];
}

async function builtInsHere(ids: readonly string[], { options, deadline, board }: Bench): Promise<Tally> {
  const tally = newTally();
  const module = await builtInRequest(ids.length === builtIns().ids.length ? null : ids, options);
  await checkBuiltInsHere(module, { options, tally, deadline, onEvent: board.open(tally, ids.length) });
  board.close(tally);
  return tally;
}

async function builtInsInChild(ids: readonly string[], { options, deadline, board, supply }: Bench, signal: AbortSignal): Promise<Tally> {
  const tally = newTally();
  const onEvent = board.open(tally, ids.length);
  await checkInChild(await builtInRequest(ids, options), { options, tally, deadline, onEvent }, { child: null, supply, signal });
  board.close(tally);
  return tally;
}

async function checkFile(unit: FileUnit, { options, deadline, isolate, board, supply, results }: Bench, signal: AbortSignal): Promise<Tally> {
  const { target } = unit;
  const tally = newTally();
  const onEvent = board.open(tally, 1);
  // Its start overlaps with bundling, unless it will hardly be needed.
  let child = isolate && results?.expects(target) !== true && !deadline.signal.aborted ? supply.take(target.file) : null;
  try {
    const module = await unit.module();
    const known = results?.read(module) ?? null;
    if (known !== null) Object.assign(tally, known);
    else if (!isolate) await checkHere(module, { options, tally, deadline, onEvent });
    else if (!signal.aborted) {
      const own = child;
      child = null;
      await checkInChild(module, { options, tally, deadline, onEvent }, { child: own, supply, signal });
      if (!signal.aborted) results?.write(target, module, tally);
    }
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    const { displayPath, exportName } = target;
    tally.losses.push(loadFailure(error, { id: displayPath, file: displayPath, exportName }, options));
  } finally {
    if (child !== null) supply.giveBack(child);
  }
  if (!target.explicit) dropFilesWithoutLoss(tally);
  board.close(tally);
  return tally;
}

/** Built-in losses went into groups; in the report each has its own place again. */
function inOrder(units: readonly Unit[], builtIn: readonly Tally[], user: readonly Tally[], options: RunOptions): readonly Tally[] {
  const places = new Map(builtIn.flatMap((tally) => tally.losses.map((loss): [string, Tally] => [loss.id, { ...tally, losses: [loss] }])));
  let next = 0;
  return units.map((unit) => {
    if (unit.kind === 'error') return newTally([unit.report]);
    if (unit.kind === 'built-in') return places.get(unit.key) ?? newTally([lost(unit.key, options)]);
    return user[next++] ?? newTally();
  });
}

/** Its process ended before any of its losses was begun. */
function lost(id: string, options: RunOptions): LossReport {
  const fix = 'Run it by itself; if it ends again, report it: this loss is part of losscheck.';
  return failureReport({ id, file: null, exportName: null, code: 'crashed', message: 'its process ended before this loss was checked', fix }, options);
}
