import path from 'node:path';
import { UsageError } from '../contracts/errors.ts';
import type { Progress, VerifyOptions } from '../contracts/options.ts';
import type { EnginesReport, Report } from '../contracts/report.ts';
import { displayPath } from '../load/paths.ts';
import { cameAlong, ownTensorflow } from '../load/tensorflow/copy.ts';
import { packageVersion } from '../package-root.ts';
import { baselineFile, baselineReport, readBaseline, type BaselineEntry } from './baseline/baseline.ts';
import { builtIns } from './builtins.ts';
import { onlyChanged } from './many/changed.ts';
import { tensorflowFor } from './bundle.ts';
import { checkUnits } from './check-units.ts';
import { loadConfig } from './config/load.ts';
import type { LoadedConfig } from './config/loaded.ts';
import { tryBackend } from './doctor/engines.ts';
import { enginesFor, reportEngines, togetherOf } from './engines.ts';
import { nothingFound } from './failure-report.ts';
import { requireUsed, unusedNames } from './flag-names.ts';
import { toManyOptions } from './many/options.ts';
import { toRunOptions, type RunOptions } from './options.ts';
import { verifyCommand } from './replay.ts';
import { describeShard, shardOf } from './many/shard.ts';
import { exitCodeOf, summaryOf } from './summary.ts';
import { requireTransferable } from './transferable.ts';
import type { Tally } from './tally.ts';
import { findUnits, wholeFilesOf } from './units.ts';

/**
 * Checks losses: the one way from targets to a report, for the command line and the API.
 *
 * @param known the config, where it was loaded already; null for none
 * @throws UsageError for options, a config or a baseline that cannot be; everything wrong with a target is in the report instead
 */
export function verify(options: VerifyOptions, onProgress: (progress: Progress) => void = () => {}, known?: LoadedConfig | null): Promise<Report> {
  return verifyWith(checkUnits, options, onProgress, known);
}

/** What checks the units of a run: all of them, or those of which nothing is known yet. */
export type CheckUnits = (...run: Parameters<typeof checkUnits>) => Promise<readonly Tally[]>;

/** As `verify`, with another way to come by what there is to report on each unit. */
export async function verifyWith(check: CheckUnits, options: VerifyOptions, onProgress: (progress: Progress) => void, known?: LoadedConfig | null): Promise<Report> {
  const config = known === undefined ? await loadConfig(options) : known;
  const baseline = openBaseline(options, config);
  const judgedBy = { ...toRunOptions(options, config), baseline: baseline === null ? null : { file: baseline.shown, fingerprints: baseline.entries.map(({ fingerprint }) => fingerprint) } };
  const many = toManyOptions(options, config);
  requireTransferable(judgedBy, many.isolate);
  const targets = targetsOf(options, config, judgedBy.cwd);
  const found = await findUnits({ targets, all: options.all === true }, judgedBy);
  const selection = many.changed === null ? null : await onlyChanged(found, many.changed, judgedBy.cwd);
  const all = selection?.units ?? found;
  const own = many.shard === null ? all : shardOf(all, many.shard);
  const tallies = await check(own, judgedBy, many, onProgress);

  const isWhole = all.length === found.length;
  if (many.shard === null && isWhole) requireUsed(judgedBy, tallies);
  const losses = tallies.flatMap((tally) => tally.losses);
  // Where only a part was to be checked, a part without a loss is an answer.
  if (losses.length === 0 && many.shard === null && selection === null) {
    losses.push(nothingFound(targets, verifyCommand(targets.join(' '), judgedBy)));
  }
  const shard = many.shard === null ? null : describeShard({ shard: many.shard, targets, options: judgedBy, all, own, tallies, unused: isWhole ? unusedNames(judgedBy, tallies) : null });
  return {
    schemaVersion: 1,
    tool: { name: 'losscheck', version: packageVersion() },
    seed: judgedBy.seed,
    engines: togetherOf(tallies.flatMap(({ engines }) => engines ?? [])) ?? (await describeEngines(judgedBy)),
    losses,
    summary: summaryOf(losses),
    exitCode: exitCodeOf(losses),
    isolation: many.isolate ? 'on' : 'off',
    ...(config === null ? {} : { config: config.transfer.shown }),
    ...(baseline === null ? {} : { baseline: baselineReport(baseline.entries, { losses, wholeFiles: wholeFilesOf(own) }, judgedBy) }),
    ...(selection === null ? {} : { changed: selection.report }),
    ...(shard === null ? {} : { shard }),
  };
}

/** @throws UsageError where neither the options nor the config name one */
export function targetsOf({ targets = [], all = false }: VerifyOptions, config: LoadedConfig | null, cwd: string, command = 'verify'): readonly string[] {
  if (targets.length > 0 || all) return targets;
  const configured = config?.facts.targets ?? [];
  if (config === null || configured.length === 0) {
    throw new UsageError(
      `${command}: found no target${config === null ? '' : `, and ${config.transfer.shown} names none in targets`}, expected a file, a glob, a folder, the id of a built-in loss, or --all`,
      `for example: losscheck ${command} ./myloss.ts`,
    );
  }
  const { directory } = config.transfer;
  const { ids } = builtIns();
  return configured.map((target) => (ids.includes(target) ? target : displayPath(path.resolve(directory, target), cwd) || '.'));
}

/** Known findings: those of the file that is named, else of the one in the config. */
function openBaseline({ baseline, cwd = process.cwd() }: VerifyOptions, config: LoadedConfig | null): { readonly shown: string; readonly entries: readonly BaselineEntry[] } | null {
  const file = baselineFile(baseline, config, cwd);
  return file === null ? null : { shown: displayPath(file, cwd), entries: readBaseline(file, cwd) };
}

/** When no module was loaded the report still says which engines there are. */
async function describeEngines({ backend, cwd }: RunOptions): Promise<EnginesReport> {
  const tensorflow = await tensorflowFor(cwd, [], backend);
  const tried = cameAlong(tensorflow) ? null : (await tryBackend(backend === 'all' ? 'auto' : backend, cwd)).engines;
  return tried ?? reportEngines(await enginesFor(backend, cameAlong(tensorflow) ? tensorflow : ownTensorflow()));
}
