import type { LossReport, Report, ReporterOptions } from '../contracts/report.ts';
import { frameOf } from './details.ts';
import { isClean } from './loss.ts';
import { code, fenced, folded, hasLines, html, htmlCode, inline, prose } from './markdown-text.ts';
import { checkTable, type TableRows } from './markdown-table.ts';
import type { Problem } from './problems.ts';
import { problemsToTell } from './selection.ts';
import { count } from './text.ts';
import { hasPage } from './titles.ts';
import { describeEngines, describeNotes, describeRun } from './totals.ts';

/** So many losses with nothing to tell stand in the table; more of them are folded. */
const FEW = 10;

/** GitHub-flavoured Markdown: for the summary of a job, a comment on a pull request, a file to read. */
export function renderMarkdown(report: Report, options: ReporterOptions): string {
  return markdownPieces(report, options).join('');
}

/**
 * The same, cut after a whole row or finding so that it takes at most so many bytes; the cut is said.
 *
 * @param bytes that the report may take in UTF-8
 */
export function renderMarkdownWithin(report: Report, options: ReporterOptions, bytes: number): string {
  const pieces = markdownPieces(report, options);
  if (howManyFit(pieces, bytes) === pieces.length) return pieces.join('');
  const last = `\n> [!NOTE]\n> This report is cut to the ${bytes} bytes that there is room for. <code>--reporter markdown:report.md</code> writes all of it to a file.\n`;
  const kept = pieces.slice(0, howManyFit(pieces, bytes - Buffer.byteLength(last)));
  return kept.length === 0 ? '' : `${kept.join('')}${last}`;
}

function howManyFit(pieces: readonly string[], bytes: number): number {
  let used = 0;
  for (const [index, piece] of pieces.entries()) {
    used += Buffer.byteLength(piece);
    if (used > bytes) return index;
  }
  return pieces.length;
}

/** The report in pieces that each make sense after those before them. */
function markdownPieces(report: Report, options: ReporterOptions): readonly string[] {
  const problems = problemsToTell(report, options);
  const failures = problems.filter(({ level }) => level === 'failure');
  const others = problems.filter(({ level }) => level !== 'failure');
  const { shown, rest } = chooseRows(report.losses, options);
  return [
    `## ${report.exitCode === 0 ? '✓' : '✗'} losscheck: ${inline(describeRun(report))}\n`,
    ...tablePieces(checkTable(shown)),
    ...failures.map((problem) => `\n### ✗ ${code(problem.code)} ${inline(problem.title)}\n\n${renderProblem(problem)}\n`),
    ...others.map((problem) => `\n${folded(summaryOf(problem), renderProblem(problem))}\n`),
    ...(rest.length === 0 ? [] : [`\n${folded(`✓ ${count(rest.length, 'loss', 'losses')} with nothing to tell`, tablePieces(checkTable(rest)).join('').trim())}\n`]),
    `\n${inline(describeEngines(report))}\n`,
    ...describeNotes(report).map((text) => `\n${inline(text)}\n`),
  ];
}

const MARKS: Readonly<Record<Problem['level'], string>> = { failure: '✗ failure', warning: '! warning', note: 'i note', accepted: '- accepted' };

function summaryOf({ level, code: id, title, loss }: Problem): string {
  return `${MARKS[level]} ${htmlCode(id)} ${html(title)}: ${htmlCode(loss.id)}`;
}

function chooseRows(losses: readonly LossReport[], { quiet }: ReporterOptions): { readonly shown: readonly LossReport[]; readonly rest: readonly LossReport[] } {
  if (quiet) return { shown: losses.filter(({ verdict }) => verdict !== 'pass'), rest: [] };
  const clear = losses.filter(isClean);
  return clear.length <= FEW ? { shown: losses, rest: [] } : { shown: losses.filter((loss) => !isClean(loss)), rest: clear };
}

function tablePieces({ head, rows }: TableRows): readonly string[] {
  return rows.length === 0 ? [] : [`\n${head.join('\n')}\n`, ...rows.map((row) => `${row}\n`)];
}

function renderProblem(problem: Problem): string {
  const { message, loss, location, accepted, why, fix, eval: evaluate, replay, code: id } = problem;
  const place = location === null ? '' : ` at ${code(`${location.file}:${location.line}:${location.column}`)}${location.op === null ? '' : ` (${inline(location.op)})`}`;
  const frame = frameOf(problem);
  return [
    prose(message),
    `${code(loss.id)}${place}`,
    ...(frame.length === 0 ? [] : [fenced('text', frame.join('\n'))]),
    ...(accepted === null ? [] : [labelled('Accepted', accepted)]),
    ...(why === '' ? [] : [labelled('Why', why)]),
    ...(fix === '' ? [] : [labelled('Fix', fix)]),
    `**Replay**\n\n${fenced('sh', replay)}`,
    ...(evaluate === null ? [] : [folded('Value and gradient at this point', fenced('sh', evaluate))]),
    ...(hasPage(id) ? [`More: ${code(`losscheck explain ${id}`)}`] : []),
  ].join('\n\n');
}

function labelled(label: string, text: string): string {
  return `**${label}**${hasLines(text) ? '\n\n' : ' '}${prose(text)}`;
}
