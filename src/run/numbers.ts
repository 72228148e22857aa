import type { CheckReport } from '../contracts/report.ts';

/** A number as the JSON report writes it: what is not finite as text. */
export function numberOrText(value: number): CheckReport['metrics'][string] {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** A value of numbers, arrays and plain objects with every number as the JSON report writes it. */
export function writableNumbers<T>(value: T): T {
  if (typeof value === 'number') return numberOrText(value) as T;
  if (Array.isArray(value)) return value.map(writableNumbers) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, writableNumbers<unknown>(each)])) as T;
}
