/** How shapes meet in an element-wise operation: axes are matched from the last one backwards. */

type Shape = readonly number[];

/** The shape that two shapes broadcast to; null where they do not fit. */
export function broadcastShape(a: Shape, b: Shape): number[] | null {
  const rank = Math.max(a.length, b.length);
  const joined: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return null;
    joined.push(Math.max(left, right));
  }
  return joined;
}

/** Whether every one of the shapes has fewer elements than what they broadcast to. */
export function enlargesAll(shapes: readonly Shape[], result: Shape): boolean {
  const size = elements(result);
  return shapes.every((shape) => elements(shape) < size);
}

function elements(shape: Shape): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/**
 * Two shapes that look as if they held the same rows and yet meet crosswise: [8] and [8, 1].
 *
 * The ranks differ, so that the shorter one is padded with axes in front that nobody wrote. Without their axes
 * of one element, one of them is the beginning or the end of the other; where the sizes differ ([8, 1] and [5])
 * nobody can have taken the one for the other, and all pairs are meant.
 */
export function isCrosswise(a: Shape, b: Shape): boolean {
  if (a.length === b.length) return false;
  const joined = broadcastShape(a, b);
  return joined !== null && enlargesAll([a, b], joined) && looksAlike(withoutOnes(a), withoutOnes(b));
}

function withoutOnes(shape: Shape): Shape {
  return shape.filter((dimension) => dimension !== 1);
}

function looksAlike(a: Shape, b: Shape): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const text = short.join();
  return text === long.slice(0, short.length).join() || text === long.slice(long.length - short.length).join();
}

/** Fewer entries than this lie on one line whatever they are. */
const TELLING_ENTRIES = 3;
/** Rounding of a scale and a shift in float64, with room for a few steps. */
const SAME_WITHIN = 1e-9;

/** Whether the one list of numbers is the other one, scaled and shifted at most. */
export function isSameUpToScale(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length || a.length === 0) return false;
  let low = 0;
  let high = 0;
  for (let index = 1; index < a.length; index++) {
    if ((a[index] ?? 0) < (a[low] ?? 0)) low = index;
    if ((a[index] ?? 0) > (a[high] ?? 0)) high = index;
  }
  const range = (a[high] ?? 0) - (a[low] ?? 0);
  const isShort = a.length < TELLING_ENTRIES || !(range > 0);
  const scale = isShort ? 1 : ((b[high] ?? 0) - (b[low] ?? 0)) / range;
  const shift = isShort ? 0 : (b[low] ?? 0) - scale * (a[low] ?? 0);
  if (scale === 0) return false;
  for (let index = 0; index < a.length; index++) {
    const expected = scale * (a[index] ?? 0) + shift;
    if (!(Math.abs((b[index] ?? 0) - expected) <= SAME_WITHIN * (Math.abs(expected) + Math.abs(scale) * range + Math.abs(shift)))) return false;
  }
  return true;
}
