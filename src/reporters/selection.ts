import type { Report, ReporterOptions } from '../contracts/report.ts';
import { problemsOf, type Problem } from './problems.ts';

type Loudness = Pick<ReporterOptions, 'verbose' | 'quiet'>;

/** What a format for people tells: notes only with `--verbose`, and with `--quiet` nothing but failures. */
export function problemsToTell(report: Pick<Report, 'losses'>, loudness: Loudness): readonly Problem[] {
  return problemsOf(report).filter(({ level }) => isTold(level, loudness));
}

export function isTold(level: Problem['level'], { verbose, quiet }: Loudness): boolean {
  if (quiet) return level === 'failure';
  return verbose || level !== 'note';
}
