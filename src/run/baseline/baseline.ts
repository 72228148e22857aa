import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../contracts/errors.ts';
import type { BaselineReport, LossReport } from '../../contracts/report.ts';
import { showName } from '../../contracts/shown.ts';
import { firstOf, validate } from '../../load/metadata.ts';
import { displayPath } from '../../load/paths.ts';
import { FileProblem, readJson, statOf } from '../../load/text-file.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { lastingName, UNDECIDED } from '../fingerprint.ts';
import type { RunOptions } from '../options.ts';

/**
 * A baseline: findings that a project knows of and does not mend now. Each is named by its fingerprint, so one that
 * goes and another that comes do not make up for each other.
 */

const entrySchema = z.strictObject({
  fingerprint: z.string('a fingerprint').regex(/^[0-9a-f]{16}$/, '16 hexadecimal digits'),
  loss: z.string('a loss'),
  check: z.string('a check'),
  code: z.string('a finding code'),
  /** For who reads the file. */
  message: z.string().optional(),
});

const baselineSchema = z.strictObject({ version: z.literal(1, { error: '1' }), findings: z.array(entrySchema, 'an array of findings') });

export type BaselineEntry = z.infer<typeof entrySchema>;

/** A broken one is not overwritten: it may hold what nobody wants to lose. */
const ANEW = 'Mend it, or delete it and write it anew: losscheck baseline update';

/** The file of a run: as it is named, else as the config says; null for none. */
export function baselineFile(named: string | false | undefined, config: LoadedConfig | null, cwd: string): string | null {
  if (named === false) return null;
  if (named !== undefined) return path.resolve(cwd, named);
  const configured = config?.facts.baseline;
  return config === null || configured === undefined ? null : path.resolve(config.transfer.directory, configured);
}

/**
 * Reads a baseline.
 *
 * @throws UsageError for a file that is not there, or is none
 */
export function readBaseline(file: string, cwd: string): readonly BaselineEntry[] {
  const shown = showName(displayPath(file, cwd));
  if (statOf(file) === null) throw new UsageError(`baseline: there is no file ${shown}`, `Write one: losscheck baseline update --baseline ${shown}`);
  const parsed = validate(contentOf(file, shown), { schema: baselineSchema, label: '' });
  if (parsed.problems === null) return parsed.data.findings;
  throw new UsageError(firstOf(parsed.problems).map((problem) => `${shown}: ${problem}`).join('\n'), ANEW);
}

function contentOf(file: string, shown: string): unknown {
  try {
    return readJson(file);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw new UsageError(`baseline: ${shown} ${error.message}`, error.message.startsWith('is no') ? ANEW : error.fix);
  }
}

/** The text of a baseline: sorted, one finding a line, so that a review shows what came and went. */
export function writeBaselineText(entries: readonly BaselineEntry[]): string {
  const key = ({ loss, check, code, fingerprint }: BaselineEntry): string => JSON.stringify([loss, check, code, fingerprint]);
  const sorted = entries.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  const lines = sorted.map(({ loss, check, code, fingerprint, message }) => `    ${JSON.stringify({ loss, check, code, fingerprint, message })}`);
  return `{\n  "version": 1,\n  "findings": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]\n}\n`;
}

/** What of a loss counts, or would but for the baseline: what `allow` accepts is no business of a baseline. */
export function baselineEntries(loss: LossReport, options: RunOptions): readonly BaselineEntry[] {
  const name = nameOf(loss, options);
  return loss.checks.flatMap(({ id, status, summary, findings, undecided }) => {
    const counting = findings.filter(({ severity, allowed, known }) => severity !== 'info' && (allowed === null || known === true));
    const entries = counting.map(({ code, fingerprint, message }): BaselineEntry => ({ loss: name, check: id, code, fingerprint, message }));
    if (status !== 'inconclusive' || undecided === undefined) return entries;
    return [...entries, { loss: name, check: id, code: UNDECIDED, fingerprint: undecided.fingerprint, message: summary }];
  });
}

function nameOf({ file, export: exportName, id }: LossReport, options: RunOptions): string {
  return file === null ? id : lastingName(path.resolve(options.cwd, file), exportName, options);
}

/** What a run has looked at. */
export interface Looked {
  readonly losses: readonly LossReport[];
  /** Files of which every loss was looked for, absolute. */
  readonly wholeFiles: ReadonlySet<string>;
}

/**
 * Entries that this run looked for and did not find, and those of files that are gone.
 *
 * What was not looked at is not stale: another file, a check that was left out, a loss that could not be checked.
 */
export function staleEntries(entries: readonly BaselineEntry[], { losses, wholeFiles }: Looked, options: RunOptions): readonly BaselineEntry[] {
  const found = new Set(losses.flatMap((loss) => baselineEntries(loss, options).map(({ fingerprint }) => fingerprint)));
  const looked = new Set(losses.flatMap((loss) => loss.checks.filter(({ status }) => status !== 'skip').map(({ id }) => JSON.stringify([nameOf(loss, options), id]))));
  const base = options.config?.directory ?? options.cwd;
  const names = new Set(losses.map((loss) => nameOf(loss, options)));
  const unread = new Set(losses.flatMap(({ verdict, file }) => (verdict === 'error' && file !== null ? [path.resolve(options.cwd, file)] : [])));
  const isGone = (loss: string): boolean => {
    if (!loss.includes('#')) return false;
    const file = path.resolve(base, loss.slice(0, loss.indexOf('#')));
    return !existsSync(file) || (wholeFiles.has(file) && !unread.has(file) && !names.has(loss));
  };
  return entries.filter(({ loss, check, fingerprint }) => !found.has(fingerprint) && (looked.has(JSON.stringify([loss, check])) || isGone(loss)));
}

export function baselineReport(entries: readonly BaselineEntry[], looked: Looked, options: RunOptions): BaselineReport {
  const known = looked.losses.flatMap(({ checks }) => checks).flatMap(({ findings, undecided }) => [...findings, undecided].filter((each) => each?.known === true));
  const stale = staleEntries(entries, looked, options).map(({ loss, check, code, fingerprint }) => ({ loss, check, code, fingerprint }));
  return { file: options.baseline?.file ?? '', known: known.length, stale };
}
