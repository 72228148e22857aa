import type { EvidenceReport } from '../../../contracts/evidence.ts';
import { readNumber } from '../../numbers.ts';
import { readable } from '../markup.ts';
import { PALETTE_SIZE, type Panel, type PlotNumber } from '../plot.ts';
import type { Figure } from './figure.ts';
import { finite, show } from './words.ts';

type TermsReport = Extract<EvidenceReport, { kind: 'terms' }>;
type Rows = TermsReport['values'];

/** The components of a loss beside each other, in value and in pull. */
export function termsFigure(evidence: TermsReport): Figure {
  const { values, gradientNorms } = evidence;
  const names = evidence.names.map(readable);
  const samples = Math.max(values.length, gradientNorms.length);
  const panel = (label: string, rows: Rows): Panel => ({
    y: { label, scale: 'log' },
    series: names.map((name, column) => ({
      label: name,
      color: column % PALETTE_SIZE,
      look: 'dotted-line',
      values: magnitudes(rows, column),
    })),
  });
  return {
    title: 'How large is each component of the loss, and how hard does it pull?',
    reading:
      'One line for each component, one place for each random sample, on a logarithmic scale: equal steps are equal factors. ' +
      'A component a hundred times below the others hardly takes part in training.',
    conclusion: conclude(names, gradientNorms),
    plot: {
      kind: 'lines',
      x: { label: 'sample', scale: 'linear' },
      xs: Array.from({ length: samples }, (_, sample) => sample),
      panels: [panel('|value|', values), panel('gradient norm', gradientNorms)],
      marks: [],
    },
    table: {
      head: ['sample', ...names.flatMap((name) => [`${name}, value`, `${name}, gradient norm`])],
      rows: Array.from({ length: samples }, (_, sample) => [
        String(sample),
        ...names.flatMap((_, column) => [show(values[sample]?.[column]), show(gradientNorms[sample]?.[column])]),
      ]),
      note: null,
    },
  };
}

function magnitudes(rows: Rows, column: number): PlotNumber[] {
  return rows.map((row) => {
    const value = row[column];
    if (value === undefined) return null;
    return typeof value === 'number' ? Math.abs(value) : value;
  });
}

function conclude(names: readonly string[], gradientNorms: Rows): string {
  const means = names.map((name, column) => ({ name, norm: mean(finite(gradientNorms.map((row) => row[column] ?? null))) }));
  const known = means.filter(({ norm }) => norm > 0).toSorted((a, b) => b.norm - a.norm);
  const [strongest] = known;
  const weakest = known.at(-1);
  if (strongest === undefined || weakest === undefined) return 'No component has a finite gradient above 0.';
  const silent = means.filter(({ norm }) => norm === 0).map(({ name }) => name);
  const gone = silent.length === 0 ? '' : ` No pull at all: ${silent.join(', ')}.`;
  if (strongest === weakest) return `Only ${strongest.name} pulls.${gone}`;
  const ratio = show(readNumber(Number((strongest.norm / weakest.norm).toPrecision(2))));
  return `${strongest.name} pulls hardest, ${ratio} times as hard as ${weakest.name}.${gone}`;
}

/** 0 for a component that has no finite norm. */
function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
