import { lstatSync, readdirSync, type Stats } from 'node:fs';

/** What is at a path, a link itself included; null for nothing, and below what is no folder. */
export function lookAt(file: string): Stats | null {
  try {
    return lstatSync(file);
  } catch {
    // Nothing that could be kept or overwritten; writing there says what is wrong.
    return null;
  }
}

/**
 * Whether a folder holds something that could be a loss; false for one that does not exist.
 *
 * @param besides name of a file, without its extension, that does not count
 */
export function holdsCode(folder: string, besides: string | null = null): boolean {
  if (lookAt(folder)?.isDirectory() !== true) return false;
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => /\.[mc]?[jt]s$/.test(name) && name.replace(/\.[mc]?[jt]s$/, '') !== besides);
}
