import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { toSlashes } from '../../load/paths.ts';

/** A folder as it was typed, in the form that configs have: `src/losses`. */
export function tidyLossFolder(given: string): string {
  return toSlashes(normalize(given.trim())).replace(/\/+$/, '');
}

/** Why this cannot be the folder of the losses; null when it can. */
export function lossFolderProblem(given: string, project: string): string | null {
  const folder = tidyLossFolder(given);
  if (given.trim() === '' || isAbsolute(folder) || folder === '..' || folder.startsWith('../') || /[*?{}[\]!\n]/.test(folder)) {
    return 'expected a folder inside of the project, such as src/losses';
  }
  let there = join(project, folder);
  while (!existsSync(there)) {
    if (dirname(there) === there) return null;
    there = dirname(there);
  }
  return statSync(there).isDirectory() ? null : 'expected a folder, and there is a file of this name';
}
