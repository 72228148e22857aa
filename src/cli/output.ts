import { existsSync, lstatSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { UsageError } from '../contracts/errors.ts';
import { quote } from '../contracts/shown.ts';
import type { ReporterOptions } from '../contracts/report.ts';
import { toSlashes } from '../load/paths.ts';
import { reasonOf } from '../load/system-error.ts';
import { replaceFile } from '../whole-file.ts';
import { wantsColor } from './color.ts';
import type { ReporterTarget } from './flags/reporters.ts';
import type { Terminal } from './terminal.ts';

/** For each format what makes it; a format is loaded when it is asked for. */
type Renderers<N extends string, R> = Readonly<Record<N, () => Promise<(report: R, options: ReporterOptions) => string>>>;

/** Narrower text is no longer readable, wider no longer read with ease. */
const LEAST_WIDTH = 60;
const MOST_WIDTH = 120;
/** Piped text is the same everywhere. */
const PIPED_WIDTH = 80;

interface LayoutFlags {
  readonly color?: boolean | undefined;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** How reports are laid out for this terminal. */
export function layoutFor(terminal: Terminal, { color, quiet = false, verbose = false }: LayoutFlags): ReporterOptions {
  const { env, stdoutIsTty: isTty, cwd } = terminal;
  const width = isTty ? Math.min(Math.max(terminal.stdoutColumns, LEAST_WIDTH), MOST_WIDTH) : PIPED_WIDTH;
  return { color: wantsColor({ flag: color, env, isTty }), quiet, verbose, width, root: pathInRepository(cwd) };
}

/** Path of a folder within its repository, ending with a slash; '' at its root and outside of one. */
function pathInRepository(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at === folder ? '' : `${toSlashes(relative(at, folder))}/`;
    if (dirname(at) === at) return '';
  }
}

/**
 * Renders a report for every target, writes those with a path, and returns the text for stdout
 * ('' when none goes there). Files hold no escape codes and are as wide as piped text, whatever the terminal can do.
 */
export async function deliver<N extends string, R>(
  report: R,
  renderers: Renderers<N, R>,
  targets: readonly ReporterTarget<N>[],
  layout: ReporterOptions,
  cwd: string,
): Promise<string> {
  let stdout = '';
  for (const { name, path } of targets) {
    const render = await renderers[name]();
    const text = render(report, path === null ? layout : { ...layout, color: false, width: PIPED_WIDTH });
    if (path === null) stdout = text;
    else writeFile(resolve(cwd, path), text, `--reporter: cannot write ${quote(path)}`);
  }
  return stdout;
}

/**
 * Writes beside the file and renames: a reader sees the old text or the new one, never half of one. A link is followed,
 * and what is no file (a pipe, a device) is written to.
 *
 * @param failure what could not be done, for the message
 * @throws UsageError where nothing can be written
 */
export function writeFile(file: string, text: string, failure: string): void {
  try {
    const there = statSync(file, { throwIfNoEntry: false });
    const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    if (there?.isFile() === true) replaceFile(isLink ? realpathSync(file) : file, text);
    else if (there !== undefined || isLink) writeFileSync(file, text);
    else {
      makeFolder(dirname(file));
      replaceFile(file, text);
    }
  } catch (error) {
    throw new UsageError(`${failure} (${reasonOf(error)}); give a path to a file in a folder you can write to`);
  }
}

/** One level at a time: where a parent cannot be made, Node's recursive form may try for ever. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
