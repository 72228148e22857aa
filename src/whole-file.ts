import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Files that are there whole or not at all: written beside their place, then moved to it. */

/** Writing takes milliseconds; a process on another machine, whose number nobody knows here, has this long. */
const WRITING_MS = 2000;

/** Where a file is written before it is moved: with the number of this process, as others may write it as well. */
export function temporaryName(file: string): string {
  return `${file}.${process.pid}.tmp`;
}

/** @throws the error of the file system; what was there before is there still */
export function replaceFile(file: string, contents: string | Uint8Array): void {
  const temporary = temporaryName(file);
  removeAbandoned(path.dirname(file), path.basename(file));
  try {
    writeFileSync(temporary, contents);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Removes what processes left that were killed while they wrote: any file of a folder, or one by name. */
export function removeAbandoned(folder: string, name: string | null = null): void {
  for (const entry of readdirSync(folder)) {
    const [, of, pid] = /^(.+)\.(\d+)\.tmp$/.exec(entry) ?? [];
    if (of === undefined || (name !== null && of !== name) || isRunning(Number(pid))) continue;
    const file = path.join(folder, entry);
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > WRITING_MS) rmSync(file, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Not allowed to signal it: it runs.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
