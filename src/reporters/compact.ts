import type { Report } from '../contracts/report.ts';
import { placeOf } from './place.ts';
import { problemsOf, type Problem } from './problems.ts';
import { oneLine } from './text.ts';
import { describeRun } from './totals.ts';

/**
 * Failures only, one line each, in the form that editors and `grep` know, and a closing line:
 * `myloss.ts:14:10: error gradient-mismatch: what. Fix: how [myloss.ts#focal] (losscheck verify …)`.
 */
export function renderCompact(report: Report): string {
  const failures = problemsOf(report).filter(({ level }) => level === 'failure');
  return [...failures.map(renderLine), `losscheck: ${describeRun(report)}`, ''].join('\n');
}

function renderLine(problem: Problem): string {
  const { code, message, fix, loss, replay } = problem;
  const place = placeOf(problem);
  const where = place === null ? '' : `${oneLine(place.file)}:${place.line}:${place.column}: `;
  const what = oneLine(message);
  const advice = fix === '' ? '' : `${/[.!?]$/.test(what) ? '' : '.'} Fix: ${oneLine(fix)}`;
  return `${where}error ${oneLine(code)}: ${what}${advice} [${oneLine(loss.id)}] (${oneLine(replay)})`;
}
