/** Derivatives of a function of one variable by differences, each with a bound on its error. */

import {
  climb,
  everyRung,
  observe,
  type Estimate,
  type Observations,
  type Quotient,
  type Rung,
  type Sampling,
  type Scheme,
} from './ladder.ts';
import { COLUMNS_CENTRAL, DEFAULT_SUFFICIENT_ERROR, KAPPA_CENTRAL, SMALLEST_STEP } from './scheme.ts';

/** Largest step relative to max(1, |x|), before it is rounded to a power of two. */
const START_STEP = 0.05;

/**
 * A central estimate squeezed between x and a near bound is taken as it is up to this relative error;
 * beyond it the free side is tried as well.
 */
const POOR_ERROR = 1e-4;

/** The weights of the one-sided table add up to 8.3, and its quotients have twice the rounding of central ones. */
const KAPPA_ONE_SIDED = 64;

/** Powers of h and not of h²: more columns for a comparable order. */
const COLUMNS_ONE_SIDED = 7;

export interface DifferenceOptions {
  /** Steps never leave [lower, upper]. */
  readonly lower?: number;
  readonly upper?: number;
  /** Largest step to try, rounded down to a power of two; by default 0.05·max(1, |x|), rounded. */
  readonly initialStep?: number;
  /**
   * Largest magnitude of the intermediate values that f adds up, when it is known to exceed that of f itself:
   * log(e^x + 1) - x is of order e^-x but rounded like x. Enters the bound as max|f| does.
   */
  readonly magnitude?: number;
  /** f is a change, rounded like the values that it is a change of, as `magnitude` says: below that it is flat. */
  readonly isChange?: boolean;
  /** Stop as soon as the error bound is this small relative to the value; 1e-11 by default. */
  readonly sufficientError?: number;
}

export interface DifferenceEstimate {
  readonly kind: 'estimate';
  readonly value: number;
  /** Bound on |value - f'(x)|. */
  readonly errorBound: number;
  readonly step: number;
  /** Largest |f| seen, or the given magnitude where that is larger. */
  readonly scale: number;
  readonly evaluations: number;
  readonly rungs: readonly Rung[];
  readonly oneSided: 'left' | 'right' | null;
  /** The values that the estimate was made of are all the same, but for rounding. */
  readonly flat: boolean;
}

interface UndefinedDifference {
  readonly kind: 'undefined';
  readonly evaluations: number;
  /** `nonfinite`: x or the values around it; `empty-interval`: x is outside its interval, or alone in it. */
  readonly reason: 'nonfinite' | 'empty-interval';
}

export type Difference = DifferenceEstimate | UndefinedDifference;

/** The largest power of two that is not above a positive number. */
export function powerOfTwoBelow(value: number): number {
  const power = 2 ** Math.floor(Math.log2(value));
  return power > value ? power / 2 : power;
}

/** 2^round(log2(0.05·max(1, |x|))). */
export function defaultStep(x: number): number {
  return nearestPowerOfTwo(START_STEP * Math.max(1, Math.abs(x)));
}

const bits = new DataView(new ArrayBuffer(8));

/** 2^round(log2(v)) of a normal v > 0. By its bits: a logarithm would cost more than the rest of a ladder. */
function nearestPowerOfTwo(value: number): number {
  bits.setFloat64(0, value);
  bits.setUint32(0, bits.getUint32(0) & 0x7ff00000);
  bits.setUint32(4, 0);
  const below = bits.getFloat64(0);
  return value >= Math.SQRT2 * below ? 2 * below : below;
}

function centralScheme(x: number, floor: number, seen: Observations): Scheme {
  // A function that is undefined on one side stays so as h shrinks: that side is asked first.
  let first = 1;
  return {
    contraction: 4,
    columns: COLUMNS_CENTRAL,
    kappa: KAPPA_CENTRAL,
    x,
    floor,
    *quotient(step) {
      const values: number[] = [];
      for (const side of [first, -first]) {
        const value = yield* observe(seen, x + side * step);
        if (!Number.isFinite(value)) {
          first = side;
          return null;
        }
        values.push(value);
      }
      const [near = NaN, far = NaN] = values;
      // The distance that was really taken, for an x with bits below the last of x ± h.
      const distance = x + first * step - (x - first * step);
      return asQuotient((near - far) / distance, values);
    },
  };
}

function oneSidedScheme(x: number, base: number, direction: -1 | 1, floor: number, seen: Observations): Scheme {
  return {
    contraction: 2,
    columns: COLUMNS_ONE_SIDED,
    kappa: KAPPA_ONE_SIDED,
    x,
    floor,
    *quotient(step) {
      const argument = x + direction * step;
      const value = yield* observe(seen, argument);
      return asQuotient((value - base) / (argument - x), [base, value]);
    },
  };
}

