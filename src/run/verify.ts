import type { Progress, VerifyOptions } from '../contracts/options.ts';
import type { Report } from '../contracts/report.ts';
import { packageVersion } from '../package-root.ts';
import { onlyChanged } from './many/changed.ts';
import { checkUnits } from './check-units.ts';
import { enginesFor, reportEngine } from './engines.ts';
import { nothingFound } from './failure-report.ts';
import { requireUsed, unusedNames } from './flag-names.ts';
import { toManyOptions } from './many/options.ts';
import type { EnginesReport } from './messages.ts';
import { toRunOptions, type RunOptions } from './options.ts';
import { verifyCommand } from './replay.ts';
import { describeShard, shardOf } from './many/shard.ts';
import { exitCodeOf, summaryOf } from './summary.ts';
import { requireTransferable } from './transferable.ts';
import type { Tally } from './tally.ts';
import { findUnits } from './units.ts';

/**
 * Checks losses: the one way from targets to a report, for the command line and the API.
 *
 * @throws UsageError for options that cannot be; everything wrong with a target is in the report instead
 */
export function verify(options: VerifyOptions, onProgress: (progress: Progress) => void = () => {}): Promise<Report> {
  return verifyWith(checkUnits, options, onProgress);
}

/** What checks the units of a run: all of them, or those of which nothing is known yet. */
export type CheckUnits = (...run: Parameters<typeof checkUnits>) => Promise<readonly Tally[]>;

/** As `verify`, with another way to come by what there is to report on each unit. */
export async function verifyWith(check: CheckUnits, options: VerifyOptions, onProgress: (progress: Progress) => void): Promise<Report> {
  const judgedBy = toRunOptions(options);
  const many = toManyOptions(options);
  requireTransferable(judgedBy, many.isolate);
  const found = await findUnits(options, judgedBy);
  const selection = many.changed === null ? null : await onlyChanged(found, many.changed, judgedBy.cwd);
  const all = selection?.units ?? found;
  const own = many.shard === null ? all : shardOf(all, many.shard);
  const tallies = await check(own, judgedBy, many, onProgress);

  const isWhole = all.length === found.length;
  if (many.shard === null && isWhole) requireUsed(judgedBy, tallies);
  const losses = tallies.flatMap((tally) => tally.losses);
  // Where only a part was to be checked, a part without a loss is an answer.
  if (losses.length === 0 && many.shard === null && selection === null) {
    losses.push(nothingFound(options.targets, verifyCommand(options.targets.join(' '), judgedBy)));
  }
  const shard = many.shard === null ? null : describeShard({ shard: many.shard, targets: options.targets, options: judgedBy, all, own, tallies, unused: isWhole ? unusedNames(judgedBy, tallies) : null });
  return {
    schemaVersion: 1,
    tool: { name: 'losscheck', version: packageVersion() },
    seed: judgedBy.seed,
    engines: tallies.findLast((tally) => tally.engines !== null)?.engines ?? (await describeEngines(judgedBy)),
    losses,
    summary: summaryOf(losses),
    exitCode: exitCodeOf(losses),
    ...(selection === null ? {} : { changed: selection.report }),
    ...(shard === null ? {} : { shard }),
  };
}

/** When no module was loaded the report still says which engines there are. */
async function describeEngines({ backend, cwd }: RunOptions): Promise<EnginesReport> {
  const { reference, production } = await enginesFor(backend, cwd);
  return { reference: reportEngine(reference.info), production: reportEngine(production.info) };
}
