import { readFileSync, writeFileSync } from 'node:fs';
import { median, ratios } from './stats.mjs';

/** Tables in Markdown, and numbers as they stand in them. */

export function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

export function significant(value, digits = 3) {
  if (!Number.isFinite(value)) return String(value);
  const isPlain = value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5);
  return isPlain ? String(Number(value.toPrecision(digits))) : value.toExponential(Math.max(0, digits - 2));
}

function duration(seconds) {
  const [scale, unit] = seconds >= 1 ? [1, 's'] : seconds >= 1e-3 ? [1e3, 'ms'] : [1e6, 'µs'];
  return `${significant(seconds * scale)} ${unit}`;
}

/** Median (least..most). */
function spread(values, format = significant) {
  return `${format(median(values))} (${format(Math.min(...values))}..${format(Math.max(...values))})`;
}

/** What stands in the cell of a result that may have been stopped or have failed. */
export function resultCell({ values, over, error }, limit, format = duration) {
  if (over) return `over ${limit} s`;
  if (error !== null) return `failed: ${error}`;
  return spread(values, format);
}

/** The ratio of two results round by round, or a dash. */
export function ratioCell(result, reference) {
  if (result === undefined || reference === undefined || result === reference) return '-';
  const both = ratios(result.values, reference.values);
  return both.length === 0 ? '-' : spread(both);
}

/** A goal and what came of it, as a line of a list. */
export function goal(text, result, reference, isMet) {
  const both = result === undefined || reference === undefined ? [] : ratios(result.values, reference.values);
  if (both.length === 0) return `* ${text}: not measured\n`;
  return `* ${text}: ${significant(median(both))}, ${isMet(median(both)) ? 'met' : '**not met**'}\n`;
}

const PAGE = new URL('../README.md', import.meta.url);

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->` in bench/README.md. */
export function writeBetween(name, text) {
  const page = readFileSync(PAGE, 'utf8');
  const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(open), page.indexOf(close)];
  if (from === -1 || to < from) throw new Error(`bench/README.md has no place for ${name}: ${open.trim()} … ${close}`);
  writeFileSync(PAGE, `${page.slice(0, from + open.length)}\n${text.trim()}\n\n${page.slice(to)}`);
}
