/** What a function does on both sides of a point, on a ladder of ever smaller steps. */

import { defaultStep, powerOfTwoBelow, type Difference } from './difference.ts';
import type { Sampling } from './ladder.ts';

/** h = 1e-3·4^-k, k < 9: the steps at which a kink at x itself is looked for. */
const FIRST_STEP = 1e-3;
const STEPS = 9;

/** Factor between neighbouring steps. */
export const STEP_FACTOR = 4;

export interface SideStep {
  readonly step: number;
  /** f(x) - f(x-h) */
  readonly leftRise: number;
  /** f(x+h) - f(x) */
  readonly rightRise: number;
  /** Largest |f| at this step, x included. */
  readonly scale: number;
  readonly finiteLeft: boolean;
  readonly finiteRight: boolean;
}

export interface Sides {
  /** Larger steps first; those that a difference may have used come before the 9 that decide. */
  readonly steps: readonly SideStep[];
}

/** Powers of two from the first step of `differentiate` down, within the room that there is. */
function stepLadder(x: number, room: number): number[] {
  const deciding = 2 ** Math.round(Math.log2(FIRST_STEP * Math.max(1, Math.abs(x))));
  const limit = room >= defaultStep(x) ? defaultStep(x) : powerOfTwoBelow(room);
  let step = Math.min(deciding, limit);
  const smallest = step * STEP_FACTOR ** (1 - STEPS);
  while (step * STEP_FACTOR <= limit) step *= STEP_FACTOR;
  const steps: number[] = [];
  for (; step >= smallest; step /= STEP_FACTOR) steps.push(step);
  return steps;
}

/** A ladder with fewer finite steps than this decides nothing. */
const ENOUGH_STEPS = 5;

/** How often a step is divided in search of one at which both sides are finite. */
const MAX_SEARCH = 20;

/** The largest step below `from` at which both sides of x are finite; 0 where none is found. */
function* finiteRoom(x: number, from: number): Sampling<number> {
  let step = from;
  for (let i = 0; i < MAX_SEARCH; i++) {
    step /= STEP_FACTOR;
    if (Number.isFinite(yield x - step) && Number.isFinite(yield x + step)) return step;
  }
  return 0;
}

/**
 * Looks at f, which the caller answers for, on both sides of x, at most `room` away; `room` is above 0. Where f is finite only very near x,
 * the ladder starts there.
 */
export function* observeSides(x: number, room: number): Sampling<Sides> {
  const sides = yield* climbDown(x, room);
  const smallest = sides.steps.at(-1);
  if (smallest === undefined || finiteTail(sides).length >= ENOUGH_STEPS) return sides;
  const near = Number.isFinite(smallest.scale) ? smallest.step : (yield* finiteRoom(x, smallest.step));
  return near > 0 ? yield* climbDown(x, near) : sides;
}

function* climbDown(x: number, room: number): Sampling<Sides> {
  const centre = yield x;
  const steps: SideStep[] = [];
  for (const step of stepLadder(x, room)) {
    const left = yield x - step;
    const right = yield x + step;
    const scale = Math.max(Math.abs(centre), Math.abs(left), Math.abs(right));
    const finite = { finiteLeft: Number.isFinite(left), finiteRight: Number.isFinite(right) };
    steps.push({ step, leftRise: centre - left, rightRise: right - centre, scale, ...finite });
  }
  return { steps };
}

/** The steps below the last at which a side was not finite. */
export function finiteTail(sides: Sides): readonly SideStep[] {
  const lastBad = sides.steps.findLastIndex((s) => !Number.isFinite(s.scale));
  return sides.steps.slice(lastBad + 1);
}

export interface Slope {
  readonly value: number;
  readonly errorBound: number;
  /** The step it was found at: nothing but x itself is nearer. */
  readonly step: number;
}

/** A one-sided slope is known when its error is below this share of it. */
const SETTLED_SHARE = 0.01;

/** Or when its error is hardly more than the rounding of the values (64 roundings for a one-sided difference). */
const SETTLED_ROUNDINGS = 128;

/** Below it the rounding of a double no longer shrinks with its value. */
const SMALLEST_NORMAL = 2 ** -1022;

/** The slope, if the difference settled on one; a vertical tangent and a jump do not. */
export function settledSlope(difference: Difference): Slope | null {
  if (difference.kind === 'undefined') return null;
  const { value, errorBound, scale, step } = difference;
  const noise = (SETTLED_ROUNDINGS * Number.EPSILON * Math.max(scale, SMALLEST_NORMAL)) / step;
  return errorBound <= Math.max(noise, SETTLED_SHARE * Math.abs(value)) ? { value, errorBound, step } : null;
}
