import { EXIT } from '../contracts/errors.ts';
import { EARLY_END_CODES } from '../contracts/findings.ts';
import type { LossReport, Report } from '../contracts/report.ts';

/** What the losses of a report amount to. */
export function summaryOf(losses: readonly LossReport[]): Report['summary'] {
  const count = (verdict: LossReport['verdict']): number => losses.filter((loss) => loss.verdict === verdict).length;
  return { losses: losses.length, passed: count('pass'), failed: count('fail'), inconclusive: count('inconclusive'), errors: count('error') };
}

/** When several apply: a bug of ours, usage, load, crash, failure. */
export function decisiveExit(codes: readonly number[]): number {
  return [EXIT.internal, EXIT.usage, EXIT.load, EXIT.crashed, EXIT.failed].find((code) => codes.includes(code)) ?? EXIT.passed;
}

export function exitCodeOf(losses: readonly LossReport[]): number {
  return decisiveExit(losses.map(exitCodeOfLoss));
}

/** True for a loss that ended its process, had to be stopped, or cannot be believed. */
export function endedEarly({ findings }: LossReport): boolean {
  return findings.some(({ code }) => EARLY_END_CODES.some((known) => known === code));
}

function exitCodeOfLoss(loss: LossReport): number {
  if (loss.verdict === 'pass') return EXIT.passed;
  if (loss.verdict !== 'error') return EXIT.failed;
  if (loss.findings.some(({ code }) => code === 'invalid-metadata')) return EXIT.usage;
  return endedEarly(loss) ? EXIT.crashed : EXIT.load;
}