/** Null when a value, or the difference of two huge ones, is not finite. */
function asQuotient(value: number, samples: readonly number[]): Quotient | null {
  return Number.isFinite(value) ? { value, samples } : null;
}

/**
 * Where a step leads that is halved until it stays in the domain, as differences take it; x itself on the edge.
 *
 * Not the edge in its place: there a loss may be of another size altogether, as the logarithm of 0 is.
 */
export function stepWithin(x: number, step: number, { lower, upper }: { readonly lower: number; readonly upper: number }): number {
  let taken = step;
  while (taken !== 0 && (x + taken < lower || x + taken > upper)) taken /= 2;
  return x + taken;
}

/** Where the steps may go from x. */
interface Room {
  readonly left: number;
  readonly right: number;
  readonly smallest: number;
  readonly start: number;
  readonly sufficientError: number;
  /** What values are rounded like when they are smaller. */
  readonly floor: number;
}

function roomAround(x: number, options: DifferenceOptions): Room | UndefinedDifference {
  const { lower = -Infinity, upper = Infinity, sufficientError = DEFAULT_SUFFICIENT_ERROR } = options;
  if (!Number.isFinite(x)) return undefinedDifference('nonfinite', 0);
  if (!(lower <= x && x <= upper && lower < upper)) return undefinedDifference('empty-interval', 0);
  const start = options.initialStep === undefined ? defaultStep(x) : powerOfTwoBelow(options.initialStep);
  const smallest = Math.max(SMALLEST_STEP * Math.abs(x), Number.MIN_VALUE);
  const floor = options.isChange === true ? (options.magnitude ?? 0) : 0;
  return { left: x - lower, right: upper - x, start, smallest, sufficientError, floor };
}

function undefinedDifference(reason: UndefinedDifference['reason'], evaluations: number): UndefinedDifference {
  return { kind: 'undefined', evaluations, reason };
}

function isRoom(room: Room | UndefinedDifference): room is Room {
  return 'start' in room;
}

function* climbWithin(
  scheme: Scheme,
  limit: number,
  room: Room,
  seen: Observations,
  rungs: Rung[],
): Sampling<Estimate | null> {
  if (!(limit >= room.smallest)) return null;
  const start = limit >= room.start ? room.start : powerOfTwoBelow(limit);
  return yield* climb(scheme, { start, smallest: room.smallest }, room.sufficientError, seen, rungs);
}

function* oneSidedClimb(
  x: number,
  direction: -1 | 1,
  room: Room,
  seen: Observations,
  rungs: Rung[],
): Sampling<Estimate | null> {
  const base = yield* observe(seen, x);
  if (!Number.isFinite(base)) return null;
  const limit = direction === 1 ? room.right : room.left;
  return yield* climbWithin(oneSidedScheme(x, base, direction, room.floor, seen), limit, room, seen, rungs);
}

interface Result {
  readonly estimate: Estimate;
  readonly rungs: readonly Rung[];
  readonly oneSided: DifferenceEstimate['oneSided'];
}

function conclude(result: Result | null, seen: Observations): Difference {
  if (result === null) return undefinedDifference('nonfinite', seen.evaluations);
  const { estimate, rungs, oneSided } = result;
  return { kind: 'estimate', ...estimate, scale: seen.scale, evaluations: seen.evaluations, rungs, oneSided };
}

function isPoor({ estimate }: Result): boolean {
  return estimate.errorBound > POOR_ERROR * Math.abs(estimate.value);
}

function better(a: Result | null, b: Result | null): Result | null {
  if (a === null || b === null) return a ?? b;
  return b.estimate.errorBound < a.estimate.errorBound ? b : a;
}

function sideName(direction: -1 | 1): 'left' | 'right' {
  return direction === 1 ? 'right' : 'left';
}

/**
 * `differentiate` as a generator: yields each argument and expects f there, so that one loop can serve many
 * coordinates with one evaluation of the loss.
 */
export function* differenceSteps(x: number, options: DifferenceOptions = {}): Sampling<Difference> {
  const room = roomAround(x, options);
  if (!isRoom(room)) return room;
  const seen: Observations = { evaluations: 0, scale: options.magnitude ?? 0 };
  const nearest = Math.min(room.left, room.right);
  const centralRungs: Rung[] = [];
  const estimate = yield* climbWithin(centralScheme(x, room.floor, seen), nearest, room, seen, centralRungs);
  const central = estimate === null ? null : { estimate, rungs: centralRungs, oneSided: null };
  const isSqueezed = nearest < room.start;
  if (!isSqueezed || (central !== null && !isPoor(central))) return conclude(central, seen);
  const direction = room.right >= room.left ? 1 : -1;
  const sideRungs: Rung[] = [];
  const sided = yield* oneSidedClimb(x, direction, room, seen, sideRungs);
  const side = sided === null ? null : { estimate: sided, rungs: sideRungs, oneSided: sideName(direction) };
  return conclude(better(central, side), seen);
}

