import type { EvidenceReport } from '../../../contracts/evidence.ts';
import { readNumber } from '../../numbers.ts';
import { count } from '../../text.ts';
import { LEAST_ERROR, type PlotNumber } from '../plot.ts';
import { plotted, type Figure } from './figure.ts';
import { ascending, finite, nameOf, placeOf, relativeDifference, show } from './words.ts';

type PrecisionReport = Extract<EvidenceReport, { kind: 'float32' }>;
type Values = PrecisionReport['x'];

/** Distance of 1 to the next float32: what one rounding may cost. */
const FLOAT32_EPSILON = 2 ** -23;

/** Loss and gradient in float64 and float32, and how much of them float32 loses. */
export function float32Figure(evidence: PrecisionReport): Figure {
  const { input, index, at, x, loss64, loss32, gradient64, gradient32 } = evidence;
  const name = nameOf(input, index);
  const order = ascending(x);
  const pick = <T>(values: readonly T[]) => order.flatMap(({ at: from }) => values.slice(from, from + 1));
  const lossErrors = differences(loss64, loss32);
  const gradientErrors = differences(gradient64, gradient32);
  const pair = (label: string, exact: Values, rounded: Values) => ({
    y: { label, scale: 'linear' as const },
    series: [
      { label: 'float64', color: 0, look: 'line' as const, values: plotted(pick(exact)) },
      { label: 'float32', color: 1, look: 'dots' as const, values: plotted(pick(rounded)) },
    ],
  });
  return {
    title: `What do 32-bit numbers lose of the loss and its gradient as ${name} moves?`,
    reading:
      'The line is computed with 64 bits, the dots with the 32 bits that training uses; they should lie on each other. ' +
      'Below, how far they are apart: 1e-7 is one rounding, 1 is nothing left.',
    conclusion: conclude(name + placeOf(at), lossErrors, gradientErrors),
    plot: {
      kind: 'lines',
      x: { label: `value of ${name}`, scale: 'linear' },
      xs: order.map((each) => each.x),
      panels: [
        pair('loss', loss64, loss32),
        pair('gradient', gradient64, gradient32),
        {
          y: { label: 'relative error', scale: 'log' },
          floor: LEAST_ERROR,
          series: [
            { label: 'error of the loss', color: 2, look: 'line', values: plotted(pick(lossErrors)) },
            { label: 'error of the gradient', color: 3, look: 'dotted-line', values: plotted(pick(gradientErrors)) },
            { label: 'one rounding of float32', color: 5, look: 'reference', values: order.map(() => FLOAT32_EPSILON) },
          ],
        },
      ],
      marks: [],
    },
    table: {
      head: [name, 'loss, float64', 'loss, float32', 'gradient, float64', 'gradient, float32'],
      rows: x.map((each, row) => [show(each), show(loss64[row]), show(loss32[row]), show(gradient64[row]), show(gradient32[row])]),
      note: null,
    },
  };
}

function differences(exact: Values, rounded: Values): Exclude<PlotNumber, null>[] {
  return exact.map((value, row) => {
    const other = rounded[row];
    const error = relativeDifference(readNumber(value) ?? Number.NaN, readNumber(other) ?? Number.NaN);
    return Number.isFinite(error) ? error : 'NaN';
  });
}

function conclude(place: string, lossErrors: readonly PlotNumber[], gradientErrors: readonly PlotNumber[]): string {
  const worst = (errors: readonly PlotNumber[]) => {
    const known = finite(errors);
    return known.length === 0 ? 'unknown' : show(Number(Math.max(...known).toPrecision(2)));
  };
  const lost = [...lossErrors, ...gradientErrors].filter((error) => typeof error === 'string').length;
  const gaps = lost === 0 ? '' : ` ${count(lost, 'value')} could not be compared, as one of both is not finite.`;
  return `Around ${place} float32 is off by at most ${worst(lossErrors)} of the loss and ${worst(gradientErrors)} of the gradient.${gaps}`;
}
