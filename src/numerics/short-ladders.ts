/** Ladders of two rungs: where the loss is a parabola or a line between them nothing more is to be found out. */

import { defaultStep } from './difference.ts';
import { ALIASING_STEP, EPSILON, FLAT_ROUNDINGS, SMALLEST_NORMAL } from './ladder.ts';
import type { BothSides, Differences, ManyOptions } from './ladders.ts';
import { DEFAULT_SUFFICIENT_ERROR, KAPPA_CENTRAL } from './scheme.ts';

/**
 * Writes what two rungs decide, as `ladder.ts` does: the first extrapolated entry, when it is accurate.
 *
 * @returns the coordinates that need more rungs
 */
export function shortLadders(
  [wide, narrow]: readonly [BothSides, BothSides],
  xs: Float64Array,
  indices: Int32Array,
  { magnitudes, isChange }: Pick<ManyOptions, 'magnitudes' | 'isChange'>,
  found: Differences,
): Int32Array {
  const rest = new Int32Array(indices.length);
  let open = 0;
  for (let place = 0; place < indices.length; place++) {
    const index = indices[place] ?? 0;
    const x = xs[index] ?? NaN;
    const step = defaultStep(x);
    const half = step / 2;
    const above = wide.above[index] ?? NaN;
    const below = wide.below[index] ?? NaN;
    const near = narrow.above[index] ?? NaN;
    const far = narrow.below[index] ?? NaN;
    const magnitude = magnitudes[index] ?? 0;
    const first = (above - below) / (x + step - (x - step));
    const second = (near - far) / (x + half - (x - half));
    const entry = second + (second - first) / 3;
    const scale = Math.max(magnitude, Math.abs(above), Math.abs(below), Math.abs(near), Math.abs(far));
    const rounding = (EPSILON * KAPPA_CENTRAL * Math.max(scale, SMALLEST_NORMAL) + EPSILON * Math.abs(x) * Math.abs(second)) / half;
    const error = Math.max(Math.abs(entry - second), Math.abs(entry - first)) + rounding;
    const low = Math.min(above, below, near, far);
    const high = Math.max(above, below, near, far);
    const isAccurate = low === high || error <= DEFAULT_SUFFICIENT_ERROR * Math.abs(entry);
    // A NaN anywhere is not accurate, and a sum that overflows is not finite.
    if (!(isAccurate && half < ALIASING_STEP && scale < Infinity && error < Infinity)) {
      rest[open++] = index;
      continue;
    }
    found.value[index] = entry;
    found.errorBound[index] = error;
    found.scale[index] = scale;
    found.step[index] = half;
    found.flat[index] = high - low <= FLAT_ROUNDINGS * EPSILON * Math.max(Math.abs(low), Math.abs(high), isChange ? magnitude : 0) ? 1 : 0;
  }
  return rest.slice(0, open);
}
