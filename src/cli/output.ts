import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../contracts/errors.ts';
import type { ReporterOptions } from '../contracts/report.ts';
import { reasonOf } from '../load/system-error.ts';
import type { ReporterName } from '../reporters/names.ts';
import type { ReporterTarget } from './flags/reporters.ts';

type Renderers<R> = Readonly<Record<ReporterName, (report: R, options: ReporterOptions) => string>>;

/**
 * Renders a report for every target, writes those with a path, and returns the text for stdout
 * ('' when none goes there). Files hold no escape codes, whatever the terminal can do.
 */
export function deliver<R>(
  report: R,
  renderers: Renderers<R>,
  targets: readonly ReporterTarget[],
  options: ReporterOptions & { readonly cwd: string },
): string {
  let stdout = '';
  for (const { name, path } of targets) {
    const text = renderers[name](report, path === null ? options : { ...options, color: false });
    if (path === null) stdout = text;
    else writeReport(resolve(options.cwd, path), path, text);
  }
  return stdout;
}

/** Writes beside the file and renames: a reader sees the old report or the new one, never half of one. */
function writeReport(file: string, given: string, text: string): void {
  try {
    makeFolder(dirname(file));
    replace(file, text);
  } catch (error) {
    throw new UsageError(
      `--reporter: cannot write '${given}' (${reasonOf(error)}); give a path to a file in a folder you can write to`,
    );
  }
}

/** One level at a time: where a parent cannot be made, Node's recursive form may try for ever. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

function replace(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  try {
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
