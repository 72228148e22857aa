import type { CheckContext } from '../../contracts/check.ts';
import type { Trace } from '../../contracts/engine.ts';
import type { Point } from '../../contracts/tensor.ts';
import { domainBounds } from '../../numerics/domains.ts';
import { defaultStep, stepWithin } from '../../numerics/difference.ts';
import { forward } from '../blame/reach.ts';

/**
 * What rounding of the loss is relative to, at the point and one step away from it. At a minimum of value 0 every w
 * vanishes, and with it the rounding that the differences will meet as soon as they take a step: `mean((A p - A t)^2)`
 * at p = t.
 */
export function roundingMagnitude(trace: Trace, near: Trace): number {
  return Math.max(magnitudeOf(trace), magnitudeOf(near));
}

/** A trace with every differentiable number moved by the first step of a difference, within its domain. */
export function traceNear({ reference, inputs, differentiable, random }: CheckContext, point: Point): Trace {
  const sign = random('rounding');
  const moved = Object.entries(point).map(([name, tensor]) => {
    if (!differentiable.includes(name)) return [name, tensor];
    const bounds = domainBounds(inputs.find((input) => input.name === name)?.domain ?? 'real');
    const data = new Float64Array(tensor.data.length);
    for (let index = 0; index < data.length; index++) {
      const value = tensor.data[index] ?? NaN;
      data[index] = stepWithin(value, (sign() < 0.5 ? -1 : 1) * defaultStep(value), bounds);
    }
    return [name, { ...tensor, data }];
  });
  return reference.trace(Object.fromEntries(moved), differentiable);
}

/**
 * Largest magnitude that rounding of the loss is relative to: the maximum over its operations of
 * `sum |w_k| |y_k|`, with y the output of the operation and w the gradient that reached it.
 *
 * An error of eps·|y_k| in an output changes the loss by eps·|w_k|·|y_k|. For `log(exp(x) + 1) - x` at 40 the
 * loss is 1e-17, but it is rounded like 40: without this, finite differences would promise digits that the
 * subtraction has destroyed.
 */
function magnitudeOf(trace: Trace): number {
  let largest = 0;
  for (const { vjp, outputs } of forward(trace)) {
    if (vjp === null) continue;
    let total = 0;
    outputs.forEach(({ value }, position) => {
      const incoming = vjp.incoming[position]?.data;
      if (incoming === undefined || incoming.length !== value.data.length) return;
      value.data.forEach((output, index) => {
        total += Math.abs(output * (incoming[index] ?? 0));
      });
    });
    if (Number.isFinite(total)) largest = Math.max(largest, total);
  }
  return largest;
}
