import path from 'node:path';
import { LEAST_UPPER_BOUND, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { ModuleBundle } from '../contracts/engine.ts';
import type { CodeFrame, SourceLocation } from '../contracts/source.ts';
import { frameOf } from './frame.ts';
import { displayPath } from './paths.ts';

/** From places in a bundle to places in a person's files. Lines and columns are 1-based. */
export interface Locator {
  /** Whether no library went into the bundle. */
  readonly isAllOwn: boolean;
  /** The place of the source; null inside node_modules and in code that the bundler made up. */
  locate(line: number, column: number): SourceLocation | null;
  /** The lines around a location that `locate` gave; null for a file that is not in the bundle. */
  frame(location: SourceLocation, context?: number): CodeFrame | null;
  /** Where a function was written, from its `toString()`; null when that text is not in the bundle. */
  locateText(text: string): SourceLocation | null;
  /** The name in the source of what stands at `offset` in a function's text; null when it was not renamed. */
  originalName(text: string, offset: number): string | null;
}

export function createLocator(bundle: ModuleBundle, cwd: string): Locator {
  // Most runs find nothing to point at, and never read the map.
  let read: { readonly map: TraceMap; readonly own: ReadonlyMap<string, Source> } | null = null;
  const open = (): NonNullable<typeof read> => {
    if (read === null) {
      const map = new TraceMap(bundle.map);
      read = { map, own: ownSources(map, bundle, cwd) };
    }
    return read;
  };

  // Without names nothing was renamed. Quotes within its sources are escaped, and no match.
  const hasNames = !/"names":\s*\[\]/.test(bundle.map);

  const locate = (line: number, column: number): SourceLocation | null => {
    const { map, own } = open();
    const needle = { line, column: column - 1 };
    let found = originalPositionFor(map, needle);
    // Before the first mapping of a line there is nothing to the left: take what begins next.
    if (found.source === null) found = originalPositionFor(map, { ...needle, bias: LEAST_UPPER_BOUND });
    if (found.source === null) return null;
    const source = own.get(found.source);
    return source === undefined ? null : { file: source.file, line: found.line, column: found.column + 1 };
  };

  return {
    isAllOwn: bundle.sources.every((source) => !isInstalled(source, bundle.entry)),
    locate,
    frame(location, context) {
      const source = [...open().own.values()].find(({ file }) => file === location.file);
      return source === undefined ? null : frameOf(source.text, location.line, context);
    },
    locateText(text) {
      const at = positionOf(bundle.code, text, 0);
      return at === null ? null : locate(at.line, at.column + 1);
    },
    originalName(text, offset) {
      if (!hasNames) return null;
      const at = positionOf(bundle.code, text, offset);
      return at === null ? null : originalPositionFor(open().map, at).name;
    },
  };
}

/** Line from 1 and column from 0 of the letter `offset` of `text` within `code`. */
function positionOf(code: string, text: string, offset: number): { line: number; column: number } | null {
  const start = text === '' ? -1 : code.indexOf(text);
  if (start < 0) return null;
  const end = start + offset;
  let line = 1;
  for (let at = code.indexOf('\n'); at >= 0 && at < end; at = code.indexOf('\n', at + 1)) line++;
  return { line, column: end - (end === 0 ? -1 : code.lastIndexOf('\n', end - 1)) - 1 };
}

interface Source {
  readonly file: string;
  readonly text: string;
}

/** The user's own files by the name the map gives them. */
function ownSources(map: TraceMap, bundle: ModuleBundle, cwd: string): ReadonlyMap<string, Source> {
  const bundled = new Set(bundle.sources);
  const own = new Map<string, Source>();
  map.sources.forEach((source, index) => {
    if (source === null || !bundled.has(source) || isInstalled(source, bundle.entry)) return;
    own.set(map.resolvedSources[index] ?? source, {
      file: displayPath(source, cwd),
      text: map.sourcesContent?.[index] ?? '',
    });
  });
  return own;
}

/** Seen from the entry, so that a package that is itself under node_modules can be checked too. */
function isInstalled(file: string, entry: string): boolean {
  return path.relative(path.dirname(entry), file).split(path.sep).includes('node_modules');
}
