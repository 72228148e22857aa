import type { LossProbe } from '../../contracts/engine.ts';
import type { Point } from '../../contracts/tensor.ts';
import { differentiate, type Difference } from '../../numerics/difference.ts';
import { classifyPoint, isValidSubgradient, resolveNearKink } from '../../numerics/kinks.ts';
import { BOUND_MARGIN, judgeCoordinate, type CoordinateVerdict } from '../../numerics/verdict.ts';
import type { Carried, Carrier } from './carried.ts';
import { tensorOf } from '../point.ts';

/** What was found at one coordinate of one input. */
export interface ComparedCoordinate {
  readonly flat: boolean;
  readonly position: number;
  readonly analytic: number;
  readonly numeric: number;
  readonly errorBound: number;
  readonly rtol: number;
  readonly verdict: CoordinateVerdict;
  /** What decided: the difference alone ('plain'), a kink, a jump, a confirmed zero, or a zero in doubt. */
  readonly kind: 'plain' | 'kink' | 'jump' | 'stationary' | 'doubtful';
  readonly left: number | null;
  readonly right: number | null;
  readonly jump: number | null;
}

export interface Bounds {
  readonly lower: number;
  readonly upper: number;
  /** What rounding of the loss is relative to, where that is more than its value. */
  readonly magnitude: number;
}

/** The loss as a function of one coordinate, all others as they are. */
export interface AlongCoordinate {
  readonly x: number;
  readonly f: (x: number) => number;
  /** The same with less rounding, where the loss allows it. */
  readonly carried: () => Carried | null;
}

export function lossAlong(probe: LossProbe, point: Point, name: string, carrier: Carrier | null): (position: number) => AlongCoordinate {
  const tensor = tensorOf(point, name);
  const data = Float64Array.from(tensor.data);
  const perturbed: Point = { ...point, [name]: { ...tensor, data } };
  return (position) => {
    const x = data[position] ?? 0;
    const f = (value: number): number => {
      data[position] = value;
      const loss = probe.scalar(perturbed);
      data[position] = x;
      return loss;
    };
    return { x, f, carried: () => carrier?.(position) ?? null };
  };
}

/** Rounding of a difference in units of eps·scale/step, with room for the extrapolation. */
const ROUNDING_SHARE = 2 ** -44;

/**
 * Rounding, and not the tolerance, decides what can be seen here, and not a kink either: then it is worth
 * taking the trouble to round less.
 */
function isRoundingLimited(difference: Difference, { analytic, numeric, errorBound, rtol }: ComparedCoordinate): boolean {
  if (difference.kind !== 'estimate') return false;
  const size = Math.max(Math.abs(analytic), Math.abs(numeric));
  return size > 0 && BOUND_MARGIN * errorBound > rtol * size && errorBound <= (ROUNDING_SHARE * difference.scale) / difference.step;
}

/** Well inside the 1e-7 of the usual clips. */
const CLOSE_STEP = 2 ** -26;

/**
 * One coordinate: the difference first; only where it does not confirm autograd, a closer look for a kink,
 * a jump or the edge of the domain of the function itself.
 */
export function compareCoordinate(
  { f, x, carried }: AlongCoordinate,
  analytic: number,
  position: number,
  bounds: Bounds,
  rtol: number,
): ComparedCoordinate {
  const decide = (difference: Difference): ComparedCoordinate => {
    const numeric = difference.kind === 'estimate' ? difference.value : NaN;
    const errorBound = difference.kind === 'estimate' ? difference.errorBound : Infinity;
    const flat = difference.kind === 'estimate' && difference.flat;
    const verdict = judgeCoordinate({ analytic, numeric, errorBound, rtol, flat });
    return { position, analytic, numeric, errorBound, rtol, flat, verdict, kind: 'plain', left: null, right: null, jump: null };
  };
  const first = differentiate(f, x, bounds);
  const direct = decide(first);
  const plain = isRoundingLimited(first, direct) ? (better(decideCarried(carried(), x, bounds, decide), direct)) : direct;
  if (plain.verdict === 'pass') return plain;
  // From the edge of the domain one step may cross a clip that stands a millionth away: look closer.
  if (first.kind === 'estimate' && first.oneSided !== null) {
    const closer = decide(differentiate(f, x, { ...bounds, initialStep: CLOSE_STEP }));
    if (closer.verdict !== 'fail') return closer;
  }

  const nature = classifyPoint(f, x, bounds);
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
      if (isRounding(nature.jump, bounds)) return confirmZero(plain, f, x) ?? { ...plain, errorBound: Infinity, verdict: 'inconclusive' };
      return { ...plain, kind: 'jump', left, right, jump: nature.jump, verdict: 'fail' };
    case 'kink-within-step': {
      const closer = resolveNearKink(f, x, bounds);
      const judged = closer === undefined ? { ...plain, errorBound: Infinity, verdict: 'inconclusive' as const } : decide(closer);
      return judged.verdict === 'inconclusive' ? (confirmZero(plain, f, x) ?? judged) : judged;
    }
    case 'domain-edge':
      return judgeAtEdge(plain, nature.left ?? nature.right);
    case 'smooth':
    case 'undecided':
      return confirmZero(plain, f, x) ?? plain;
  }
}

function decideCarried(
  carried: Carried | null,
  x: number,
  bounds: Bounds,
  decide: (difference: Difference) => ComparedCoordinate,
): ComparedCoordinate | null {
  return carried === null ? null : decide(differentiate(carried.f, x, { ...bounds, magnitude: carried.magnitude }));
}

function better(carried: ComparedCoordinate | null, direct: ComparedCoordinate): ComparedCoordinate {
  return carried !== null && carried.errorBound < direct.errorBound ? carried : direct;
}

/** Where the loss is defined on one side only, the slope of that side is what autograd must return. */
function judgeAtEdge(plain: ComparedCoordinate, side: { readonly value: number; readonly errorBound: number } | null): ComparedCoordinate {
  if (side === null) return { ...plain, errorBound: Infinity, verdict: 'inconclusive' };
  const judged = { ...plain, numeric: side.value, errorBound: side.errorBound };
  return { ...judged, verdict: judgeCoordinate(judged) };
}

/** A step in value that is no more than rounding of what the loss adds up. */
function isRounding(jump: number | null, { magnitude }: Bounds): boolean {
  return jump !== null && Math.abs(jump) <= 2 ** -44 * magnitude;
}

const STATIONARY_STEP = 2 ** -10;
const STATIONARY_SHARE = 1e-6;

function confirmZero(plain: ComparedCoordinate, f: (x: number) => number, x: number): ComparedCoordinate | null {
  return isStationary(plain, f, x) ? { ...plain, kind: 'stationary', verdict: 'pass' } : null;
}

/**
 * Both derivatives zero within the bound, and the bound tiny beside the slopes a short way off: the bottom
 * of a parabola. No relative error can be formed there, but zero is confirmed.
 */
function isStationary(c: ComparedCoordinate, f: (x: number) => number, x: number): boolean {
  if (!(Math.abs(c.analytic) <= c.errorBound && Math.abs(c.numeric) <= c.errorBound)) return false;
  const step = STATIONARY_STEP * Math.max(1, Math.abs(x));
  const slope = Math.abs(f(x + step) - f(x)) / step;
  return c.errorBound <= STATIONARY_SHARE * slope;
}