/**
 * The rungs of `differenceSteps`, and all smaller steps down to where rounding leaves nothing: central ones where there
 * is room for one, else those of the side that has more.
 */
export function* ladderSteps(x: number, options: DifferenceOptions = {}): Sampling<readonly Rung[]> {
  const room = roomAround(x, options);
  if (!isRoom(room)) return [];
  const seen: Observations = { evaluations: 0, scale: options.magnitude ?? 0 };
  const range = (limit: number) => ({ start: limit >= room.start ? room.start : powerOfTwoBelow(limit), smallest: room.smallest });
  const nearest = Math.min(room.left, room.right);
  const central = nearest >= room.smallest ? yield* everyRung(centralScheme(x, room.floor, seen), range(nearest), seen) : [];
  if (central.length > 0) return central;
  const base = yield* observe(seen, x);
  if (!Number.isFinite(base)) return [];
  const direction = room.right >= room.left ? 1 : -1;
  return yield* everyRung(oneSidedScheme(x, base, direction, room.floor, seen), range(Math.max(room.left, room.right)), seen);
}

/** `oneSidedDerivative` as a generator. */
export function* oneSidedSteps(x: number, direction: -1 | 1, options: DifferenceOptions): Sampling<Difference> {
  const room = roomAround(x, options);
  if (!isRoom(room)) return room;
  if ((direction === 1 ? room.right : room.left) < room.smallest) return undefinedDifference('empty-interval', 0);
  const seen: Observations = { evaluations: 0, scale: options.magnitude ?? 0 };
  const rungs: Rung[] = [];
  const estimate = yield* oneSidedClimb(x, direction, room, seen, rungs);
  return conclude(estimate === null ? null : { estimate, rungs, oneSided: sideName(direction) }, seen);
}

/** Runs a generator that asks for values of f. */
export function answer<T>(f: (x: number) => number, steps: Sampling<T>): T {
  let next = steps.next();
  while (next.done !== true) next = steps.next(f(next.value));
  return next.value;
}

/**
 * f'(x) with a bound on its error.
 *
 * Central differences (f(x+h) - f(x-h)) / 2h from h = 2^round(log2(0.05·max(1, |x|))), halved until both sides
 * are finite and inside [lower, upper], then halved again and again and extrapolated: A_k = (4^k·A_{k-1} - P_{k-1}) /
 * (4^k - 1), k <= 4. The entry with the least max(|A_k - A_{k-1}|, |A_k - P_{k-1}|) + 8·eps·max|f|/h (and
 * eps·|x·f'|/h, for rounding of x inside f) is the value, that error the bound. Quotients that move more from one
 * step to the next, and not by rounding, start the extrapolation afresh: larger steps crossed a kink or
 * an oscillation. From steps of 1/8 on, a quotient at an irrational multiple of the last step has to agree, lest a
 * period divide them all. A quadratic and a flat function cost 4 evaluations where |x| < 3.
 *
 * Where x stands on a bound, or so close to it that central steps decide nothing, one-sided quotients are
 * extrapolated in the same way (contraction 2 a column, k <= 7, rounding 64·eps·max|f|/h).
 *
 * The bound assumes that f is computed to a few roundings of max|f| (noise above that is measured where the
 * quotients never come to rest, and widens the bound; steps of a function rounded to float32 are taken for what they
 * are, flat pieces), that the nearest kink is more than 2^-36 of max(1, |x|) away, and that f does not oscillate
 * with a period of a small power of two below 1/8. At a kink it holds for the mean of the two slopes, not for a
 * derivative.
 *
 * f is called with the perturbed x itself. Special cases: a NaN or infinite x, and an f that is not finite
 * on both sides of x however near, give `undefined`.
 *
 * Source: Ridders (1982), see `ladder.ts`.
 */
export function differentiate(f: (x: number) => number, x: number, options: DifferenceOptions = {}): Difference {
  return answer(f, differenceSteps(x, options));
}

/**
 * The derivative of f at x from one side only: lim (f(x+h) - f(x)) / h for h -> 0 of the sign of `direction`,
 * extrapolated, with a bound. `undefined` where f(x) is not finite or that side has no room.
 */
export function oneSidedDerivative(
  f: (x: number) => number,
  x: number,
  direction: -1 | 1,
  options: DifferenceOptions = {},
): Difference {
  return answer(f, oneSidedSteps(x, direction, options));
}
