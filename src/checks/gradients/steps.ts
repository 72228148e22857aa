import type { StepsReport } from '../../contracts/evidence.ts';
import { unravel } from '../../contracts/tensor.ts';
import { answer, ladderSteps } from '../../numerics/difference.ts';
import { relativeError } from '../../numerics/verdict.ts';
import { tensorOf } from '../point.ts';
import { differencesAt } from './compare.ts';
import type { Measured } from './measure.ts';

/** One coordinate of an input at a point where its gradient was compared. */
export interface Spot {
  readonly measured: Measured;
  readonly position: number;
  /** The difference that the verdict rests on; null where a kink, a jump or nothing decided. */
  readonly numeric: number | null;
}

/** How the error depends on the step, from the largest step down to where rounding leaves nothing; null without any finite difference. */
export function stepsAt({ measured, position, numeric }: Spot): StepsReport | null {
  const { place, point, input, gradient, around, lower, upper } = measured;
  const { data, shape } = tensorOf(point, input);
  const self = Int32Array.of(position);
  const { value, errorBound, scale, step } = differencesAt(measured, self);
  const evaluate = around.changes?.evaluate ?? around.values;
  const rungs = answer(
    (x) => evaluate(self, Float64Array.of(x))[0] ?? NaN,
    ladderSteps(data[position] ?? NaN, { lower, upper, magnitude: scale[0] ?? 0, isChange: around.changes !== null }),
  );
  if (rungs.length === 0) return null;
  const analytic = gradient[position] ?? NaN;
  // A closer look may have decided by steps of its own.
  const isDecisive = numeric !== null && Math.abs((value[0] ?? NaN) - numeric) <= (errorBound[0] ?? 0);
  const chosen = isDecisive ? rungs.findIndex((rung) => rung.step === step[0]) : -1;
  return {
    kind: 'steps',
    input,
    index: unravel(position, shape),
    at: place.label,
    analytic,
    steps: rungs.map((rung) => rung.step),
    numeric: rungs.map((rung) => rung.value),
    relativeErrors: rungs.map((rung) => relativeError(analytic, rung.value)),
    chosen: chosen < 0 ? null : chosen,
  };
}
