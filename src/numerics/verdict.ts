/**
 * The verdict on a gradient: is autograd's value the derivative?
 *
 * a is analytic (autograd), n numeric (finite differences), B the bound on the error of n,
 * S = max(|a|, |n|), R = |a - n|. Section 3 of the numerics notes. There is no absolute tolerance: one of
 * 1e-5 would pass any gradient of a mean over 1e5 elements.
 */

/** How many times its own bound a difference must exceed before the bound is not taken as the reason. */
export const BOUND_MARGIN = 4;

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
export interface JudgedCoordinate extends Coordinate {
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

interface Judged {
  readonly coordinate: JudgedCoordinate;
  readonly verdict: CoordinateVerdict;
}

/**
 * Whether a and n were compared to useful precision. A zero seen as flat and a verdict reached elsewhere are
 * decided without: their relative error says nothing.
 */
function isMeasured({ coordinate: c, verdict }: Judged): boolean {
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

function norm(values: readonly number[]): number {
  return values.reduce((sum, value) => Math.hypot(sum, value), 0);
}

function shareOf(part: number, rest: number): number {
  if (part === 0) return 0;
  return part === Infinity ? 1 : part / Math.hypot(part, rest);
}

function errorOf(c: Coordinate): number {
  return relativeError(c.analytic, c.numeric);
}

function largest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((most, value) => Math.max(most, value));
}

/** Failures before measured passes before all others; within each the most telling. */
function worstOf(judged: readonly Judged[]): number {
  const among = (belongs: (entry: Judged) => boolean, score: (c: Coordinate) => number): number => {
    const scores = judged.map((entry) => (belongs(entry) ? score(entry.coordinate) : -Infinity));
    const most = largest(scores) ?? -Infinity;
    return most === -Infinity ? -1 : scores.indexOf(most);
  };
  const candidates = [
    among((entry) => entry.verdict === 'fail', errorOf),
    among(isMeasured, errorOf),
    among(() => true, possibleMagnitude),
  ];
  return candidates.find((index) => index >= 0) ?? -1;
}

function statusOf(
  verdicts: readonly CoordinateVerdict[],
  resolved: number,
  unresolvedShare: number,
): CoordinateVerdict {
  if (verdicts.includes('fail')) return 'fail';
  return resolved === 0 || unresolvedShare > UNRESOLVED_NORM_SHARE ? 'inconclusive' : 'pass';
}

/**
 * All coordinates of one input.
 *
 * Any failure fails the input. It is inconclusive when nothing was resolved, or when the unresolved
 * coordinates may carry more than 0.1 % of the gradient's norm: one of 1e-12 beside others of 1 does not
 * matter, but an unresolved coordinate counts with all that its bound leaves open.
 */
export function judgeInput(coordinates: readonly JudgedCoordinate[]): InputVerdict {
  const judged = coordinates.map((coordinate) => ({
    coordinate,
    verdict: coordinate.verdict ?? judgeCoordinate(coordinate),
  }));
  const select = (belongs: (entry: Judged) => boolean): Coordinate[] =>
    judged.filter(belongs).map((entry) => entry.coordinate);
  const resolved = select((entry) => entry.verdict !== 'inconclusive');
  const unresolved = select((entry) => entry.verdict === 'inconclusive');
  const measured = select(isMeasured);
  const unresolvedShare = shareOf(norm(unresolved.map(possibleMagnitude)), norm(resolved.map(magnitudeOf)));
  const verdicts = judged.map((entry) => entry.verdict);
  return {
    status: statusOf(verdicts, resolved.length, unresolvedShare),
    unresolved: unresolved.length,
    resolved: resolved.length,
    unresolvedShare,
    maxRelativeError: largest(measured.map(errorOf)) ?? 0,
    smallestDetectable: largest(measured.map(smallestDetectable)) ?? Infinity,
    worst: worstOf(judged),
  };
}
