import { CATALOGUE } from '../contracts/catalogue.ts';
import type { Severity } from '../contracts/report.ts';
import type { Problem } from './problems.ts';
import { clean } from './text.ts';
import { hasPage } from './titles.ts';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };
const PROBLEM_SEVERITIES: Readonly<Record<string, string>> = { error: 'error', warning: 'warning', note: 'recommendation' };

/**
 * A rule of SARIF: the finding code with what can be said of it without the numbers of a finding.
 *
 * @param problems of which at least one has this code
 */
export function ruleOf(code: string, problems: readonly Problem[]): object {
  const problem = problems.find((each) => each.code === code);
  if (problem === undefined) throw new Error(`no problem has the code ${code}`);
  const level = LEVELS[problem.finding?.severity ?? 'warning'];
  const why = whyOf(code) ?? clean(problem.why);
  const more = hasPage(code) ? `\n\nMore, with examples: losscheck explain ${code}` : '';
  return {
    id: code,
    shortDescription: { text: clean(problem.title) },
    fullDescription: { text: why === '' ? clean(problem.title) : why },
    help: { text: `${clean(problem.title)}. ${why}${more}` },
    defaultConfiguration: { level },
    properties: { tags: [tagOf(problem)], 'problem.severity': PROBLEM_SEVERITIES[level ?? ''] },
  };
}

/** The check that finds it; any check may be one that could not decide. */
function tagOf({ check, finding, code }: Problem): string {
  if (check === null) return 'load';
  return finding === null ? code : check.id;
}

/** Null where the words depend on the finding. */
function whyOf(code: string): string | null {
  const entry = Object.entries(CATALOGUE).find(([known]) => known === code)?.[1];
  return typeof entry?.why === 'string' ? entry.why : null;
}
