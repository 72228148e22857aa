import { formatNumber, readNumber } from '../../numbers.ts';
import { readable } from '../markup.ts';

/** A number of the report for a person; non-finite ones are strings there. */
export function show(value: number | string | null | undefined): string {
  const number = readNumber(value);
  return number === null ? '–' : formatNumber(number);
}

/** `yPred[2, 1]`. */
export function nameOf(input: string, index: readonly number[]): string {
  return index.length === 0 ? readable(input) : `${readable(input)}[${index.join(', ')}]`;
}

export function isFiniteNumber(value: number | string | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function finite(values: readonly (number | string | null)[]): number[] {
  return values.filter(isFiniteNumber);
}

/** |a - b| relative to the larger of both, 0 where they are equal, NaN where one is not a number. */
export function relativeDifference(a: number, b: number): number {
  if (a === b) return 0;
  return Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}

/** Positions of a list in ascending order of its numbers; positions of non-finite ones are left out. */
export function ascending(values: readonly (number | string)[]): { at: number; x: number }[] {
  return values
    .flatMap((x, at) => (isFiniteNumber(x) ? [{ at, x }] : []))
    .toSorted((a, b) => a.x - b.x);
}

/** Where a check looked, for the middle of a sentence. */
export function placeOf(at: string): string {
  return at === '' ? '' : ` (${readable(at)})`;
}
