import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildFailure, Location, Message } from 'esbuild';
import { LoadError, type LoadErrorCode } from '../contracts/errors.ts';
import type { CodeFrame, SourceLocation } from '../contracts/source.ts';
import { frameOf } from './frame.ts';
import { displayPath } from './paths.ts';

export interface BundleContext {
  /** The file that was asked for, absolute. */
  readonly entry: string;
  /** What esbuild's paths are relative to. */
  readonly root: string;
  readonly cwd: string;
}

interface Described {
  readonly code: LoadErrorCode;
  readonly message: string;
  readonly fix: string;
}

export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

/** The first error of a failed build, in losscheck's words. The others often follow from it. */
export function loadErrorOf(failure: BuildFailure, context: BundleContext): LoadError {
  const [first] = failure.errors;
  if (first === undefined) throw failure;
  const place = first.location === null ? null : placeOf(first.location, context);
  const { code, message, fix } = describe(first);
  const more = failure.errors.length > 1 ? ` (and ${failure.errors.length - 1} more like it)` : '';
  return new LoadError(code, `${message}${more}`, {
    fix,
    location: place?.location ?? null,
    frame: place?.frame ?? null,
  });
}

function describe(message: Message): Described {
  const unresolved = /^Could not resolve "(.+?)"/.exec(message.text)?.[1];
  if (unresolved !== undefined) {
    return {
      code: 'missing-import',
      message: `cannot find "${unresolved}", which is imported here`,
      fix: howToFind(unresolved),
    };
  }
  if (message.text.startsWith('No matching export in')) {
    const wanted = /for import "(.+?)"/.exec(message.text)?.[1] ?? 'that name';
    return {
      code: 'missing-import',
      message: `the imported file has no export "${wanted}"`,
      fix: 'Check the spelling of the name, or export it. A type needs `import type`.',
    };
  }
  if (message.text.startsWith('No loader is configured')) {
    return {
      code: 'unsupported-file',
      message: 'an imported file is neither TypeScript, JavaScript nor JSON',
      fix: 'Read it at run time with node:fs, or move the loss to a file that does not import it.',
    };
  }
  return { code: 'syntax-error', message: message.text, fix: 'Correct the syntax at the place shown.' };
}

function howToFind(specifier: string): string {
  if (/^\.{0,2}\//.test(specifier)) return 'Check the path: it is relative to the importing file.';
  if (/^[@~#]\/|^[~#]/.test(specifier)) {
    return 'If it is an alias, declare it under `compilerOptions.paths` of the tsconfig.json above the importing file.';
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const alias = 'declare it under `compilerOptions.paths` if it is an alias';
  return `Install it (npm install ${name}) beside the module, or ${alias}.`;
}

function placeOf(at: Location, context: BundleContext): { location: SourceLocation; frame: CodeFrame | null } {
  const file = path.resolve(context.root, at.file);
  return {
    location: { file: displayPath(file, context.cwd), line: at.line, column: columnOf(at) },
    frame: frameOf(readText(file) ?? at.lineText, at.line) ?? frameOfLine(at),
  };
}

/** esbuild counts columns in bytes of UTF-8, from 0; editors count letters, from 1. */
function columnOf(at: Location): number {
  return Buffer.from(at.lineText, 'utf8').subarray(0, at.column).toString('utf8').length + 1;
}

function frameOfLine(at: Location): CodeFrame {
  return { startLine: at.line, lines: [at.lineText] };
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Code that a plugin made up has no file; the line that esbuild quotes is all there is to show.
    return null;
  }
}
