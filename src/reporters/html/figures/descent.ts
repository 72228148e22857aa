import type { EvidenceReport } from '../../../contracts/evidence.ts';
import { PALETTE_SIZE, type PlotNumber, type Series } from '../plot.ts';
import { plotted, type Figure } from './figure.ts';
import { finite, isFiniteNumber, show } from './words.ts';

type DescentReport = Extract<EvidenceReport, { kind: 'descent' }>;

/** Curves that fall by more than this are read on a logarithmic scale. */
const WIDE = 100;

/** The loss while its gradient is followed, one curve a start. */
export function descentFigure({ losses, atMatch }: DescentReport): Figure {
  const length = Math.max(0, ...losses.map((row) => row.length));
  const steps = Array.from({ length }, (_, step) => step);
  const starts: Series[] = losses.map((row, start) => ({
    label: `start ${start + 1}`,
    color: start % PALETTE_SIZE,
    look: 'dotted-line',
    values: padded(plotted(row), length),
  }));
  const match: Series[] = isFiniteNumber(atMatch)
    ? [{ label: 'prediction = target', color: 5, look: 'reference', values: steps.map(() => atMatch) }]
    : [];
  const seen = [...losses.flatMap((row) => finite(row)), ...finite([atMatch])];
  const isWide = seen.length > 0 && Math.min(...seen) > 0 && Math.max(...seen) > WIDE * Math.min(...seen);
  return {
    title: 'Does following the gradient lower the loss?',
    reading: 'Gradient descent from random starts, one line each. A loss that can be trained on falls with the steps.',
    conclusion: conclude(losses, atMatch),
    plot: {
      kind: 'lines',
      x: { label: 'step of gradient descent', scale: 'linear' },
      xs: steps,
      panels: [{ y: { label: 'loss', scale: isWide ? 'log' : 'linear' }, series: [...starts, ...match] }],
      marks: [],
    },
    table: {
      head: ['step', ...starts.map(({ label }) => label)],
      rows: steps.map((step) => [String(step), ...losses.map((row) => (step < row.length ? show(row[step]) : ''))]),
      note: atMatch === null ? null : `Where the prediction is the target the loss is ${show(atMatch)}.`,
    },
  };
}

function padded(row: readonly PlotNumber[], length: number): PlotNumber[] {
  return Array.from({ length }, (_, step) => row[step] ?? null);
}

function conclude(losses: DescentReport['losses'], atMatch: DescentReport['atMatch']): string {
  const lowered = losses.filter((row) => {
    const [first] = row;
    const last = row.at(-1);
    return isFiniteNumber(first) && isFiniteNumber(last) && last < first;
  }).length;
  const match = isFiniteNumber(atMatch) ? ` Where the prediction is the target it is ${show(atMatch)}.` : '';
  return `The loss ends lower than it began from ${lowered} of ${losses.length} starts.${match}`;
}
