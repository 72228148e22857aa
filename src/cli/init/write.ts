import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../../contracts/errors.ts';
import { reasonOf } from '../../load/system-error.ts';
import { temporaryName } from '../../whole-file.ts';

export interface Writing {
  /** Absolute. */
  readonly file: string;
  readonly contents: string;
  /** What was there before; null for a new file. */
  readonly before: string | null;
  readonly isExecutable: boolean;
}

/**
 * Writes all files or none: each beside its place first, then all are moved; what was moved goes back when one cannot
 * be.
 *
 * @throws UsageError where one cannot be written
 */
export function writeAll(writings: readonly Writing[]): void {
  const made: string[] = [];
  const staged: string[] = [];
  const moved: Writing[] = [];
  let at = '';
  try {
    for (const writing of writings) {
      at = writing.file;
      makeFolder(dirname(writing.file), made);
      staged.push(writing.file);
      writeFileSync(temporaryName(writing.file), writing.contents);
      if (writing.isExecutable) chmodSync(temporaryName(writing.file), 0o755);
    }
    for (const writing of writings) {
      at = writing.file;
      renameSync(temporaryName(writing.file), writing.file);
      moved.push(writing);
    }
  } catch (error) {
    // Below what is no folder `force` does not help.
    for (const file of staged) if (existsSync(temporaryName(file))) rmSync(temporaryName(file));
    for (const { file, before } of moved) {
      if (before === null) rmSync(file);
      else writeFileSync(file, before);
    }
    for (const folder of made.toReversed()) rmSync(folder, { recursive: true });
    throw new UsageError(`init: cannot write '${at}' (${reasonOf(error)}); nothing was changed`, 'Make the folder writable, or name another one.');
  }
}

/** One level at a time, so that those that are new can go again. */
function makeFolder(folder: string, made: string[]): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), made);
  mkdirSync(folder);
  made.push(folder);
}
