import type { InputSpec } from '../contracts/domain.ts';
import { isDifferentiable } from '../contracts/domain.ts';
import type { Point } from '../contracts/tensor.ts';
import { tensorOf } from './point.ts';

/** Points where losses have their kinks: random samples never hit them. */

/** Can a value of `from` stand where `to` is declared? */
function fits(from: InputSpec, to: InputSpec): boolean {
  if (from.shape.join() !== to.shape.join() || to.classes !== null || from.classes !== null) return false;
  const wide = to.domain === 'real' || to.domain === 'logit' || to.domain === from.domain;
  if (wide) return true;
  if (to.domain === 'probability') return from.domain === 'binary' || from.domain === 'one-hot' || from.domain === 'distribution';
  if (to.domain === 'distribution') return from.domain === 'one-hot';
  return to.domain === 'nonnegative' && ['binary', 'one-hot', 'probability', 'positive'].includes(String(from.domain));
}

/** The point with each prediction replaced by the target it is compared with; null where none fits. */
export function matchedPoint(point: Point, inputs: readonly InputSpec[]): Point | null {
  const targets = inputs.filter(({ role }) => role === 'target');
  const matches = inputs.flatMap((prediction) => {
    if (prediction.role !== 'prediction') return [];
    const target = targets.find((candidate) => fits(candidate, prediction));
    return target === undefined ? [] : [[prediction.name, target.name] as const];
  });
  if (matches.length === 0) return null;
  return {
    ...point,
    ...Object.fromEntries(
      matches.map(([prediction, target]) => [prediction, { ...tensorOf(point, prediction), data: tensorOf(point, target).data }]),
    ),
  };
}

/** The point with all entries along the last axis of each free input equal, so that every maximum ties. */
export function tiedPoint(point: Point, inputs: readonly InputSpec[]): Point | null {
  const free = inputs.filter(
    ({ role, domain, shape }) =>
      isDifferentiable(role) &&
      (shape.at(-1) ?? 1) > 1 &&
      (typeof domain === 'object' || ['real', 'logit', 'probability', 'positive', 'nonnegative'].includes(String(domain))),
  );
  if (free.length === 0) return null;
  const tied = free.map(({ name, shape }) => {
    const tensor = tensorOf(point, name);
    const width = shape.at(-1) ?? 1;
    const data = Float64Array.from(tensor.data, (_, index) => tensor.data[index - (index % width)] ?? 0);
    return [name, { ...tensor, data }] as const;
  });
  return { ...point, ...Object.fromEntries(tied) };
}
