import type { CodeFrame } from '../contracts/source.ts';

/** Lines shown before and after the line in question. */
const CONTEXT = 2;

/** The lines of `text` around `line` (1-based), or null when the text has no such line. */
export function frameOf(text: string, line: number, context: number = CONTEXT): CodeFrame | null {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  if (line < 1 || line > lines.length) return null;
  const startLine = Math.max(1, line - context);
  return { startLine, lines: lines.slice(startLine - 1, line + context) };
}
