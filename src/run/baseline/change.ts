import type { Progress, VerifyOptions } from '../../contracts/options.ts';
import type { Report } from '../../contracts/report.ts';
import { displayPath } from '../../load/paths.ts';
import { statOf } from '../../load/text-file.ts';
import { baselineEntries, baselineFile, readBaseline, staleEntries, writeBaselineText, type BaselineEntry } from './baseline.ts';
import { checkUnits } from '../check-units.ts';
import { loadConfig } from '../config/load.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { toRunOptions } from '../options.ts';
import { wholeFilesOf, type Unit } from '../units.ts';
import { targetsOf, verifyWith, type CheckUnits } from '../verify.ts';

/** The baseline when nobody names one. */
const DEFAULT_FILE = 'losscheck-baseline.json';

/** What would become of a baseline; whoever asked writes it. */
export interface BaselineChange {
  /** Absolute. */
  readonly file: string;
  readonly shown: string;
  /** The new text; null where nothing changes. */
  readonly text: string | null;
  readonly added: readonly BaselineEntry[];
  readonly removed: readonly BaselineEntry[];
  readonly kept: number;
  /** What was checked for it. */
  readonly report: Report;
}

/** The baseline with every finding of these targets that counts now; entries of other losses stay. */
export async function updateBaseline(options: VerifyOptions, onProgress: (progress: Progress) => void = () => {}): Promise<BaselineChange> {
  return changed(options, onProgress, false, ({ old, report, options: judgedBy, stale }) => {
    const found = report.losses.flatMap((loss) => baselineEntries(loss, judgedBy));
    const names = new Set(found.map(({ fingerprint }) => fingerprint));
    return [...old.filter((entry) => !stale.includes(entry) && !names.has(entry.fingerprint)), ...found];
  });
}

/** The baseline without what these targets no longer have. */
export async function pruneBaseline(options: VerifyOptions, onProgress: (progress: Progress) => void = () => {}): Promise<BaselineChange> {
  return changed(options, onProgress, true, ({ old, stale }) => old.filter((entry) => !stale.includes(entry)));
}

interface Situation {
  readonly old: readonly BaselineEntry[];
  readonly stale: readonly BaselineEntry[];
  readonly report: Report;
  readonly options: ReturnType<typeof toRunOptions>;
}

async function changed(options: VerifyOptions, onProgress: (progress: Progress) => void, isPruning: boolean, next: (situation: Situation) => readonly BaselineEntry[]): Promise<BaselineChange> {
  const config = await loadConfig(options);
  const judgedBy = toRunOptions(options, config);
  targetsOf(options, config, judgedBy.cwd, `baseline ${isPruning ? 'prune' : 'update'}`);
  const file = fileOf(options, config, judgedBy.cwd);
  const exists = statOf(file) !== null;
  const old = exists || isPruning ? readBaseline(file, judgedBy.cwd) : [];
  let units: readonly Unit[] = [];
  const check: CheckUnits = (all, ...run) => checkUnits((units = all), ...run);
  const report = await verifyWith(check, { ...options, baseline: false }, onProgress, config);
  const stale = staleEntries(old, { losses: report.losses, wholeFiles: wholeFilesOf(units) }, judgedBy);
  const entries = next({ old, stale, report, options: judgedBy });
  const [before, after] = [old, entries].map((list) => new Set(list.map(({ fingerprint }) => fingerprint)));
  const text = writeBaselineText(entries);
  return {
    file,
    shown: displayPath(file, judgedBy.cwd),
    text: exists && text === writeBaselineText(old) ? null : text,
    added: entries.filter(({ fingerprint }) => before?.has(fingerprint) !== true),
    removed: old.filter(({ fingerprint }) => after?.has(fingerprint) !== true),
    kept: entries.filter(({ fingerprint }) => before?.has(fingerprint) === true).length,
    report,
  };
}

function fileOf({ baseline }: VerifyOptions, config: LoadedConfig | null, cwd: string): string {
  return baselineFile(baseline, config, cwd) ?? baselineFile(DEFAULT_FILE, null, config?.transfer.directory ?? cwd) ?? DEFAULT_FILE;
}
