/** The points of a plot: evenly spaced, and closer together where the loss bends, breaks or runs away. */

const EVEN = 24;
const MOST_PASSES = 7;
const MOST_POINTS = 240;

/** Heights of a plot below which nobody sees a difference. */
const UNSEEN = 1 / 400;

/** A step of the slope that is still there at this share of the width is a jump. */
const JUMP_WIDTH = 1 / 1000;
const JUMP_HEIGHT = 1 / 50;
const JUMP_CONTRAST = 4;

/** Share of the points at either end that may leave the axis. */
const OUTLYING = 0.05;
const ROUNDING = 1e-9;

/** A constant slope does not lie on the frame. */
const SLOPE_ROOM = 1 / 25;

/**
 * @returns points { s, value, slope, breaks }, where `breaks` says which of the two jumps before the point; the range of
 *   either axis; and what lies beyond it
 */
export function curveOf({ from, to, at }) {
  const even = Array.from({ length: EVEN + 1 }, (_, i) => at(i === EVEN ? to : from + ((to - from) * i) / EVEN));
  let points = even;
  let [values, slopes] = rangesOf(even, points);
  for (let pass = 0; pass < MOST_PASSES && points.length < MOST_POINTS; pass++) {
    const known = points;
    const between = (i) => (isCoarse(known, i, values, slopes) ? [at((known[i - 1].s + known[i].s) / 2)] : []);
    points = known.flatMap((point, i) => (i === 0 ? [point] : [...between(i), point]));
    if (points.length === known.length) break;
    [values, slopes] = rangesOf(even, points);
  }
  return {
    points: points.map((point, i) => {
      const breaks = { value: isJump(points, i, 'value', values, to - from), slope: isJump(points, i, 'slope', slopes, to - from) };
      return { ...point, breaks };
    }),
    values: { ...values, beyond: beyond(points, 'value', values) },
    slopes: { ...slopes, beyond: beyond(points, 'slope', slopes) },
  };
}

/**
 * A step within next to nothing, and unlike those around it: a curve that is steep takes many. One of them may be as
 * large, where a point lies on the jump itself.
 */
function isJump(points, i, key, range, width) {
  const step = (at) => (points[at - 1] === undefined || points[at] === undefined ? 0 : Math.abs(points[at][key] - points[at - 1][key]));
  if (i === 0 || points[i].s - points[i - 1].s > width * JUMP_WIDTH || !isVisible(points, i, key, range)) return false;
  const [, around] = [i - 2, i - 1, i + 1, i + 2].map(step).toSorted((a, b) => b - a);
  return seen(step(i), range) > JUMP_HEIGHT && step(i) > JUMP_CONTRAST * around;
}

function isVisible(points, i, key, { low, high }) {
  return [points[i - 1], points[i]].some((point) => point[key] >= low && point[key] <= high);
}

/** The share of the height of a plot. */
function seen(difference, { low, high }) {
  return Math.abs(difference) / (high - low);
}

/** Whether the stretch before point i looks other than it is when it is drawn as a straight line. */
function isCoarse(points, i, values, slopes) {
  const [a, b] = [points[i - 1], points[i]];
  const width = b.s - a.s;
  const bend = seen(((b.slope - a.slope) * width) / 8, values);
  const defect = seen(b.value - a.value - ((a.slope + b.slope) * width) / 2, values);
  if (isVisible(points, i, 'value', values) && Math.max(bend, defect) > UNSEEN) return true;
  return isVisible(points, i, 'slope', slopes) && [i - 1, i].some((at) => bendAt(points, at, slopes) > UNSEEN);
}

/** How far a line from neighbour to neighbour would miss the slope at a point. */
function bendAt(points, i, slopes) {
  const [before, point, after] = [points[i - 1], points[i], points[i + 1]];
  if (before === undefined || after === undefined) return 0;
  const share = (point.s - before.s) / (after.s - before.s);
  return seen(before.slope + (after.slope - before.slope) * share - point.slope, slopes);
}

function rangesOf(even, points) {
  const of = (key) => rangeOf(even.map((point) => point[key]), points.map((point) => point[key]));
  const { low, high } = of('slope');
  const [bottom, top] = [Math.min(low, 0), Math.max(high, 0)];
  const room = (top - bottom || 1) * SLOPE_ROOM;
  return [of('value'), { low: bottom - room, high: top + room }].map(wideEnough);
}

/** What the axis shows: everything, unless a few points at a singularity would press all the others flat. */
function rangeOf(even, all) {
  const sorted = even.toSorted((a, b) => a - b);
  const [low, high] = [OUTLYING, 1 - OUTLYING].map((share) => sorted[Math.round(share * (sorted.length - 1))]);
  const span = high - low;
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return {
    low: span > 0 && least < low - span ? low - span / 4 : least,
    high: span > 0 && most > high + span ? high + span / 4 : most,
  };
}

/** Rounding alone is not a shape. */
function wideEnough({ low, high }) {
  return high - low > ROUNDING * Math.max(Math.abs(high), Math.abs(low)) ? { low, high } : { low: low - 1, high: high + 1 };
}

/** The furthest point above and below the axis; nothing where all is on it. */
function beyond(points, key, { low, high }) {
  const furthest = (sign, limit) => {
    const outside = points.filter((point) => sign * point[key] > sign * limit + (high - low) / 100);
    return outside.toSorted((a, b) => sign * (b[key] - a[key])).slice(0, 1);
  };
  return [...furthest(-1, low), ...furthest(1, high)].map((point) => ({ s: point.s, value: point[key] }));
}
