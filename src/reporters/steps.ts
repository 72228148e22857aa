import type { FindingReport, LossReport } from '../contracts/report.ts';
import type { StepsReport } from '../contracts/evidence.ts';
import { readNumber } from './numbers.ts';
import { hang } from './text.ts';

/** The relative error of the difference quotient against its step, as a row of bars. */

const BARS = '▁▂▃▄▅▆▇█';
/** Bars in a line of 80 columns; more where the line is wider. */
const FEWEST_BARS = 11;
/** Columns that the rest of the line takes. */
const BESIDE = 64;
/** Errors below are all the same: rounding of a double. */
const LEAST_ERROR = 2 ** -53;
const MOST_ERROR = 2;

/** The steps at the coordinate of a finding; null where the report has none. */
export function stepsOf({ checks }: LossReport, finding: FindingReport): StepsReport | null {
  const { input, index, at } = finding.data;
  const evidence = checks.find(({ findings }) => findings.includes(finding))?.evidence ?? [];
  return evidence.find((one): one is StepsReport => one.kind === 'steps' && one.input === input && one.at === at && String(one.index) === String(index)) ?? null;
}

/** `▇▅▂[▁]▁▂▄▆█  0.06 to 2e-12, [chosen]; relative error 2e-13 to 0.02`, from the largest step to the smallest. */
export function renderSteps(label: string, steps: StepsReport, width: number): string[] {
  const errors = steps.relativeErrors.map((error) => readNumber(error) ?? NaN);
  const sizes = steps.steps.map((step) => readNumber(step) ?? NaN);
  const [largest, smallest] = [sizes[0] ?? NaN, sizes.at(-1) ?? NaN];
  const bars = drawBars(errors, steps.chosen, Math.max(FEWEST_BARS, width - BESIDE - 2));
  const chosen = steps.chosen === null ? 'none good enough' : '[chosen]';
  return hang(`${label}${bars}  `, `${brief(largest)} to ${brief(smallest)}, ${chosen}; relative error ${range(errors)}`, width);
}

function range(errors: readonly number[]): string {
  const known = errors.filter((error) => !Number.isNaN(error));
  const [low, high] = [brief(Math.min(...known)), brief(Math.max(...known))];
  return low === high ? `${low} at each` : `${low} to ${high}`;
}

function brief(value: number): string {
  const short = Number(value.toPrecision(1));
  return short >= 0.001 || short === 0 ? String(short) : short.toExponential(0).replace('e+', 'e');
}

/** Tall is wrong: on a logarithmic scale from rounding to all wrong, the same for every finding. */
function drawBars(errors: readonly number[], chosen: number | null, most: number): string {
  const each = Math.ceil(errors.length / most);
  const cells: string[] = [];
  for (let start = 0; start < errors.length; start += each) {
    const isChosen = chosen !== null && chosen >= start && chosen < start + each;
    const bar = barOf(errors[isChosen ? chosen : start] ?? NaN);
    cells.push(isChosen ? `[${bar}]` : bar);
  }
  return cells.join('');
}

function barOf(error: number): string {
  if (Number.isNaN(error)) return ' ';
  const share = Math.log(Math.max(error, LEAST_ERROR) / LEAST_ERROR) / Math.log(MOST_ERROR / LEAST_ERROR);
  return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))] ?? ' ';
}
