/** What a function looks like at one point: smooth, a kink, a jump, the edge of where it is defined. */

import { answer, differenceSteps, oneSidedSteps, type DifferenceEstimate, type DifferenceOptions } from './difference.ts';
import type { Sampling } from './ladder.ts';
import {
  centralRatios,
  decidingRatio,
  secondDifferenceRatios,
  SHRINKING_RATIO,
  shiftRatios,
  type Ratio,
} from './ratios.ts';
import { finiteTail, observeSides, settledSlope, STEP_FACTOR, type Sides, type SideStep, type Slope } from './sides.ts';

export { oneSidedDerivative } from './difference.ts';

/** Median of J(h/4) / J(h) above which the second difference does not go away: a kink. */
const KINK_RATIO = SHRINKING_RATIO;

/** And above which it grows because the values themselves stay apart. A kink gives 1, a jump 4. */
const JUMP_RATIO = 2.5;

/** A kink between two finite slopes stays below this; sqrt|x| gives 2. */
const FINITE_SLOPE_RATIO = 1.3;

/** A jump keeps at least this share of its height when h shrinks by 4; |x|^(1/3) keeps 0.63. */
const JUMP_KEEPS = 0.9;

/** A smooth J loses a factor of 4, of 64 where f'' is 0. One that loses more at once left a kink behind. */
const VANISHED_RATIO = 0.01;

export type PointKind = 'smooth' | 'kink' | 'jump' | 'domain-edge' | 'kink-within-step' | 'undecided';

export interface PointClass {
  readonly kind: PointKind;
  /** Median of J(h/4) / J(h) over the smallest steps; 0 where J is lost in rounding. */
  readonly ratio: number;
  /** One-sided derivatives; null where there is none, or none that settles. */
  readonly left: Slope | null;
  readonly right: Slope | null;
  /** Height of a jump, signed from left to right; null unless the kind is `jump`. */
  readonly jump: number | null;
}

export interface PointOptions {
  readonly lower?: number;
  readonly upper?: number;
}

/** The kind with the largest step that sees x alone. */
interface Reading {
  readonly kind: PointKind;
  readonly ratio: number;
  readonly jump: number | null;
  readonly smoothBelow: number | null;
}

interface Slopes {
  readonly left: Slope | null;
  readonly right: Slope | null;
}

function reading(kind: PointKind, ratio = 0, jump: number | null = null, smoothBelow: number | null = null): Reading {
  return { kind, ratio, jump, smoothBelow };
}

/** Of the rises to the left, to the right and across, the largest: a single point may stand out of its line. */
function heightOf(s: SideStep): number {
  const across = s.leftRise + s.rightRise;
  const sides = Math.abs(s.leftRise) > Math.abs(s.rightRise) ? s.leftRise : s.rightRise;
  return Math.abs(across) >= Math.abs(sides) ? across : sides;
}

/** A jump's height stays as h shrinks; what merely falls slowly (|x|^(1/3)) is left undecided. */
function readJump(steps: readonly SideStep[], ratio: number): Reading {
  const [before, last] = steps.slice(-2).map(heightOf);
  if (before === undefined || last === undefined) return reading('undecided', ratio);
  const stays = Math.abs(last) >= JUMP_KEEPS * Math.abs(before);
  return stays ? reading('jump', ratio, last) : reading('undecided', ratio);
}

/** Whether both sides have a slope, and the same one. */
function slopesAgree({ left, right }: Slopes): boolean {
  return left !== null && right !== null && Math.abs(left.value - right.value) <= left.errorBound + right.errorBound;
}

/**
 * A kink has different slopes on both sides, or none. Equal ones, found with smaller steps, mean that the kink is
 * very near, but not at x.
 */
function readKink(slopes: Slopes, ratio: number): Reading {
  if (ratio > FINITE_SLOPE_RATIO) return reading('kink', ratio);
  if (slopes.left === null || slopes.right === null) return reading('undecided', ratio);
  return slopesAgree(slopes) ? readNearKink(slopes, Infinity, ratio) : reading('kink', ratio);
}

/** Smooth at x for steps below `step`, and where the one-sided slopes were found. */
function readNearKink({ left, right }: Slopes, step: number, ratio: number): Reading {
  const below = Math.min(step, left?.step ?? Infinity, right?.step ?? Infinity);
  return reading('kink-within-step', ratio, null, below);
}

/** The largest step from which on downwards J and the central difference behave as at a smooth point. */
function smoothBelow(second: readonly Ratio[], shift: readonly Ratio[]): number {
  const stayed = [...second, ...shift].filter((r) => r.value > KINK_RATIO).map((r) => r.step / STEP_FACTOR);
  const vanished = second.filter((r) => r.value < VANISHED_RATIO).map((r) => r.step);
  return Math.min(...stayed, ...vanished);
}

