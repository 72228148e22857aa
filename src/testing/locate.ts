import inspector from 'node:inspector';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LEAST_UPPER_BOUND, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';

/** Where functions were written. */
export interface Place {
  /** Absolute. */
  readonly file: string;
  /** From 1; null when the code was compiled and nothing tells the line in the source. */
  readonly line: number | null;
}

interface Script {
  readonly url: string;
  readonly sourceMapURL: string;
}

type Callable = (...values: never[]) => unknown;

const SHARED = Symbol.for('losscheck.located');

/**
 * Asks V8 where functions were written; null for one that has no place, such as a bound or a built-in function.
 *
 * Values cannot be handed to the inspector. They are laid on an object that is one and the same in every context of
 * a process, the module of the inspector itself, while it looks at them.
 */
export function locate(functions: readonly Callable[]): readonly (Place | null)[] {
  const session = new inspector.Session();
  session.connect();
  const scripts = new Map<string, Script>();
  session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, { url: params.url, sourceMapURL: params.sourceMapURL ?? '' }));
  try {
    // Answered before it returns: the session is with this very thread.
    session.post('Debugger.enable');
    return functions.map((callable) => {
      Reflect.set(inspector, SHARED, callable);
      const found = locationOf(session);
      const script = found === null ? undefined : scripts.get(found.scriptId);
      if (found === null || script === undefined) return null;
      return toSource(script, found.lineNumber, found.columnNumber ?? 0, () => textOf(session, found.scriptId));
    });
  } finally {
    Reflect.deleteProperty(inspector, SHARED);
    session.disconnect();
  }
}

function locationOf(session: inspector.Session): inspector.Debugger.Location | null {
  const expression = `process.getBuiltinModule('node:inspector')[Symbol.for('${SHARED.description}')]`;
  let location: inspector.Debugger.Location | null = null;
  session.post('Runtime.evaluate', { expression }, (failed, answer) => {
    const objectId = answer?.result.objectId;
    if (failed !== null || objectId === undefined) return;
    session.post('Runtime.getProperties', { objectId, ownProperties: true }, (refused, properties) => {
      const internal = refused === null ? properties.internalProperties : undefined;
      location = asLocation(internal?.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value);
    });
  });
  return location;
}

function textOf(session: inspector.Session, scriptId: string): string {
  let text = '';
  session.post('Debugger.getScriptSource', { scriptId }, (failed, answer) => {
    if (failed === null) text = answer.scriptSource;
  });
  return text;
}

function asLocation(value: unknown): inspector.Debugger.Location | null {
  if (typeof value !== 'object' || value === null) return null;
  const { scriptId, lineNumber, columnNumber } = value as Partial<inspector.Debugger.Location>;
  return scriptId === undefined || lineNumber === undefined ? null : { scriptId, lineNumber, columnNumber: columnNumber ?? 0 };
}

function toSource({ url, sourceMapURL }: Script, line: number, column: number, readScript: () => string): Place | null {
  const file = url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : path.isAbsolute(url) ? url : null;
  if (file === null) return null;
  if (sourceMapURL === '') return { file, line: isAsWritten(readScript(), file, line) ? line + 1 : null };
  const map = readMap(sourceMapURL, file);
  if (map === null) return { file, line: null };
  const needle = { line: line + 1, column };
  const exact = originalPositionFor(map, needle);
  const found = exact.source === null ? originalPositionFor(map, { ...needle, bias: LEAST_UPPER_BOUND }) : exact;
  if (found.source === null) return { file, line: null };
  const source = found.source.startsWith('file:') ? fileURLToPath(found.source) : path.resolve(path.dirname(file), found.source);
  return { file: source, line: found.line };
}

/** Some runners compile and keep the map to themselves: only a line that stands in the file as well is the same. */
function isAsWritten(script: string, file: string, line: number): boolean {
  const [ran, written] = [script, readText(file)].map((text) => text?.split('\n')[line]?.trim());
  return ran !== undefined && written !== undefined && ran.endsWith(written);
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A script that was made and never written: its lines are nobody's.
    return null;
  }
}

function readMap(url: string, file: string): TraceMap | null {
  try {
    const [, base64, data = ''] = /^data:[^,]*?(;base64)?,(.*)$/s.exec(url) ?? [];
    if (!url.startsWith('data:')) return new TraceMap(readFileSync(path.resolve(path.dirname(file), url), 'utf8'));
    return new TraceMap(base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString('utf8'));
  } catch {
    // A map that is not there, or none: the name of the function has to do.
    return null;
  }
}
