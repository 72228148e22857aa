import { stackOf } from './thrown.ts';

/** Where in a user's script the running code was called from. */

export interface ScriptFrame {
  readonly line: number;
  readonly column: number;
  /** Name of the function that the user's code called, one frame further in. */
  readonly callee: string | null;
}

/** Deep enough for an op inside layers inside helpers; V8 keeps 10 by default. */
export const STACK_DEPTH = 80;

/** Where the user's code is found nearly always; looking further costs as much again. */
export const NEAR_DEPTH = 20;

const callSitesOf = (_: Error, callSites: NodeJS.CallSite[]): NodeJS.CallSite[] => callSites;

/** The frames of `scriptName` on the current stack, innermost first; `isCut` where the stack goes on beyond `depth`. */
export function framesOf(scriptName: string, depth = STACK_DEPTH): { readonly frames: readonly ScriptFrame[]; readonly isCut: boolean } {
  const previousPrepare = Error.prepareStackTrace;
  const previousLimit = Error.stackTraceLimit;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = depth;
    Error.prepareStackTrace = callSitesOf;
    Error.captureStackTrace(holder, framesOf);
    const callSites = holder.stack as NodeJS.CallSite[];
    const frames = callSites.flatMap((site, index) => {
      if (site.getFileName() !== scriptName) return [];
      const callee = callSites[index - 1]?.getFunctionName() ?? null;
      return [{ line: site.getLineNumber() ?? 1, column: site.getColumnNumber() ?? 1, callee }];
    });
    return { frames, isCut: callSites.length >= depth };
  } finally {
    Error.prepareStackTrace = previousPrepare;
    Error.stackTraceLimit = previousLimit;
  }
}

/** Frames of any script whose name begins with `prefix`, for an error of which nobody knows the module. */
export function framesOfScripts(error: unknown, prefix: string): readonly ScriptFrame[] {
  const pattern = new RegExp(`${prefix}\\d+\\.js:(\\d+):(\\d+)`, 'g');
  return [...stackOf(error).matchAll(pattern)].map(([, line, column]) => frameAt(line, column));
}

/** The same for an error that was thrown earlier: all that is left of its stack is text. */
export function framesOfError(error: unknown, scriptName: string): readonly ScriptFrame[] {
  return stackOf(error).split('\n').flatMap((text) => {
    const at = text.lastIndexOf(`${scriptName}:`);
    if (at < 0) return [];
    const position = /^(\d+):(\d+)/.exec(text.slice(at + scriptName.length + 1));
    return position ? [frameAt(position[1], position[2])] : [];
  });
}

function frameAt(line: string | undefined, column: string | undefined): ScriptFrame {
  return { line: Number(line), column: Number(column), callee: null };
}
