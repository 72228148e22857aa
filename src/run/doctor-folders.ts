import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../cache.ts';
import { CONFIG_NAMES } from '../load/config-names.ts';
import { displayPath } from '../load/paths.ts';
import type { DoctorReport } from '../contracts/doctor.ts';

/** The nearest config file, from this folder up to the root of its repository. */
export function findConfig(cwd: string): string | null {
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    const name = CONFIG_NAMES.find((file) => existsSync(path.join(folder, file)));
    if (name !== undefined) return displayPath(path.join(folder, name), cwd);
    if (existsSync(path.join(folder, '.git')) || folder === path.dirname(folder)) return null;
  }
}

/** Where verdicts are kept, and whether they can be. */
export function tryCache(cwd: string): DoctorReport['cache'] {
  const folder = cacheFolder(cwd);
  const file = path.join(folder, `doctor-${process.pid}.tmp`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, '');
    rmSync(file);
    return { folder: displayPath(folder, cwd), writable: true };
  } catch {
    // That it cannot be written is the answer.
    return { folder: displayPath(folder, cwd), writable: false };
  }
}
