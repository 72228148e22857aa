import type { EvidenceReport } from '../../../contracts/evidence.ts';
import { plotted, type Figure } from './figure.ts';
import { ascending, isFiniteNumber, nameOf, placeOf, relativeDifference, show } from './words.ts';

type SliceReport = Extract<EvidenceReport, { kind: 'slice' }>;

/** The loss on a line through the worst coordinate, and its slope as autograd and as differences see it. */
export function sliceFigure(evidence: SliceReport): Figure {
  const { input, index, at, center, x, loss, analytic, numeric } = evidence;
  const name = nameOf(input, index);
  const order = ascending(x);
  const pick = <T>(values: readonly T[]) => order.flatMap(({ at: from }) => values.slice(from, from + 1));
  return {
    title: `Is autograd’s gradient the slope of the loss as ${name} moves?`,
    reading:
      'Above, the loss while this one number changes and all others stay. Below, its slope: the dots are measured ' +
      'on the loss itself, the line is what autograd says. They should lie on each other.',
    conclusion: conclude(name + placeOf(at), evidence),
    plot: {
      kind: 'lines',
      x: { label: `value of ${name}`, scale: 'linear' },
      xs: order.map((each) => each.x),
      panels: [
        { y: { label: 'loss', scale: 'linear' }, series: [{ label: 'loss', color: 2, look: 'line', values: plotted(pick(loss)) }] },
        {
          y: { label: 'slope of the loss', scale: 'linear' },
          series: [
            { label: 'autograd’s gradient', color: 0, look: 'line', values: plotted(pick(analytic)) },
            { label: 'measured slope', color: 1, look: 'dots', values: plotted(pick(numeric)) },
          ],
        },
      ],
      marks: isFiniteNumber(center) ? [{ x: center, label: `the point compared, ${show(center)}` }] : [],
    },
    table: {
      head: [name, 'loss', 'autograd', 'measured'],
      rows: x.map((each, row) => [show(each), show(loss[row]), show(analytic[row]), show(numeric[row])]),
      note: null,
    },
  };
}

/** The row next to the compared point. */
function conclude(place: string, { center, x, analytic, numeric }: SliceReport): string {
  const middle = isFiniteNumber(center) ? center : 0;
  const [nearest] = ascending(x).toSorted((a, b) => Math.abs(a.x - middle) - Math.abs(b.x - middle));
  const ours = nearest === undefined ? undefined : analytic[nearest.at];
  const measured = nearest === undefined ? undefined : numeric[nearest.at];
  if (ours === undefined || measured === undefined) return `No point of the line through ${place} could be evaluated.`;
  const both = `At ${place} autograd says ${show(ours)}`;
  if (!isFiniteNumber(ours) || !isFiniteNumber(measured)) return `${both} and the measured slope is ${show(measured)}.`;
  const difference = relativeDifference(ours, measured);
  return `${both}, the measured slope is ${show(measured)}: a relative difference of ${show(Number(difference.toPrecision(2)))}.`;
}
