import type { LocationReport } from '../contracts/report.ts';
import type { Layout } from './style.ts';
import { clean, displayWidth, truncate } from './text.ts';

/** Of the whole line: two columns before the mark, the mark, and a bar after the number. */
const GUTTER_MARGIN = 7;

/** `myloss.ts:14:20 (Log)`: the form that editors and terminals turn into a link. */
export function formatLocation(location: LocationReport): string {
  const place = `${clean(location.file)}:${location.line}:${location.column}`;
  return location.op === null ? place : `${place} (${clean(location.op)})`;
}

/** The source lines around a location, numbered, with a caret under the column. Empty without a frame. */
export function renderFrame(location: LocationReport, { style, width }: Layout): string[] {
  const { frame } = location;
  if (frame === null) return [];
  const gutter = String(frame.startLine + frame.lines.length - 1).length;
  const room = width - GUTTER_MARGIN - gutter;
  const blamed = frame.lines[location.line - frame.startLine];
  const start = blamed === undefined ? 0 : windowStart(blamed, location.column, room);
  return frame.lines.flatMap((text, offset) => {
    const line = frame.startLine + offset;
    const number = String(line).padStart(gutter);
    const code = clip(text, start, room);
    if (line !== location.line) return [style.dim(`  ${number} | ${code}`.trimEnd())];
    const caret = ' '.repeat(displayWidth(clip(text.slice(0, location.column - 1), start, Infinity)));
    return [
      `${style.red('>')} ${style.dim(`${number} |`)} ${code}`.trimEnd(),
      `  ${' '.repeat(gutter)} ${style.dim('|')} ${caret}${style.red('^')}`,
    ];
  });
}

/** Index of the first character shown: 0, unless the column would fall outside (minified code). */
function windowStart(text: string, column: number, room: number): number {
  return displayWidth(clean(text.slice(0, column))) < room ? 0 : Math.max(0, column - 1 - Math.floor(room / 2));
}

function clip(text: string, start: number, room: number): string {
  const rest = start === 0 ? clean(text) : `…${clean(text.slice(start + 1))}`;
  return Number.isFinite(room) ? truncate(rest, room) : rest;
}
