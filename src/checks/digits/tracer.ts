import type { CheckContext } from '../../contracts/check.ts';
import { distance } from '../../numerics/precision.ts';
import type { Traces } from '../blame/lost-digits.ts';
import type { Lost, Tracer } from './judge.ts';
import type { Place } from './points.ts';

/**
 * Traces with the slopes of every number, targets included: digits may be lost on the way of a target too.
 * An operation without a derivative on such a way makes them fail; then those of predictions must do.
 */
export function tracer({ reference, production, differentiable }: CheckContext): Tracer {
  const known = new Map<Place, Traces>();
  return (place) => {
    const before = known.get(place);
    if (before !== undefined) return before;
    const floats = Object.entries(place.point).flatMap(([name, { dtype }]) => (dtype === 'float32' ? [name] : []));
    const whole = reference.trace(place.point, floats);
    const names = whole.gradients === null ? differentiable : floats;
    const exact = whole.gradients === null ? reference.trace(place.point, names) : whole;
    const traces = { exact, single: production.trace(place.point, names) };
    known.set(place, traces);
    return traces;
  };
}

/** A loss that gives another value for the same point counts its calls, and each engine was called its own number of times. */
export function isRepeatable({ at }: Lost, traced: Tracer): boolean {
  const before = at.pairs.get(null);
  const { exact, single } = traced(at.place);
  if (before === undefined || exact.evaluation.kind !== 'tensor' || single.evaluation.kind !== 'tensor') return false;
  return distance(before.exact.data, exact.evaluation.tensor.data) === 0 && distance(before.single.data, single.evaluation.tensor.data) === 0;
}
