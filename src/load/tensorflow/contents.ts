import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Folders of the packages of one copy of TensorFlow.js. */
export interface CopyRoots {
  readonly core: string;
  readonly cpu: string;
  readonly layers: string | null;
}

/** Files of `dist/` that no loss imports: tests, other builds of the same code. */
const NOT_SOURCES = [/_test|test_util|jasmine_util|setup_test|test_async|^tests|^tf-/, /\.fesm|\.es2017|\.min|\.node|externs/];

/** Beside them, what stands for the package as a whole, and its scripts. */
const NOT_DEEP = /^(index|miniprogram\/|scripts\/)/;

/** The files that a copy consists of, relative to `dist/` of a package, with forward slashes. */
function sourcesOf(root: string): readonly string[] {
  return scriptsUnder(`${root}/dist`)
    .filter((file) => !NOT_SOURCES.some((pattern) => pattern.test(file)))
    .toSorted();
}

/** Node's own way through folders in folders asks what each file is, and takes four times as long. */
function scriptsUnder(folder: string, inside = ''): readonly string[] {
  return readdirSync(`${folder}/${inside}`, { withFileTypes: true }).flatMap((entry) => {
    const file = `${inside}${entry.name}`;
    if (entry.isDirectory()) return scriptsUnder(folder, `${file}/`);
    return file.endsWith('.js') ? [file] : [];
  });
}

/** Users import single files of these packages too ('…/dist/losses'): all of them are supplied. */
export function deepModules(root: string): readonly string[] {
  return sourcesOf(root)
    .filter((file) => !NOT_DEEP.test(file))
    .map((file) => file.slice(0, -'.js'.length));
}

/** A digest of all that a package computes with, wherever it is installed. */
export function digestOf(root: string): string {
  const hash = createHash('sha256');
  for (const file of sourcesOf(root)) {
    const contents = readFileSync(path.join(root, 'dist', file));
    hash.update(`${file}:${contents.length}:`).update(contents);
  }
  return hash.digest('hex');
}

/** What shows in a few milliseconds whether the files of a copy are those that were looked at before. */
export function stampOf({ core, cpu, layers }: CopyRoots): string {
  const roots = [core, cpu, ...(layers === null ? [] : [layers])];
  const stamps = roots.flatMap((root) => [
    root,
    ...scriptsUnder(`${root}/dist`).map((file) => {
      const { size, mtimeMs, ino } = statSync(`${root}/dist/${file}`);
      return `${file} ${size} ${mtimeMs} ${ino}`;
    }),
  ]);
  return createHash('sha256').update(stamps.join('\n')).digest('hex');
}
