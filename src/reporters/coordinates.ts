import type { CoordinatesReport } from '../contracts/evidence.ts';
import type { CheckReport } from '../contracts/report.ts';
import { unravel } from '../contracts/tensor.ts';
import { formatNumber, readNumber } from './numbers.ts';
import type { Layout } from './style.ts';
import { clean, count, hang, widest } from './text.ts';

/** So many coordinates a person can look through. */
const MOST_SHOWN = 200;
/** Of more than that the worst. */
const WORST_SHOWN = 20;
const INDENT = '  ';
const GAP = '  ';
const HEAD = ['', 'index', 'autograd', 'difference', 'rel. error', 'bound'] as const;

/** `--verbose`: every coordinate that gradient-match compared where an input came off worst. */
export function renderCoordinates(checks: readonly CheckReport[], layout: Layout): string[] {
  const seen = checks.flatMap(({ evidence = [] }) => evidence.filter((one): one is CoordinatesReport => one.kind === 'coordinates'));
  return seen.flatMap((one) => ['', ...renderInput(one, layout)]);
}

function renderInput(coordinates: CoordinatesReport, { style, width }: Layout): string[] {
  const { input, at, compared, rtol, wrong = [] } = coordinates;
  const rows = rowsOf(coordinates);
  const shown = selectRows(rows);
  const said = wrong.length === 0 ? 'none wrong' : `${wrong.length} wrong (✗)`;
  const limit = `by more than ${formatNumber(rtol)} of its size and 4 times its bound`;
  const title = hang(INDENT, `gradient of ${clean(input)} at ${clean(at)}: ${count(compared, 'coordinate')}, ${said} ${limit}`, width);
  const cells = [[...HEAD], ...shown.map(({ cells: own }) => own)];
  const widths = HEAD.map((_, column) => widest(cells.map((row) => row[column] ?? '')));
  const lines = cells.map((row) => `${INDENT}${row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(GAP)}`.trimEnd());
  const [head = '', ...body] = lines;
  const left = compared - shown.length;
  return [
    ...title,
    style.dim(head),
    ...body.map((line, row) => (shown[row]?.isWrong === true ? style.red(line) : line)),
    ...(left === 0 ? [] : hang(INDENT, `${left} of ${compared} left out; ${rows.length < compared ? `the worst ${rows.length}` : 'all'} are in the JSON report: --reporter json`, width).map((line) => style.dim(line))),
  ];
}

interface Row {
  readonly position: number;
  readonly isWrong: boolean;
  readonly error: number;
  readonly cells: readonly string[];
}

function rowsOf({ positions, shape, analytic, numeric, relativeErrors, errorBounds, wrong = [] }: CoordinatesReport): readonly Row[] {
  const failed = new Set(wrong);
  return positions.map((position, row) => {
    const isWrong = failed.has(position);
    const error = readNumber(relativeErrors[row]) ?? NaN;
    const sizes = [error, readNumber(errorBounds[row]) ?? NaN].map((size) => (Number.isFinite(size) ? size.toExponential(1) : String(size)));
    const slopes = [analytic[row], numeric[row]].map((slope) => formatNumber(readNumber(slope) ?? NaN));
    return { position, isWrong, error, cells: [isWrong ? '✗' : '', `[${unravel(position, shape).join(',')}]`, ...slopes, ...sizes] };
  });
}

/** All of a few; of many those that are wrong and the worst of the others. */
function selectRows(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= MOST_SHOWN) return rows;
  const wrong = rows.filter(({ isWrong }) => isWrong).length;
  const worst = rows.toSorted((a, b) => Number(b.isWrong) - Number(a.isWrong) || b.error - a.error);
  return worst.slice(0, Math.min(MOST_SHOWN, Math.max(WORST_SHOWN, wrong))).toSorted((a, b) => a.position - b.position);
}
