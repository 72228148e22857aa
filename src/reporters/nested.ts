import { shortestDigits } from './numbers.ts';
import { readNumbers } from './tensor.ts';
import { widest } from './text.ts';

/**
 * A tensor as nested arrays with every value. Decimal points stand below each other where there is
 * more than one line.
 *
 * @param width columns that a line of it may take
 * @returns the lines, the first without indentation
 */
export function formatNested(value: unknown, precision: 32 | 64, width: number): string[] {
  const numbers = readNumbers(value);
  if (numbers === null) return [JSON.stringify(value) ?? String(value)];
  const cells = numbers.values.map((entry) => shortestDigits(entry, precision));
  const line = cells.join(', ');
  if (numbers.shape.length === 1 && line.length <= width) return [`[${line}]`];
  return nest(alignPoints(cells), numbers.shape, width);
}

function alignPoints(cells: readonly string[]): string[] {
  const whole = cells.map((cell) => integerPart(cell).length);
  // Not Math.max of them all: a call takes some ten thousand arguments.
  const left = whole.reduce((most, length) => Math.max(most, length), 0);
  const shifted = cells.map((cell, index) => ' '.repeat(left - (whole[index] ?? 0)) + cell);
  const width = widest(shifted);
  return shifted.map((cell) => cell.padEnd(width));
}

function integerPart(cell: string): string {
  return /^-?(?:\d+|NaN|Infinity)/.exec(cell)?.[0] ?? cell;
}

function nest(cells: readonly string[], shape: readonly number[], width: number): string[] {
  const [length, ...inner] = shape;
  if (length === undefined) return [...cells];
  if (inner.length === 0) return bracket(rows(cells, width));
  const size = inner.reduce((product, dimension) => product * dimension, 1);
  const blocks = Array.from({ length }, (_, index) => nest(cells.slice(index * size, (index + 1) * size), inner, width));
  return bracket(blocks.flatMap((block, index) => (index === length - 1 ? block : endWith(block, ','))));
}

/** A vector; one that is too long for a line continues below its first value. */
function rows(cells: readonly string[], width: number): string[] {
  const perLine = Math.max(1, Math.floor(width / (widest(cells) + 2)));
  const lines: string[] = [];
  for (let start = 0; start < cells.length; start += perLine) {
    const row = cells.slice(start, start + perLine);
    lines.push(row.map((cell, index) => (index === row.length - 1 ? cell.trimEnd() : commaAfter(cell))).join(' '));
  }
  return lines.map((line, index) => (index === lines.length - 1 ? line : `${line},`));
}

/** The comma follows the digits, the padding follows the comma. */
function commaAfter(cell: string): string {
  const digits = cell.trimEnd();
  return `${digits},`.padEnd(cell.length + 1);
}

function bracket(lines: readonly string[]): string[] {
  if (lines.length === 0) return ['[]'];
  const opened = lines.map((line, index) => (index === 0 ? `[${line}` : ` ${line}`));
  return endWith(opened, ']');
}

function endWith(lines: readonly string[], ending: string): string[] {
  return lines.map((line, index) => (index === lines.length - 1 ? line + ending : line));
}
