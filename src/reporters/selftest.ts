import Table from 'cli-table3';
import { GUARANTEED_DELTA, isGuaranteed, type LossPower, type SelftestReport } from '../contracts/power.ts';
import type { ReporterOptions } from '../contracts/report.ts';
import { formatNumber, readNumber } from './numbers.ts';
import { createLayout, type Layout, type Style } from './style.ts';
import { clean, count, wrap } from './text.ts';

/** The answer of `selftest` for a person: caught and planted for each fault, and what could hide. */
export function renderSelftest(report: SelftestReport, options: ReporterOptions): string {
  const layout = createLayout(options);
  const blocks = report.losses.map((loss) => renderLoss(loss, layout));
  return `${[...blocks, [layout.style.dim(`seed ${report.seed}, ${count(report.samples, 'sample')}`)]].map((block) => block.join('\n')).join('\n\n')}\n`;
}

function renderLoss(loss: LossPower, { style, width }: Layout): string[] {
  const paragraph = (sentences: readonly string[]): string[] => sentences.flatMap((sentence) => wrap(sentence, width - 2).map((line) => `  ${line}`));
  const passed = isGuaranteed(loss);
  const paint = passed ? style.green : style.red;
  const title = `${paint(passed ? '✓' : '✗')} ${style.bold(clean(loss.id))}`;
  const about = loss.alreadyWrong > 0
    ? [`${count(loss.alreadyWrong, 'coordinate')} already ${loss.alreadyWrong === 1 ? 'fails' : 'fail'} gradient-match: losscheck verify ${clean(loss.id)} says why. Faults were planted in the others.`]
    : [];
  if (loss.coordinates === 0) return [title, ...paragraph([...about, 'There is no gradient that a fault could be planted in.'])];
  return [title, ...table(loss, style), ...paragraph([...about, ...hidingPlace(loss)])];
}

function table({ deltas, faults }: LossPower, style: Style): string[] {
  const rows = [
    ...deltas.map(({ delta, ...counts }) => ({ ...counts, fault: `a coordinate off by ${formatNumber(delta)}`, required: delta >= GUARANTEED_DELTA })),
    ...faults.map((fault) => ({ ...fault, required: true })),
  ];
  const drawn = new Table({
    head: ['planted fault', 'planted', 'caught'].map((title) => style.bold(title)),
    colAligns: ['left', 'right', 'right'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  });
  for (const { fault, planted, caught, required } of rows) {
    const paint = caught === planted ? style.green : required ? style.red : style.dim;
    drawn.push([fault, String(planted), paint(String(caught))]);
  }
  return drawn.toString().split('\n');
}

function hidingPlace({ halfCaughtAt, allCaughtAt, weakest }: LossPower): string[] {
  const half = readNumber(halfCaughtAt);
  const all = readNumber(allCaughtAt);
  if (half === null || all === null || weakest === null) return [];
  const place = `${clean(weakest.input)}${weakest.index.length === 0 ? '' : `[${weakest.index.join(', ')}]`}`;
  return [
    `In a single coordinate, half of the faults are caught from a relative size of ${brief(half)} on, ${Number.isFinite(all) ? `all from ${brief(all)}` : 'and some at no size'}.`,
    `A fault hides best in ${place} (${clean(weakest.at)}), where the gradient is ${formatNumber(weakest.gradient)}.`,
  ];
}

/** A threshold was found by bisection to two digits. */
function brief(value: number): string {
  return Number.isFinite(value) ? formatNumber(Number(value.toPrecision(2))) : 'no size';
}
