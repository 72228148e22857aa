/**
 * The verdict on a gradient: is autograd's value the derivative?
 *
 * a is analytic (autograd), n numeric (finite differences), B the bound on the error of n,
 * S = max(|a|, |n|), R = |a - n|. Section 3 of the numerics notes. There is no absolute tolerance: one of
 * 1e-5 would pass any gradient of a mean over 1e5 elements.
 */

/** How many times its own bound a difference must exceed before the bound is not taken as the reason. */
const BOUND_MARGIN = 4;

/** A bound above this share of the value cannot confirm anything: the coordinate is not resolved. */
const RESOLVED_SHARE = 1e-3;

/** Unresolved coordinates that could carry more than this share of the gradient's norm leave it undecided. */
const UNRESOLVED_NORM_SHARE = 1e-3;

export type CoordinateVerdict = 'pass' | 'fail' | 'inconclusive';

export interface Coordinate {
  readonly analytic: number;
  readonly numeric: number;
  /** Bound on |numeric - true derivative|. */
  readonly errorBound: number;
  readonly rtol: number;
  /** Every function value seen around the point was the same, but for rounding. */
  readonly flat: boolean;
}

/** A coordinate whose verdict may have been reached elsewhere, as for a kink with a valid subgradient. */
interface JudgedCoordinate extends Coordinate {
  readonly verdict?: CoordinateVerdict;
}

export interface InputVerdict {
  readonly status: CoordinateVerdict;
  readonly unresolved: number;
  readonly resolved: number;
  /** Share of the gradient's Euclidean norm that the unresolved coordinates may carry, in [0, 1]. */
  readonly unresolvedShare: number;
  /** Over the measured coordinates and the failures; 0 when there is none. */
  readonly maxRelativeError: number;
  /**
   * A relative error above this would have failed at every coordinate that was measured, that is, resolved
   * by comparing two numbers that are not zero. Infinity when there is none.
   */
  readonly smallestDetectable: number;
  /** Index of the coordinate to show: the worst failure, else the largest relative error; -1 if empty. */
  readonly worst: number;
}

function magnitudeOf(c: Coordinate): number {
  return Math.max(Math.abs(c.analytic), Math.abs(c.numeric));
}

/**
 * |a - n| / max(|a|, |n|), in [0, 2].
 *
 * Special cases: 0 against 0 or -0 and an infinity against itself give 0; a NaN, or an infinity against
 * anything else, gives Infinity.
 */
export function relativeError(analytic: number, numeric: number): number {
  if (analytic === numeric) return 0;
  if (!Number.isFinite(analytic) || !Number.isFinite(numeric)) return Infinity;
  const scale = Math.max(Math.abs(analytic), Math.abs(numeric));
  // Divided first: the difference of two finite numbers can overflow.
  return Math.abs(analytic / scale - numeric / scale);
}

/** The smallest relative error that would have failed: (4B + rtol·S) / S; Infinity where S is 0 or unknown. */
export function smallestDetectable(c: Coordinate): number {
  const scale = magnitudeOf(c);
  if (scale === 0 || !Number.isFinite(scale) || !isUsableBound(c.errorBound)) return Infinity;
  return (BOUND_MARGIN * c.errorBound) / scale + c.rtol;
}

function isUsableBound(bound: number): boolean {
  return bound >= 0 && bound < Infinity;
}

/**
 * One coordinate.
 *
 * - fail: R > 4B + rtol·S
 * - pass: otherwise, if 4B <= 1e-3·S, or |a| <= B and |n| <= B where the function is flat
 * - inconclusive: the rest
 *
 * Special cases: a NaN or infinite `analytic` against a finite `numeric` with a finite bound fails. Without
 * a finite `numeric` and bound nothing can be said, whatever `analytic` is. 0 and -0 are equal.
 */
export function judgeCoordinate(c: Coordinate): CoordinateVerdict {
  if (!Number.isFinite(c.numeric) || !isUsableBound(c.errorBound)) return 'inconclusive';
  if (!Number.isFinite(c.analytic)) return 'fail';
  const scale = magnitudeOf(c);
  const margin = BOUND_MARGIN * c.errorBound;
  if (Math.abs(c.analytic - c.numeric) > margin + c.rtol * scale) return 'fail';
  if (margin <= RESOLVED_SHARE * scale) return 'pass';
  const zeroWithinBound = scale <= c.errorBound;
  return zeroWithinBound && c.flat ? 'pass' : 'inconclusive';
}

