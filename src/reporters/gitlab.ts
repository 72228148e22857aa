import type { Report, ReporterOptions } from '../contracts/report.ts';
import { adviceOf } from './details.ts';
import { toJson } from './json.ts';
import { inRepository, placeOrName } from './place.ts';
import type { Problem } from './problems.ts';
import { problemsToTell } from './selection.ts';
import { clean, oneLine } from './text.ts';

const SEVERITIES = { failure: 'major', warning: 'minor', note: 'info', accepted: 'info' } as const;

/**
 * GitLab's code quality report: an array with an entry a problem, at a line of a file of the repository.
 * GitLab shows `description` and compares `fingerprint` between branches; two entries with one fingerprint would be one.
 *
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function renderGitlab(report: Report, options: ReporterOptions): string {
  const seen = new Map<string, number>();
  return toJson(
    problemsToTell(report, options).map((problem) => {
      const occurrence = (seen.get(problem.fingerprint) ?? 0) + 1;
      seen.set(problem.fingerprint, occurrence);
      const fingerprint = occurrence === 1 ? problem.fingerprint : `${problem.fingerprint}-${occurrence}`;
      return toEntry(problem, fingerprint, options.root);
    }),
  );
}

function toEntry(problem: Problem, fingerprint: string, root: string): object {
  const { code, message, level, accepted, loss, replay } = problem;
  const { file, line } = placeOrName(problem);
  const acceptance = accepted === null ? '' : ` Accepted: ${oneLine(accepted)}.`;
  return {
    type: 'issue',
    check_name: clean(code),
    description: `${oneLine(message)}${acceptance} [${oneLine(loss.id)}] ${oneLine(replay)}`,
    content: { body: adviceOf(problem).map(([label, text]) => `${label}: ${text}`).join('\n') },
    categories: ['Bug Risk'],
    severity: SEVERITIES[level],
    fingerprint,
    location: { path: inRepository(root, file), lines: { begin: line } },
  };
}
