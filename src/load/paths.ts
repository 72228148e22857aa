import { realpathSync } from 'node:fs';
import path from 'node:path';

/**
 * A file as reports show it: relative to `cwd`, with forward slashes.
 *
 * The bundler resolves links, so a file can arrive by another path than the one that was typed; when
 * the plain relative path leaves `cwd`, the resolved `cwd` is tried as well.
 */
export function displayPath(file: string, cwd: string): string {
  const direct = path.relative(cwd, file);
  if (!leaves(direct)) return toSlashes(direct);
  const resolved = path.relative(resolveLinks(cwd), resolveLinks(file));
  return toSlashes(leaves(resolved) ? direct : resolved);
}

/** The path with every link followed, or as it is when nothing is there. */
export function resolveLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // A path that does not exist has no links to follow.
    return file;
  }
}

export function toSlashes(file: string): string {
  return path.sep === '/' ? file : file.split(path.sep).join('/');
}

function leaves(relative: string): boolean {
  return relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
}
