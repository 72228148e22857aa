import type { Point } from '../../contracts/tensor.ts';
import { defaultStep, differenceSteps, stepWithin, type Difference } from '../../numerics/difference.ts';
import { answerMany, differentiateMany, reindexed, type Differences } from '../../numerics/differences.ts';
import { classifySteps, isValidSubgradient, nearKinkSteps } from '../../numerics/kinks.ts';
import type { Sampling } from '../../numerics/ladder.ts';
import { judgeCoordinate } from '../../numerics/verdict.ts';
import { tensorOf } from '../point.ts';
import type { Around } from './around.ts';
import { CoordinateTable, type ComparedCoordinate } from './table.ts';

/** One input at one point, and what it takes to compare its gradient. */
export interface Comparison {
  readonly point: Point;
  readonly input: string;
  readonly around: Around;
  /** The coordinates that are compared. */
  readonly positions: Int32Array;
  readonly lower: number;
  readonly upper: number;
  /** What rounding of the values of the loss is relative to, where that is more than the values. */
  readonly magnitude: () => number;
  readonly rtol: number;
}

/** Numbers that lanes compute at once: enough for the cost of a call to vanish, few enough for the cache. */
const ENTRIES_AT_ONCE = 2 ** 19;

export function compareCoordinates(comparison: Comparison, gradient: ArrayLike<number>): CoordinateTable {
  const { positions, around, rtol } = comparison;
  const table = new CoordinateTable(positions, rtol);
  const width = Math.max(1, Math.floor(ENTRIES_AT_ONCE / around.entriesEach));
  for (let from = 0; from < positions.length; from += width) {
    const part = positions.slice(from, from + width);
    const differences = differencesAt(comparison, part);
    const open: number[] = [];
    part.forEach((position, row) => {
      const analytic = gradient[position] ?? NaN;
      const { numeric, errorBound, flat } = numbersOf(differences, row);
      const verdict = judgeCoordinate({ analytic, numeric, errorBound, rtol, flat });
      table.setPlain(from + row, analytic, numeric, errorBound, flat, verdict);
      if (verdict !== 'pass') open.push(row);
    });
    const closer = open.map((row) => closerLook(comparison, differences, row, part[row] ?? 0, gradient[part[row] ?? 0] ?? NaN));
    const looked = answerMany(closer, reindexed(around.values, open.map((row) => part[row] ?? 0)));
    looked.forEach((coordinate, at) => table.set(from + (open[at] ?? 0), coordinate));
  }
  return table;
}

/**
 * Finite differences, from changes where they are known and else from values.
 *
 * @param given where each coordinate stands, when that is not where it stands at the point
 */
export function differencesAt({ point, input, around, lower, upper, magnitude }: Comparison, positions: Int32Array, given: Float64Array | null = null): Differences {
  const xs = given ?? valuesAt(tensorOf(point, input).data, positions);
  const { changes, values } = around;
  if (changes === null) {
    const magnitudes = new Float64Array(xs.length).fill(magnitude());
    return differentiateMany(reindexed(values, positions), xs, { lower, upper, magnitudes, isChange: false, first: null });
  }
  const magnitudes = new Float64Array(xs.length);
  const steps = xs.map(defaultStep);
  const towards = (side: number): Float64Array => {
    const there = new Float64Array(xs.length);
    for (let row = 0; row < there.length; row++) there[row] = stepWithin(xs[row] ?? NaN, side * (steps[row] ?? NaN), { lower, upper });
    return changes.weigh(positions, there, magnitudes);
  };
  const above = towards(1);
  const below = towards(-1);
  return differentiateMany(reindexed(changes.evaluate, positions), xs, { lower, upper, magnitudes, isChange: true, first: { above, below } });
}

function valuesAt(data: ArrayLike<number>, positions: Int32Array): Float64Array {
  const xs = new Float64Array(positions.length);
  for (let row = 0; row < xs.length; row++) xs[row] = data[positions[row] ?? 0] ?? NaN;
  return xs;
}

function numbersOf({ value, errorBound, flat }: Differences, row: number): { readonly numeric: number; readonly errorBound: number; readonly flat: boolean } {
  return { numeric: value[row] ?? NaN, errorBound: errorBound[row] ?? Infinity, flat: flat[row] === 1 };
}

/** What the difference alone says about one coordinate. */
export function plainly(differences: Differences, row: number, position: number, analytic: number, rtol: number): ComparedCoordinate {
  const numbers = numbersOf(differences, row);
  return { ...numbers, position, analytic, rtol, verdict: judgeCoordinate({ ...numbers, analytic, rtol }), kind: 'plain', left: null, right: null, jump: null };
}

/** Well inside the 1e-7 of the usual clips. */
const CLOSE_STEP = 2 ** -26;

/**
 * Where the difference does not confirm autograd: a closer look for a kink, a jump or the edge of the domain of
 * the function itself. Asks for values of the loss.
 */
