import { UsageError } from '../../contracts/errors.ts';
import type { MergeOptions } from '../../contracts/options.ts';
import type { LossReport, Report, ShardReport } from '../../contracts/report.ts';
import { showName } from '../../contracts/shown.ts';
import { togetherOf } from '../engines.ts';
import { nothingFound } from '../failure-report.ts';
import { readReports, type ReadReport } from './report-files.ts';
import { decisiveExit, exitCodeOf, summaryOf } from '../summary.ts';

/**
 * One report from several. All shards of a run give the report of the whole run but for durations; other
 * reports are put one after the other as they are given.
 *
 * @throws UsageError for files that are no reports, and for reports that do not belong together
 */
export async function merge({ reports: places, cwd = process.cwd() }: MergeOptions): Promise<Report> {
  const read = await readReports(places, cwd);
  const [first] = read;
  if (first === undefined) throw new UsageError('merge: found no report, expected files, folders or globs', 'for example: losscheck merge reports/');
  requireSame(read, 'seed', ({ seed }) => seed, 'Give every run the same --seed.');
  // A report on nothing names the engines of its machine, which judged nothing.
  const judged = read.filter(({ report }) => report.losses.some(({ checks }) => checks.length > 0));
  requireSame(judged, 'engines', ({ engines: { production, others = [] } }) => [production.precision, production.backend, ...others.map(({ backend }) => backend)], 'Run all parts on the same backend: --backend cpu, or tfjs-node installed for all or for none.');
  const shards = shardsOf(read);
  const losses = shards === null ? read.flatMap(({ report }) => report.losses) : inOrder(shards);
  if (shards === null) requireUnique(read);
  const { changed } = first.report;
  if (shards !== null) requireUsed(shards);
  const [whole] = shards ?? [];
  if (losses.length === 0 && whole !== undefined && changed === undefined) losses.push(nothingFound(whole.shard.targets, whole.shard.command));
  const { schemaVersion, tool, seed } = first.report;
  return {
    schemaVersion,
    tool,
    seed,
    engines: togetherOf(judged.map(({ report }) => report.engines)) ?? first.report.engines,
    losses,
    summary: summaryOf(losses),
    exitCode: decisiveExit([...read.map(({ report }) => report.exitCode), exitCodeOf(losses)]),
    ...isolationOf(read),
    ...(first.report.config === undefined ? {} : { config: first.report.config }),
    ...baselineOf(read),
    ...(shards !== null && changed !== undefined ? { changed } : {}),
  };
}

/** Isolated only where every run was. */
function isolationOf(read: readonly ReadReport[]): Pick<Report, 'isolation'> {
  const said = read.flatMap(({ report }) => report.isolation ?? []);
  if (said.includes('off')) return { isolation: 'off' };
  return said.length === read.length ? { isolation: 'on' } : {};
}

/** What the runs had to say of one and the same baseline; nothing where they went by several. */
function baselineOf(read: readonly ReadReport[]): Pick<Report, 'baseline'> {
  const said = read.flatMap(({ report }) => report.baseline ?? []);
  const [first] = said;
  if (first === undefined || said.some(({ file }) => file !== first.file)) return {};
  const stale = new Map(said.flatMap((each) => each.stale.map((entry) => [entry.fingerprint, entry])));
  return { baseline: { file: first.file, known: said.reduce((sum, { known }) => sum + known, 0), stale: [...stale.values()] } };
}

/** @throws UsageError at the first report that has it otherwise than the first of all */
function requireSame(read: readonly ReadReport[], what: string, of: (report: Report) => unknown, fix: string): void {
  const [first, ...others] = read.map(({ file, report }) => ({ file, value: JSON.stringify(of(report)) }));
  const other = others.find(({ value }) => value !== first?.value);
  if (first === undefined || other === undefined) return;
  throw new UsageError(`merge: ${what} of ${other.file} is ${showName(other.value ?? 'nothing')}, expected ${showName(first.value ?? 'nothing')} as in ${first.file}`, fix);
}

