import type { LossReport, Report } from '../contracts/report.ts';
import { toJsonLine } from './json.ts';
import { problemsOfLoss, type Problem } from './problems.ts';

/**
 * One JSON object a line, for scripts that read line by line; `type` says what it is. First the run, then each
 * loss followed by its checks and its problems, last a summary with the exit code.
 */
export function renderNdjson(report: Report): string {
  return [runLine(report), ...report.losses.flatMap(lossLines), summaryLine(report)].map(toJsonLine).join('');
}

function runLine({ losses: _losses, summary: _summary, exitCode: _exitCode, ...run }: Report): object {
  return { type: 'run', ...run };
}

function lossLines(loss: LossReport): readonly object[] {
  const { checks, findings: _findings, source: _source, ...facts } = loss;
  return [
    { type: 'loss', ...facts },
    ...checks.map(({ id, status, summary, durationMs, metrics }) => ({ type: 'check', loss: loss.id, id, status, summary, durationMs, metrics })),
    ...problemsOfLoss(loss).map(problemLine),
  ];
}

function problemLine({ loss, check, finding, ...problem }: Problem): object {
  const known = finding?.known === true ? { known: true } : {};
  return { type: 'problem', loss: loss.id, check: check?.id ?? null, ...problem, ...known, data: finding?.data ?? {} };
}

function summaryLine({ summary, exitCode }: Report): object {
  return { type: 'summary', ...summary, exitCode };
}
