import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, makeFolder } from '../../cache.ts';
import { displayPath } from '../../load/paths.ts';
import type { DoctorReport } from '../../contracts/doctor.ts';
import { UsageError } from '../../contracts/errors.ts';
import { loadConfig } from '../config/load.ts';

/** The config that holds here, and what is wrong with it. */
export async function tryConfig(cwd: string): Promise<{ readonly file: string | null; readonly problem: UsageError | null }> {
  try {
    return { file: (await loadConfig({ cwd }))?.transfer.shown ?? null, problem: null };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { file: null, problem: error };
  }
}

/** Where verdicts are kept, and whether they can be. */
export function tryCache(cwd: string): DoctorReport['cache'] {
  const folder = cacheFolder(cwd);
  const file = path.join(folder, `doctor-${process.pid}.tmp`);
  try {
    makeFolder(folder);
    writeFileSync(file, '');
    rmSync(file);
    return { folder: displayPath(folder, cwd), writable: true };
  } catch {
    // That it cannot be written is the answer.
    return { folder: displayPath(folder, cwd), writable: false };
  }
}