export function* closerLook(comparison: Comparison, differences: Differences, row: number, position: number, analytic: number): Sampling<ComparedCoordinate> {
  const { point, input, lower, upper, magnitude, rtol } = comparison;
  const x = tensorOf(point, input).data[position] ?? NaN;
  const bounds = { lower, upper, magnitude: magnitude() };
  const plain = plainly(differences, row, position, analytic, rtol);
  const decide = (difference: Difference): ComparedCoordinate => {
    const isEstimate = difference.kind === 'estimate';
    const numbers = { numeric: isEstimate ? difference.value : NaN, errorBound: isEstimate ? difference.errorBound : Infinity, flat: isEstimate && difference.flat };
    return { ...plain, ...numbers, verdict: judgeCoordinate({ ...numbers, analytic, rtol }) };
  };
  // From the edge of the domain one step may cross a clip that stands a millionth away: look closer.
  if (differences.oneSided[row] === 1) {
    const closer = decide(yield* differenceSteps(x, { ...bounds, initialStep: CLOSE_STEP }));
    if (closer.verdict !== 'fail') return closer;
    const kink = yield* kinkAtEdge(plain, x);
    if (kink !== null) return kink;
  }
  const bottom = yield* bottomOfParabola(plain, x, { lower, upper, scale: comparison.around.changes === null ? bounds.magnitude : (differences.scale[row] ?? Infinity) });
  if (bottom !== null) return bottom;
  const nature = yield* classifySteps(x, bounds);
  const left = nature.left?.value ?? null;
  const right = nature.right?.value ?? null;
  switch (nature.kind) {
    case 'kink': {
      if (nature.left === null || nature.right === null) return plain;
      const bound = Math.max(nature.left.errorBound, nature.right.errorBound);
      const valid = isValidSubgradient(analytic, nature.left.value, nature.right.value, bound);
      return { ...plain, kind: 'kink', left, right, verdict: valid ? 'pass' : 'fail' };
    }
    case 'jump':
      if (isRounding(nature.jump, bounds.magnitude)) return (yield* confirmZero(plain, x)) ?? { ...plain, errorBound: Infinity, verdict: 'inconclusive' };
      return { ...plain, kind: 'jump', left, right, jump: nature.jump, verdict: 'fail' };
    case 'kink-within-step': {
      const closer = yield* nearKinkSteps(x, bounds);
      const judged = closer === undefined ? { ...plain, errorBound: Infinity, verdict: 'inconclusive' as const } : decide(closer);
      return judged.verdict === 'inconclusive' ? ((yield* confirmZero(plain, x)) ?? judged) : judged;
    }
    case 'domain-edge':
      return judgeAtEdge(plain, nature.left ?? nature.right);
    case 'smooth':
    case 'undecided':
      return (yield* confirmZero(plain, x)) ?? plain;
  }
}

/**
 * A kink that stands on the edge of the domain, as |p - t| at a probability of 0 and its target: from within one slope
 * is seen, but every subgradient of the function is valid.
 */
function* kinkAtEdge(plain: ComparedCoordinate, x: number): Sampling<ComparedCoordinate | null> {
  const { kind, left, right } = yield* classifySteps(x, { lower: -Infinity, upper: Infinity });
  if (kind !== 'kink' || left === null || right === null) return null;
  const isValid = isValidSubgradient(plain.analytic, left.value, right.value, Math.max(left.errorBound, right.errorBound));
  return isValid ? { ...plain, kind: 'kink', left: left.value, right: right.value, verdict: 'pass' } : null;
}

/** Where the loss is defined on one side only, the slope of that side is what autograd must return. */
function judgeAtEdge(plain: ComparedCoordinate, side: { readonly value: number; readonly errorBound: number } | null): ComparedCoordinate {
  if (side === null) return { ...plain, errorBound: Infinity, verdict: 'inconclusive' };
  const judged = { ...plain, numeric: side.value, errorBound: side.errorBound };
  return { ...judged, verdict: judgeCoordinate(judged) };
}

/** A step in value that is no more than rounding of what the loss adds up. */
function isRounding(jump: number | null, magnitude: number): boolean {
  return jump !== null && Math.abs(jump) <= 2 ** -44 * magnitude;
}

const STATIONARY_STEP = 2 ** -10;
const STATIONARY_SHARE = 1e-6;

/** Second differences of a parabola lose a factor of 16 when the step is divided by 4. */
const PARABOLA_WITHIN = 2 ** -8;

/** What a perfect match looks like to most losses, found with a few values and not the fifty of a classification. */
function* bottomOfParabola(plain: ComparedCoordinate, x: number, { lower, upper, scale }: { readonly lower: number; readonly upper: number; readonly scale: number }): Sampling<ComparedCoordinate | null> {
  const { analytic, numeric, errorBound } = plain;
  if (!(Math.abs(analytic) <= errorBound && Math.abs(numeric) <= errorBound)) return null;
  const step = STATIONARY_STEP * Math.max(1, Math.abs(x));
  if (x - step < lower || x + step > upper) return null;
  const here = yield x;
  const bends: number[] = [];
  for (const share of [1, 1 / 4, 1 / 16]) {
    const above = yield x + share * step;
    const below = yield x - share * step;
    bends.push((above - here + (below - here)) * share ** -2);
  }
  const [widest = NaN, ...narrower] = bends;
  const rounding = 2 ** -44 * Math.max(scale, Math.abs(here)) * 16 ** 2;
  const isParabola = Math.abs(widest) > 2 ** 8 * rounding && narrower.every((bend) => Math.abs(bend - widest) <= PARABOLA_WITHIN * Math.abs(widest));
  return isParabola ? yield* confirmZero(plain, x) : null;
}

/**
 * Both derivatives zero within the bound, and the bound tiny beside the slopes a short way off: the bottom
 * of a parabola. No relative error can be formed there, but zero is confirmed.
 */
function* confirmZero(plain: ComparedCoordinate, x: number): Sampling<ComparedCoordinate | null> {
  const { analytic, numeric, errorBound } = plain;
  if (!(Math.abs(analytic) <= errorBound && Math.abs(numeric) <= errorBound)) return null;
  const step = STATIONARY_STEP * Math.max(1, Math.abs(x));
  const there = yield x + step;
  const here = yield x;
  const slope = Math.abs(there - here) / step;
  return errorBound <= STATIONARY_SHARE * slope ? { ...plain, kind: 'stationary', verdict: 'pass' } : null;
}
