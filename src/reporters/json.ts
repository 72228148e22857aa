import type { Report } from '../contracts/report.ts';
import { isNumericView } from './tensor.ts';

/**
 * JSON for people and scripts: two spaces, a newline at the end, and NaN and the infinities as
 * strings, because JSON would write them as null.
 */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, writable, 2)}\n`;
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