function requireUnique(read: readonly ReadReport[]): void {
  const seen = new Map<string, string>();
  for (const { file, report } of read) {
    // One run may name a loss twice, as a list and as an entry of it; two runs may not have the same one.
    for (const { id } of report.losses) {
      const earlier = seen.get(id);
      if (earlier !== undefined && earlier !== file) throw new UsageError(`merge: ${showName(id)} is in ${earlier} and in ${file}, expected each loss once`, 'Leave one of the reports out.');
      seen.set(id, file);
    }
  }
}

interface ShardFile {
  readonly file: string;
  readonly report: Report;
  readonly shard: ShardReport;
}

/** All shards of one run, by index; null when the reports are whole runs. */
function shardsOf(read: readonly ReadReport[]): readonly ShardFile[] | null {
  const shards = read.flatMap(({ file, report }) => (report.shard === undefined ? [] : [{ file, report, shard: report.shard }]));
  const [first] = shards;
  if (first === undefined) return null;
  const whole = read.find(({ report }) => report.shard === undefined);
  if (whole !== undefined) throw new UsageError(`merge: ${first.file} is a shard and ${whole.file} is a whole run, expected the shards of one run`, 'Merge the shards alone.');
  requireSame(read, 'the number of shards', ({ shard }) => shard?.count, 'Give every shard the same n in --shard i/n.');
  const stranger = shards.find(({ shard }) => shard.plan !== first.shard.plan);
  if (stranger !== undefined) {
    throw new UsageError(
      `merge: ${stranger.file} is a shard of another run than ${first.file}: of "${showName(stranger.shard.command)}" and of "${showName(first.shard.command)}", or the files or options were others`,
      'Run all shards on the same files with the same targets and flags.',
    );
  }
  const byIndex = new Map<number, ShardFile>();
  for (const each of shards) {
    const { index, count } = each.shard;
    const earlier = byIndex.get(index);
    if (earlier !== undefined) throw new UsageError(`merge: ${earlier.file} and ${each.file} are both shard ${index} of ${count}, expected each once`, 'Leave one of them out.');
    if (index > count || each.shard.order.length !== each.report.losses.length) {
      throw new UsageError(`merge: ${each.file}: shard: does not fit its own report`, 'The report was changed after it was written: run that shard again.');
    }
    byIndex.set(index, each);
  }
  const missing = missingOf(first.shard.count, byIndex);
  if (missing.length > 0) {
    throw new UsageError(`merge: found ${shards.length} of ${first.shard.count} shards, missing ${missing.join(', ')}${first.shard.count - shards.length > missing.length ? ', …' : ''}`, `Run them: ${showName(first.shard.command)} --shard ${missing[0]}/${first.shard.count} --reporter json:<file>`);
  }
  return [...byIndex.values()].toSorted((a, b) => a.shard.index - b.shard.index);
}

const MOST_MISSING = 20;

/** The first of them: a count is a number in a file, and may be any. */
function missingOf(count: number, found: ReadonlyMap<number, unknown>): readonly number[] {
  const missing: number[] = [];
  for (let index = 1; index <= count && missing.length < MOST_MISSING; index++) if (!found.has(index)) missing.push(index);
  return missing;
}

/** Every loss where its target stands in the whole run; those of one target stay as they are. */
function inOrder(shards: readonly ShardFile[]): LossReport[] {
  const placed = shards.flatMap(({ report, shard }) => report.losses.map((loss, index) => ({ loss, place: shard.order[index] ?? Infinity })));
  return placed.toSorted((a, b) => a.place - b.place).map(({ loss }) => loss);
}

/** As in `verify`: a name in `--param` or `--input` that no loss of any shard has is a typing error. */
function requireUsed(shards: readonly ShardFile[]): void {
  const [first, ...others] = shards.flatMap(({ shard }) => (shard.unused === null ? [] : [shard.unused]));
  const stray = first?.find((name) => others.every((unused) => unused.includes(name)));
  if (stray !== undefined) throw new UsageError(`merge: ${showName(stray)}: no loss of any shard has it`, 'Correct the flag, or leave it out.');
}
