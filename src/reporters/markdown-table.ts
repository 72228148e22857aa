import type { CheckStatus, LossReport } from '../contracts/report.ts';
import { code, inline } from './markdown-text.ts';
import { STATUS_MARKS, VERDICT_MARKS } from './symbols.ts';

export interface TableRows {
  /** The first two lines: titles and the line below them. */
  readonly head: readonly string[];
  readonly rows: readonly string[];
}

/** Which mark stands for what, above the tables that have it. */
const LEGEND = '✓ pass, ✗ fail, ! warning, ? could not decide, - does not apply';

/** A row a loss, a column a check. */
export function checkTable(losses: readonly LossReport[]): TableRows {
  const ids = [...new Set(losses.flatMap(({ checks }) => checks.map(({ id }) => id)))];
  const titles = ['loss', 'verdict', ...ids.map(inline)];
  return {
    head: [...(ids.length === 0 ? [] : [`${LEGEND}\n`]), row(titles), row(titles.map((_, index) => (index === 0 ? '---' : ':-:')))],
    rows: losses.map((loss) => row([code(loss.id), `${VERDICT_MARKS[loss.verdict].symbol} ${loss.verdict}`, ...ids.map((id) => cell(loss, id))])),
  };
}

function cell({ checks }: LossReport, id: string): string {
  const status: CheckStatus | undefined = checks.find((check) => check.id === id)?.status;
  return status === undefined ? '' : STATUS_MARKS[status].symbol;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
