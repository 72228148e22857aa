import path from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { z } from 'zod';
import { EXIT, UsageError } from '../../contracts/errors.ts';
import { reportSchema, type Report } from '../../contracts/report.ts';
import { showName, showValue } from '../../contracts/shown.ts';
import { displayPath, toSlashes } from '../../load/paths.ts';
import { validate } from '../../load/metadata.ts';
import { FileProblem, parseJson, readText, statOf } from '../../load/text-file.ts';
import { packageVersion } from '../../package-root.ts';

/** A report and where it was read. */
export interface ReadReport {
  /** As messages show it. */
  readonly file: string;
  readonly report: Report;
}

/**
 * Reads the reports that files, folders (their `*.json`) and globs stand for, each once.
 *
 * @throws UsageError for what is no report that this version of losscheck wrote
 */
export async function readReports(places: readonly string[], cwd: string): Promise<readonly ReadReport[]> {
  const files: string[] = [];
  for (const place of places) files.push(...(await filesAt(place, cwd)));
  return [...new Set(files)].map((file) => ({ file: showName(displayPath(file, cwd)), report: readReport(file, showName(displayPath(file, cwd))) }));
}

async function filesAt(place: string, cwd: string): Promise<readonly string[]> {
  if (place.trim() === '') throw new UsageError('merge: found an empty name, expected files, folders or globs', 'A variable of the shell that holds nothing? For example: losscheck merge reports/');
  const file = path.resolve(cwd, place);
  const stats = statOf(file);
  if (stats?.isDirectory() === true) return search('**/*.json', file, `merge: the folder ${showName(place)} holds no .json file`);
  if (stats !== null) return [file];
  if (isDynamicPattern(place)) return search(toSlashes(place), cwd, `merge: no file matches ${showName(place)}`);
  throw new UsageError(`merge: there is no file ${showName(place)}`, 'Check the path. Did the run that was to write it end early?');
}

async function search(pattern: string, folder: string, none: string): Promise<readonly string[]> {
  const found = await glob([pattern], { cwd: folder, absolute: true, expandDirectories: false, ignore: ['**/node_modules/**'] });
  if (found.length === 0) throw new UsageError(none, 'Write reports with losscheck verify --reporter json:report.json.');
  return found.map((file) => path.normalize(file)).toSorted();
}

const HOW_TO_WRITE = 'Name only files that losscheck verify --reporter json:<file> wrote.';

function readReport(file: string, shown: string): Report {
  const content = contentOf(file, shown);
  if (typeof content !== 'object' || content === null || !('schemaVersion' in content) || !('losses' in content)) {
    throw new UsageError(`merge: ${shown} is no report of losscheck verify`, HOW_TO_WRITE);
  }
  requireVersions(content, shown);
  const parsed = validate(content, { schema: reportSchema, label: '' });
  if (parsed.problems !== null) throw new UsageError(`merge: ${shown}: ${parsed.problems[0] ?? 'not accepted'}`, `The report was changed after it was written. ${HOW_TO_WRITE}`);
  requireExitCode(parsed.data, shown);
  return parsed.data;
}

function contentOf(file: string, shown: string): unknown {
  try {
    return jsonOf(readText(file), shown);
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw new UsageError(`merge: ${shown} ${error.message}`, error.fix);
  }
}

function jsonOf(text: string, shown: string): unknown {
  if (text.trim() === '') throw new UsageError(`merge: ${shown} is empty`, 'Run that part again; a run that is killed writes no report.');
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof FileProblem) || !error.message.startsWith('is no JSON')) throw error;
    if (/^\s*\{/.test(text)) throw new UsageError(`merge: ${shown} is no whole JSON: it was cut off or changed`, 'Run that part again; a run that is killed writes no report.');
    throw new UsageError(`merge: ${shown} is no JSON`, HOW_TO_WRITE);
  }
}

/** Before anything else: another version may have other fields, and they would be lost. */
function requireVersions(content: object & Record<'schemaVersion', unknown>, shown: string): void {
  const { schemaVersion } = content;
  if (schemaVersion !== 1) throw new UsageError(`merge: ${shown} has schemaVersion ${showValue(schemaVersion)}, expected 1, which losscheck ${packageVersion()} reads`, 'Another version of losscheck wrote it: run that part again with this version, or merge with that one.');
  const tool = z.object({ tool: z.object({ version: z.string() }) }).safeParse(content);
  const version = tool.success ? tool.data.tool.version : null;
  if (version !== null && version !== packageVersion()) {
    throw new UsageError(`merge: ${shown} was written by losscheck ${showName(version)}, this is losscheck ${packageVersion()}`, 'Use the same version of losscheck for all shards and for merge.');
  }
}

function requireExitCode({ exitCode }: Report, shown: string): void {
  const known: readonly number[] = Object.values(EXIT);
  if (!known.includes(exitCode)) throw new UsageError(`merge: ${shown}: exitCode: found ${exitCode}, expected one of ${known.join(', ')}`, HOW_TO_WRITE);
}
