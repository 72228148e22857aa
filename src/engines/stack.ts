/** Where in a user's script the running code was called from. */

export interface ScriptFrame {
  readonly line: number;
  readonly column: number;
  /** Name of the function that the user's code called, one frame further in. */
  readonly callee: string | null;
}

/** Deep enough for an op inside layers inside helpers; V8 keeps 10 by default. */
const STACK_DEPTH = 80;

/** The frames of `scriptName` on the current stack, innermost first. */
export function framesOf(scriptName: string): readonly ScriptFrame[] {
  const previousPrepare = Error.prepareStackTrace;
  const previousLimit = Error.stackTraceLimit;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = STACK_DEPTH;
    Error.prepareStackTrace = (_, callSites) => callSites;
    Error.captureStackTrace(holder, framesOf);
    const callSites = holder.stack as NodeJS.CallSite[];
    return callSites.flatMap((site, index) => {
      if (site.getFileName() !== scriptName) return [];
      const callee = callSites[index - 1]?.getFunctionName() ?? null;
      return [{ line: site.getLineNumber() ?? 1, column: site.getColumnNumber() ?? 1, callee }];
    });
  } finally {
    Error.prepareStackTrace = previousPrepare;
    Error.stackTraceLimit = previousLimit;
  }
}

/** The same for an error that was thrown earlier: all that is left of its stack is text. */
export function framesOfError(error: unknown, scriptName: string): readonly ScriptFrame[] {
  const stack = error instanceof Error || hasStack(error) ? String(error.stack) : '';
  return stack.split('\n').flatMap((text) => {
    const at = text.lastIndexOf(`${scriptName}:`);
    if (at < 0) return [];
    const position = /^(\d+):(\d+)/.exec(text.slice(at + scriptName.length + 1));
    return position ? [{ line: Number(position[1]), column: Number(position[2]), callee: null }] : [];
  });
}

function hasStack(value: unknown): value is { stack: unknown } {
  return typeof value === 'object' && value !== null && 'stack' in value;
}
