import type { Report, ReporterOptions } from '../contracts/report.ts';
import { adviceOf } from './details.ts';
import { inRepository, placeOf } from './place.ts';
import type { Problem } from './problems.ts';
import { problemsToTell } from './selection.ts';
import { clean, count, oneLine } from './text.ts';

/** What GitHub shows of one kind for one step; it drops the others in silence. */
const SHOWN_OF_A_KIND = 10;

const KINDS = ['error', 'warning', 'notice'] as const;
type Kind = (typeof KINDS)[number];
const KIND_OF: Readonly<Record<Problem['level'], Kind>> = { failure: 'error', warning: 'warning', note: 'notice', accepted: 'notice' };

/**
 * Workflow commands, which GitHub Actions turns into annotations of the lines in a pull request. What is beyond
 * the number that GitHub shows is counted in a last notice.
 *
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function renderGithub(report: Report, options: ReporterOptions): string {
  const problems = problemsToTell(report, options);
  const byKind = KINDS.map((kind) => ({ kind, problems: problems.filter(({ level }) => KIND_OF[level] === kind) }));
  const isCut = byKind.some(({ problems: all }) => all.length > SHOWN_OF_A_KIND);
  const hidden: string[] = [];
  const commands = byKind.flatMap(({ kind, problems: all }) => {
    // The last notice takes a place of its kind.
    const limit = isCut && kind === 'notice' ? SHOWN_OF_A_KIND - 1 : SHOWN_OF_A_KIND;
    if (all.length > limit) hidden.push(count(all.length - limit, kind));
    return all.slice(0, limit).map((problem) => annotate(kind, problem, options.root));
  });
  return [...commands, ...(isCut ? [tellHidden(hidden)] : [])].map((command) => `${command}\n`).join('');
}

function annotate(kind: Kind, problem: Problem, root: string): string {
  const { code, title, message, loss } = problem;
  const place = placeOf(problem);
  // The line for eval may hold a whole batch of numbers.
  const advice = adviceOf({ ...problem, eval: null }).map(([label, text]) => `${label}: ${text}`);
  return workflowCommand(
    kind,
    {
      ...(place === null ? {} : { file: inRepository(root, place.file), line: String(place.line), col: String(place.column) }),
      title: `${oneLine(code)}: ${oneLine(title)}`,
    },
    [clean(message), `Loss: ${clean(loss.id)}`, ...advice].join('\n'),
  );
}

function tellHidden(hidden: readonly string[]): string {
  const text = `${hidden.join(', ')} more than GitHub shows for one step; the report of losscheck has all of them`;
  return workflowCommand('notice', { title: 'losscheck' }, text);
}

function workflowCommand(kind: Kind, properties: Readonly<Record<string, string>>, message: string): string {
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::${kind} ${written.join(',')}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
