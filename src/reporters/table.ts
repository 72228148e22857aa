import type { FindingReport, LossReport, Report, ReporterOptions } from '../contracts/report.ts';
import { renderCheckTable, renderMetrics } from './check-table.ts';
import { renderCoordinates } from './coordinates.ts';
import { renderFindings, renderUndecided } from './finding.ts';
import { isClean, renderCleanLoss, renderInputs, renderLossTitle } from './loss.ts';
import { decisiveChecks, problemsOfLoss } from './problems.ts';
import { createLayout, type Layout } from './style.ts';
import { renderTotals } from './totals.ts';

/**
 * The report for a person at a terminal: for each loss its inputs, a table of the checks and every
 * finding in full; one closing line. Where several losses are checked, those with nothing to tell
 * take a line each.
 */
export function renderTable(report: Report, options: ReporterOptions): string {
  const layout = createLayout(options);
  const shown = options.quiet ? report.losses.filter((loss) => loss.verdict !== 'pass') : report.losses;
  const foldClean = report.losses.length > 1 && !options.verbose;
  const blocks = shown.map((loss) => renderLoss(loss, { ...options, foldClean }, layout));
  return `${[...joinBlocks(blocks), ...renderTotals(report, layout)].join('\n')}\n`;
}

interface LossOptions extends ReporterOptions {
  readonly foldClean: boolean;
}

function renderLoss(loss: LossReport, options: LossOptions, layout: Layout): string[] {
  if (options.foldClean && isClean(loss)) return [renderCleanLoss(loss, layout)];
  const findings = renderFindings(loss, selectFindings(loss, options), layout);
  const parts = options.quiet
    ? [[renderLossTitle(loss, layout.style)], findings]
    : [[renderLossTitle(loss, layout.style), ...renderInputs(loss, layout)], renderChecks(loss, options, layout), findings];
  const undecided = problemsOfLoss(loss).filter(({ finding, level }) => finding === null && level === 'failure');
  return [...parts, ...undecided.map((problem) => renderUndecided(problem, layout))].filter((part) => part.length > 0).flatMap((part, index) => (index === 0 ? part : ['', ...part]));
}

function renderChecks(loss: LossReport, options: ReporterOptions, layout: Layout): string[] {
  if (loss.checks.length === 0) return [];
  const table = renderCheckTable(loss.checks, layout);
  return options.verbose ? [...table, ...renderMetrics(loss.checks, layout), ...renderCoordinates(loss.checks, layout)] : table;
}

function selectFindings(loss: LossReport, options: ReporterOptions): FindingReport[] {
  const checks = options.quiet ? decisiveChecks(loss) : loss.checks;
  const findings = [...loss.findings, ...checks.flatMap((check) => check.findings)];
  if (options.quiet) return findings.filter((finding) => finding.allowed === null && finding.severity !== 'info');
  return findings.filter((finding) => options.verbose || finding.severity !== 'info' || finding.allowed !== null);
}

/** Blocks of several lines stand apart; folded ones follow each other. */
function joinBlocks(blocks: readonly string[][]): string[] {
  return blocks.flatMap((block, index) => {
    const next = blocks[index + 1];
    const apart = next === undefined || block.length > 1 || next.length > 1;
    return apart ? [...block, ''] : block;
  });
}
