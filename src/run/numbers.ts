import type { CheckReport } from '../contracts/report.ts';

/** A number as the JSON report writes it: what is not finite as text. */
export function numberOrText(value: number): CheckReport['metrics'][string] {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}
