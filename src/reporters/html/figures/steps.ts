import type { StepsReport } from '../../../contracts/evidence.ts';
import { LEAST_ERROR } from '../plot.ts';
import { plotted, type Figure } from './figure.ts';
import { ascending, finite, isFiniteNumber, nameOf, placeOf, show } from './words.ts';

/** Error of the numeric derivative against its step: the V that every derivative by differences shows. */
export function stepsFigure(evidence: StepsReport): Figure {
  const { input, index, at, steps, numeric, relativeErrors, chosen, analytic } = evidence;
  const name = nameOf(input, index);
  const order = ascending(steps).filter(({ x }) => x > 0);
  const pick = <T>(values: readonly T[]) => order.flatMap(({ at: from }) => values.slice(from, from + 1));
  const chosenStep = chosen === null ? undefined : steps[chosen];
  return {
    title: 'How far is the numeric slope from autograd’s, for each step size?',
    reading:
      'Large steps miss the curve, tiny steps drown in rounding, and the error is least between them. ' +
      'A right gradient gives a deep V; a wrong one stays high at every step.',
    conclusion: conclude(name + placeOf(at), evidence),
    plot: {
      kind: 'lines',
      x: { label: `step added to ${name}`, scale: 'log' },
      xs: order.map(({ x }) => x),
      panels: [
        {
          y: { label: 'relative error', scale: 'log' },
          floor: LEAST_ERROR,
          series: [{ label: 'error of the numeric slope', color: 0, look: 'dotted-line', values: plotted(pick(relativeErrors)) }],
        },
      ],
      marks: isFiniteNumber(chosenStep) ? [{ x: chosenStep, label: `the step that decided, ${show(chosenStep)}` }] : [],
    },
    table: {
      head: ['step', 'numeric slope', 'autograd', 'relative error', 'decided'],
      rows: steps.map((step, row) => [
        show(step),
        show(numeric[row]),
        show(analytic),
        show(relativeErrors[row]),
        row === chosen ? 'yes' : '',
      ]),
      note: null,
    },
  };
}

function conclude(place: string, { steps, relativeErrors, chosen }: StepsReport): string {
  if (chosen !== null) {
    return `At ${place} the step ${show(steps[chosen])} decided, with a relative error of ${show(relativeErrors[chosen])}.`;
  }
  const errors = finite(relativeErrors);
  if (errors.length === 0) return `At ${place} no step gave a finite error.`;
  return `At ${place} no step was good enough to decide; the least relative error is ${show(Math.min(...errors))}.`;
}