/** What `judgeInput` goes through once, from first to last: an array, or columns that make objects of their rows. */
export interface JudgedCoordinates {
  readonly length: number;
  at(index: number): JudgedCoordinate | undefined;
}

/**
 * Whether a and n were compared to useful precision. A zero seen as flat and a verdict reached elsewhere are
 * decided without: their relative error says nothing.
 */
function isMeasured(c: JudgedCoordinate, verdict: CoordinateVerdict): boolean {
  if (verdict === 'fail') return true;
  if (verdict === 'inconclusive' || c.verdict !== undefined) return false;
  const scale = magnitudeOf(c);
  return scale > 0 && BOUND_MARGIN * c.errorBound <= RESOLVED_SHARE * scale;
}

/** The largest derivative that an unresolved coordinate may have. */
function possibleMagnitude(c: Coordinate): number {
  const largest = Math.max(Math.abs(c.analytic), Math.abs(c.numeric) + c.errorBound);
  return Number.isNaN(largest) ? Infinity : largest;
}

/** A Euclidean norm that grows by one number at a time and does not overflow on the way. */
class Norm {
  #largest = 0;
  #squares = 0;

  add(value: number): void {
    if (value === 0) return;
    if (value > this.#largest) {
      this.#squares *= (this.#largest / value) ** 2;
      this.#largest = value;
    }
    this.#squares += value === Infinity ? 1 : (value / this.#largest) ** 2;
  }

  get value(): number {
    return this.#largest === Infinity ? Infinity : this.#largest * Math.sqrt(this.#squares);
  }
}

function shareOf(part: number, rest: number): number {
  if (part === 0) return 0;
  return part === Infinity ? 1 : part / Math.hypot(part, rest);
}

/** The first of the largest scores. */
class Largest {
  index = -1;
  score = -Infinity;

  offer(index: number, score: number): void {
    if (score <= this.score) return;
    this.index = index;
    this.score = score;
  }
}

function statusOf(failed: number, resolved: number, unresolvedShare: number): CoordinateVerdict {
  if (failed > 0) return 'fail';
  return resolved === 0 || unresolvedShare > UNRESOLVED_NORM_SHARE ? 'inconclusive' : 'pass';
}

/**
 * All coordinates of one input.
 *
 * Any failure fails the input. It is inconclusive when nothing was resolved, or when the unresolved
 * coordinates may carry more than 0.1 % of the gradient's norm: one of 1e-12 beside others of 1 does not
 * matter, but an unresolved coordinate counts with all that its bound leaves open.
 */
export function judgeInput(coordinates: JudgedCoordinates): InputVerdict {
  let failed = 0;
  let resolved = 0;
  let unresolved = 0;
  const resolvedNorm = new Norm();
  const unresolvedNorm = new Norm();
  const smallest = new Largest();
  // Failures before measured passes before all others; within each the most telling.
  const worstFailure = new Largest();
  const worstMeasured = new Largest();
  const largestOpen = new Largest();
  for (let index = 0; index < coordinates.length; index++) {
    const c = coordinates.at(index);
    if (c === undefined) continue;
    const verdict = c.verdict ?? judgeCoordinate(c);
    largestOpen.offer(index, possibleMagnitude(c));
    if (verdict === 'inconclusive') {
      unresolved++;
      unresolvedNorm.add(possibleMagnitude(c));
      continue;
    }
    resolved++;
    resolvedNorm.add(magnitudeOf(c));
    if (!isMeasured(c, verdict)) continue;
    const error = relativeError(c.analytic, c.numeric);
    worstMeasured.offer(index, error);
    smallest.offer(index, smallestDetectable(c));
    if (verdict !== 'fail') continue;
    failed++;
    worstFailure.offer(index, error);
  }
  const unresolvedShare = shareOf(unresolvedNorm.value, resolvedNorm.value);
  return {
    status: statusOf(failed, resolved, unresolvedShare),
    unresolved,
    resolved,
    unresolvedShare,
    maxRelativeError: worstMeasured.index < 0 ? 0 : worstMeasured.score,
    smallestDetectable: smallest.index < 0 ? Infinity : smallest.score,
    worst: [worstFailure, worstMeasured, largestOpen].find(({ index }) => index >= 0)?.index ?? -1,
  };
}
