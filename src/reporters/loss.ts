import type { InputReport, LossReport } from '../contracts/report.ts';
import { formatShape } from './numbers.ts';
import type { Layout, Style } from './style.ts';
import { VERDICT_MARKS } from './symbols.ts';
import { clean, count, hang, LONGEST_NAME, padEnd, truncate, widest } from './text.ts';

const VERDICT_WORDS = {
  pass: 'passed',
  fail: 'failed',
  inconclusive: 'inconclusive',
  error: 'could not be checked',
} as const;

/** `✗ myloss.ts#focal  failed`, and how long it took. */
export function renderLossTitle(loss: LossReport, style: Style): string {
  const mark = VERDICT_MARKS[loss.verdict];
  const paint = mark.paint(style);
  const id = clean(loss.id);
  const name = id.includes(clean(loss.name)) ? '' : ` (${clean(loss.name)})`;
  const duration = loss.verdict === 'error' ? '' : style.dim(`  ${Math.round(loss.durationMs)} ms`);
  return `${paint(mark.symbol)} ${style.bold(id)}${name}  ${paint(VERDICT_WORDS[loss.verdict])}${duration}`;
}

/** What the loss was called with, and what of it losscheck worked out by itself. */
export function renderInputs(loss: LossReport, { style, width }: Layout): string[] {
  const columns = [
    loss.inputs.map((input) => truncate(clean(input.name), LONGEST_NAME)),
    loss.inputs.map((input) => input.role),
    loss.inputs.map((input) => formatShape(input.shape)),
  ];
  const widths = columns.map(widest);
  const inputs = loss.inputs.map((input, row) => {
    const cells = columns.map((column, index) => padEnd(column[row] ?? '', widths[index] ?? 0));
    return `  ${[...cells, describeDomain(input, style)].join('  ')}`;
  });
  const notes = loss.notes.flatMap((note) => hang('  - ', clean(note), width).map((line) => style.dim(line)));
  return [...inputs, ...notes];
}

function describeDomain(input: InputReport, style: Style): string {
  return input.inferred ? `${clean(input.domain)} ${style.yellow('(inferred)')}` : clean(input.domain);
}

/** True when the loss has nothing to tell but that it passed. */
export function isClean(loss: LossReport): boolean {
  return (
    loss.verdict === 'pass' &&
    loss.checks.every(
      (check) =>
        (check.status === 'pass' || check.status === 'skip') &&
        check.findings.every((finding) => finding.severity === 'info' && finding.allowed === null),
    )
  );
}

/** One line for a loss with nothing to tell, where several are reported. */
export function renderCleanLoss(loss: LossReport, { style, width }: Layout): string {
  const passed = loss.checks.filter((check) => check.status === 'pass').length;
  const skipped = loss.checks.length - passed;
  const facts = [count(passed, 'check')];
  if (skipped > 0) facts.push(`${skipped} skipped`);
  if (loss.inputs.some((input) => input.inferred)) facts.push('inputs inferred');
  // Who asks for a comparison wants to know how it came out, above all when it passed.
  const comparison = loss.checks.find(({ id }) => id === 'against');
  const outcome = comparison === undefined ? [] : hang('  ', `${comparison.id}: ${clean(comparison.summary)}`, width);
  return [`${renderLossTitle(loss, style)}  ${style.dim(facts.join(', '))}`, ...outcome].join('\n');
}
