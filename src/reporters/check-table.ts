import Table from 'cli-table3';
import type { CheckReport } from '../contracts/report.ts';
import { formatNumber, readNumber } from './numbers.ts';
import type { Layout } from './style.ts';
import { STATUS_MARKS } from './symbols.ts';
import { clean, widest, wrap } from './text.ts';

const HEAD = ['check', 'status', 'result'] as const;
const CELL_PADDING = 2;
const BORDERS = HEAD.length + 1;
/** The table is for a glance; findings tell all of a long text. (cli-table3 takes seconds for a cell of fifty lines.) */
const MOST_LINES = 10;
/** No lines between rows: eleven rows with ten lines between them are hard to read. */
const NO_ROW_LINES = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' } as const;

/** The pass/fail table of one loss, a row for each check. */
export function renderCheckTable(checks: readonly CheckReport[], { style, width }: Layout): string[] {
  const ids = checks.map((check) => clean(check.id));
  const statuses = checks.map((check) => `${STATUS_MARKS[check.status].symbol} ${check.status}`);
  const idWidth = widest([...ids, HEAD[0]]) + CELL_PADDING;
  const statusWidth = widest([...statuses, HEAD[1]]) + CELL_PADDING;
  const summaryWidth = width - idWidth - statusWidth - BORDERS;
  const table = new Table({
    colWidths: [idWidth, statusWidth, summaryWidth],
    chars: NO_ROW_LINES,
    // cli-table3 paints head and border by itself, piped or not, unless told to leave them.
    style: { head: [], border: [] },
  });
  table.push(HEAD.map((title) => style.bold(title)));
  for (const [row, check] of checks.entries()) {
    const paint = STATUS_MARKS[check.status].paint(style);
    const summary = summarize(check.summary, summaryWidth - CELL_PADDING);
    const lines = check.status === 'skip' ? summary.map((line) => style.dim(line)) : summary;
    table.push([ids[row] ?? '', paint(statuses[row] ?? ''), lines.join('\n')]);
  }
  return table.toString().split('\n');
}

function summarize(text: string, width: number): string[] {
  const lines = wrap(clean(text).replaceAll('\n', ' '), width, { breakWords: true });
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES - 1), '…'];
}

/** `--verbose`: what each check measured. */
export function renderMetrics(checks: readonly CheckReport[], { style, width }: Layout): string[] {
  const measured = checks.filter((check) => Object.keys(check.metrics).length > 0);
  const idWidth = widest(measured.map((check) => clean(check.id)));
  return measured.flatMap((check) => {
    const values = Object.entries(check.metrics).map(([name, value]) => {
      const number = readNumber(value);
      return `${clean(name)}=${number === null ? clean(String(value)) : formatNumber(number)}`;
    });
    const label = clean(check.id).padEnd(idWidth);
    return wrap(values.join(', '), width - idWidth - CELL_PADDING * 2).map((line, index) =>
      style.dim(`  ${index === 0 ? label : ' '.repeat(idWidth)}  ${line}`),
    );
  });
}