function readSmooth(steps: readonly SideStep[], second: readonly Ratio[], slopes: Slopes, ratio: number): Reading {
  const shift = shiftRatios(steps);
  const slopeDiverges = decidingRatio(centralRatios(steps)) > FINITE_SLOPE_RATIO || decidingRatio(shift) > KINK_RATIO;
  if (slopeDiverges) return slopesAgree(slopes) ? readNearKink(slopes, Infinity, ratio) : reading('undecided', ratio);
  const below = smoothBelow(second, shift);
  return below === Infinity ? reading('smooth', ratio) : reading('kink-within-step', ratio, null, below);
}

/** Reads a point that has room on both sides. */
function readSides(sides: Sides, slopes: Slopes): Reading {
  const steps = finiteTail(sides);
  if (steps.length < 2) return reading(isFiniteOnOneSide(sides) ? 'domain-edge' : 'undecided');
  const second = secondDifferenceRatios(steps);
  const ratio = decidingRatio(second);
  if (Math.max(ratio, decidingRatio(centralRatios(steps))) > JUMP_RATIO) return readJump(steps, ratio);
  return ratio > KINK_RATIO ? readKink(slopes, ratio) : readSmooth(steps, second, slopes, ratio);
}

function isFiniteOnOneSide({ steps }: Sides): boolean {
  const last = steps.at(-1);
  return last !== undefined && last.finiteLeft !== last.finiteRight;
}

interface Point {
  readonly reading: Reading;
  readonly slopes: Slopes;
}

function* readPoint(x: number, options: PointOptions): Sampling<Point> {
  const slopes = {
    left: settledSlope(yield* oneSidedSteps(x, -1, options)),
    right: settledSlope(yield* oneSidedSteps(x, 1, options)),
  };
  const { lower = -Infinity, upper = Infinity } = options;
  const room = Math.min(x - lower, upper - x);
  if (room > 0) return { reading: readSides(yield* observeSides(x, room), slopes), slopes };
  return { reading: reading(room === 0 ? 'domain-edge' : 'undecided'), slopes };
}

/**
 * Classifies f at x, by J(h) = (f(x+h) - 2f(x) + f(x-h)) / h on h = 1e-3·max(1, |x|)·4^-k (powers of two, k < 9)
 * and, to see what a larger step of `differentiate` met, on the steps between. J counts only above
 * 80·eps·max|f|/h; r is the median of J(h/4) / J(h) over the four smallest steps that count.
 *
 * - `smooth`: r about 1/4, or J lost in rounding, and the central difference settles
 * - `kink`: r > 0.6 with two different slopes, or r > 1.3
 * - `jump`: r > 2.5, of J or of f(x+h) - f(x-h), and the height stays
 * - `domain-edge`: x on a bound, or f finite on one side only
 * - `kink-within-step`: smooth at x, but larger steps met a kink or jump; `resolveNearKink` goes below
 * - `undecided`: none of these
 *
 * At 0: |x| and max(0, x) are kinks, Huber at delta and |x|^1.5 (r = 1/2) smooth, sqrt|x| (r = 2) a kink without
 * slopes; floor and sign jumps; sqrt x, x log x a domain edge; x log|x| with 0 at 0 (a vertical tangent, which J
 * does not see), |x|^(1/3) and |x|^1.1 (smooth, but not to be told from a kink) undecided.
 */
export function classifyPoint(f: (x: number) => number, x: number, options: PointOptions = {}): PointClass {
  return answer(f, classifySteps(x, options));
}

/** `classifyPoint` as a generator: yields each argument and expects f there. */
export function* classifySteps(x: number, options: PointOptions): Sampling<PointClass> {
  const { reading: read, slopes } = yield* readPoint(x, options);
  return { kind: read.kind, ratio: read.ratio, jump: read.jump, ...slopes };
}

/**
 * f'(x) at a smooth point next to a kink or jump, from steps too small to reach it.
 *
 * @returns the estimate, or undefined where f is not smooth at x
 */
export function resolveNearKink(
  f: (x: number) => number,
  x: number,
  options: DifferenceOptions = {},
): DifferenceEstimate | undefined {
  return answer(f, nearKinkSteps(x, options));
}

/** `resolveNearKink` as a generator. */
export function* nearKinkSteps(x: number, options: DifferenceOptions): Sampling<DifferenceEstimate | undefined> {
  const { kind, smoothBelow: initialStep } = (yield* readPoint(x, options)).reading;
  if (kind !== 'smooth' && kind !== 'kink-within-step') return undefined;
  const difference = yield* differenceSteps(x, initialStep === null ? options : { ...options, initialStep });
  return difference.kind === 'estimate' ? difference : undefined;
}

/**
 * True where `analytic` lies in [min(left, right) - bound, max(left, right) + bound]: what autograd may
 * return at a kink between the slopes `left` and `right`. False for a NaN anywhere.
 */
export function isValidSubgradient(analytic: number, left: number, right: number, bound: number): boolean {
  return analytic >= Math.min(left, right) - bound && analytic <= Math.max(left, right) + bound;
}
