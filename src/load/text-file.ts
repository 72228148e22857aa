import { closeSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { showName } from '../contracts/shown.ts';
import { reasonOf } from './system-error.ts';

/** What people write by hand or have written for them, read in one way: a config, a baseline, a point, a report. */

/** Far beyond any of these files, far below what a string can hold. */
const MOST_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** Everything that reads nested data calls itself for each level. */
const MOST_LEVELS = 100;

/** What is the matter with a file, as the rest of a sentence that begins with its name. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
  /** How to mend it. */
  readonly fix: string;
  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** Null where there is nothing, whatever keeps it from being there: no folder above, a loop of links, an endless name. */
export function statOf(at: string): Stats | null {
  try {
    return statSync(at, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/**
 * The text of a file in UTF-8, or in UTF-16 with the mark that Windows writes; without the mark.
 *
 * @throws FileProblem for what cannot be read, is no text or is too large
 */
export function readText(file: string): string {
  const bytes = readBytes(file);
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decode(bytes, 'utf-16le');
  if (first === 0xfe && second === 0xff) return decode(bytes, 'utf-16be');
  if (bytes.includes(0)) throw new FileProblem('is no text in UTF-8', 'Save the file as UTF-8.');
  return decode(bytes, 'utf-8');
}

/** @throws FileProblem as `readText` and `parseJson` */
export function readJson(file: string): unknown {
  return parseJson(readText(file));
}

/** @throws FileProblem for what is no JSON, or nested without end */
export function parseJson(text: string): unknown {
  requireShallow(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileProblem(`is no JSON: ${error instanceof Error ? showName(error.message) : 'it cannot be parsed'}`, 'JSON has no comments and no commas at the end.');
  }
}

function readBytes(file: string): Buffer {
  try {
    const opened = openSync(file, 'r');
    try {
      return readWhole(opened);
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    if (error instanceof FileProblem) throw error;
    const reason = reasonOf(error);
    if (reason === 'EISDIR') throw new FileProblem('is a folder (EISDIR)', 'Name a file in it.');
    throw new FileProblem(`cannot be read (${reason})`, 'Check the path, and the permissions of the file.');
  }
}

/** In pieces: a device never ends, and says nothing of its size before. */
function readWhole(opened: number): Buffer {
  const chunks: Buffer[] = [];
  for (let total = 0; ; ) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const read = readSync(opened, chunk, 0, CHUNK_BYTES, null);
    if (read === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, read));
    total += read;
    if (total > MOST_BYTES) throw new FileProblem(`is larger than ${MOST_BYTES / 2 ** 20} MB`, 'Name the right file, or make it smaller.');
  }
}

function decode(bytes: Buffer, encoding: 'utf-8' | 'utf-16le' | 'utf-16be'): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new FileProblem(`is no text in ${encoding.slice(0, 6).toUpperCase()}`, 'Save the file as UTF-8.');
  }
}

/** Counted before anything is parsed: brackets outside of texts. */
function requireShallow(text: string): void {
  let level = 0;
  let isText = false;
  for (let index = 0; index < text.length; index++) {
    const letter = text[index];
    if (isText) {
      if (letter === '\\') index++;
      else if (letter === '"') isText = false;
    } else if (letter === '"') isText = true;
    else if (letter === '[' || letter === '{') level++;
    else if (letter === ']' || letter === '}') level--;
    if (level > MOST_LEVELS) throw new FileProblem(`is nested more than ${MOST_LEVELS} levels deep`, 'Nothing that is read here has as many: look for brackets too many.');
  }
}
