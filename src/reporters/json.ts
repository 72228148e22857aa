import type { Report } from '../contracts/report.ts';
import { isNumericView } from './tensor.ts';

/**
 * JSON for people and scripts: two spaces, numbers beside each other, a newline at the end, and NaN and the infinities
 * as strings, because JSON would write them as null.
 */
export function toJson(value: unknown): string {
  return `${joinNumbers(JSON.stringify(value, writable, 2).split('\n')).join('\n')}\n`;
}

const NUMBER = /^ *(?:-?\d[^ ]*|"(?:NaN|-?Infinity)"),?$/;

/** An array of numbers takes one line: thousands of them on lines of their own nobody reads, and half of it is space. */
function joinNumbers(lines: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (let line = 0; line < lines.length; line++) {
    const opening = lines[line] ?? '';
    let end = line + 1;
    if (opening.endsWith('[')) while (NUMBER.test(lines[end] ?? '')) end++;
    const closing = (lines[end] ?? '').trimStart();
    if (end === line + 1 || !closing.startsWith(']')) {
      joined.push(opening);
      continue;
    }
    const numbers = lines.slice(line + 1, end).map((number) => number.trimStart());
    joined.push(opening + numbers.join(' ') + closing);
    line = end;
  }
  return joined;
}

/** The same on one line. */
export function toJsonLine(value: unknown): string {
  return `${JSON.stringify(value, writable)}\n`;
}

function writable(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return isNumericView(value) ? Array.from(value) : value;
}

export function renderJson(report: Report): string {
  return toJson(report);
}
