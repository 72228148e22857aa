import type { Trace } from '../contracts/engine.ts';
import { forward } from './blame/reach.ts';

/**
 * Largest magnitude that rounding of the loss is relative to: the maximum over its operations of
 * `sum |w_k| |y_k|`, with y the output of the operation and w the gradient that reached it.
 *
 * An error of eps·|y_k| in an output changes the loss by eps·|w_k|·|y_k|. For `log(exp(x) + 1) - x` at 40 the
 * loss is 1e-17, but it is rounded like 40: without this, finite differences would promise digits that the
 * subtraction has destroyed.
 */
export function roundingMagnitude(trace: Trace): number {
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
