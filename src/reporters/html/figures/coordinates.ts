import type { CoordinatesReport } from '../../../contracts/evidence.ts';
import { readNumber } from '../../numbers.ts';
import { count } from '../../text.ts';
import { readable } from '../markup.ts';
import { indexAt, type HeatMap } from '../plot.ts';
import { plotted, type Figure } from './figure.ts';
import { nameOf, placeOf, show } from './words.ts';

/** Wider rows than this leave cells too small to tell apart. */
const MOST_COLUMNS = 64;
/** Columns of a vector, broken into rows. */
const VECTOR_COLUMNS = 32;
/** More rows in the table than anyone reads make the page slow. */
const MOST_ROWS = 200;

/** Relative error of every coordinate, where it stands in the input. */
export function coordinatesFigure(evidence: CoordinatesReport): Figure {
  const { input, at, positions, analytic, numeric, relativeErrors, errorBounds } = evidence;
  const name = readable(input);
  const worst = positions.map((_, row) => row).toSorted((a, b) => rank(relativeErrors[b]) - rank(relativeErrors[a]));
  return {
    title: `Which numbers of ${name} get a wrong gradient?`,
    reading:
      'One cell for each number of the input; orange with a dot is above the tolerance, blue is below. ' +
      'A whole row, column or corner that stands out tells where in the formula to look.',
    conclusion: conclude(name + placeOf(at), evidence, worst[0]),
    plot: { ...layOut(evidence), input: name },
    table: {
      head: ['coordinate', 'autograd', 'numeric', 'relative error', 'error bound'],
      rows: worst
        .slice(0, MOST_ROWS)
        .map((row) => [
          nameOf(input, indexAt(positions[row] ?? 0, evidence.shape)),
          show(analytic[row]),
          show(numeric[row]),
          show(relativeErrors[row]),
          show(errorBounds[row]),
        ]),
      note: worst.length > MOST_ROWS ? `The ${MOST_ROWS} with the largest relative error of ${worst.length}.` : null,
    },
  };
}

/** NaN is worse than any error. */
function rank(error: number | string | undefined): number {
  const number = readNumber(error);
  return number === null || Number.isNaN(number) ? Number.POSITIVE_INFINITY : number;
}

function conclude(place: string, evidence: CoordinatesReport, worst: number | undefined): string {
  const { relativeErrors, rtol, compared, positions, shape, input } = evidence;
  if (worst === undefined) return `No coordinate of ${place} was compared.`;
  const above = relativeErrors.filter((error) => rank(error) > rtol).length;
  const thinned = compared > positions.length ? ` The ${positions.length} with the largest error of ${compared} are shown.` : '';
  const largest = `the largest is ${show(relativeErrors[worst])} at ${nameOf(input, indexAt(positions[worst] ?? 0, shape))}.`;
  return above === 0
    ? `All ${count(compared, 'coordinate')} of ${place} have a relative error of at most ${show(rtol)}; ${largest}${thinned}`
    : `${above} of ${count(compared, 'coordinate')} of ${place} ${above === 1 ? 'has' : 'have'} a relative error above ${show(rtol)}; ${largest}${thinned}`;
}

function layOut(evidence: CoordinatesReport): HeatMap {
  const { shape, positions, compared, input, rtol } = evidence;
  const last = [...shape].toReversed().find((length) => length > 1) ?? 1;
  const axes = shape.filter((length) => length > 1).length;
  const isGrid = axes > 1 && last <= MOST_COLUMNS && compared <= positions.length;
  return {
    kind: 'heat',
    input,
    shape,
    positions,
    analytic: plotted(evidence.analytic),
    numeric: plotted(evidence.numeric),
    errors: plotted(evidence.relativeErrors),
    bounds: plotted(evidence.errorBounds),
    columns: isGrid ? last : Math.min(VECTOR_COLUMNS, Math.max(1, positions.length)),
    isGrid,
    rtol,
  };
}
