/** How a difference shrinks from step to step, read through the rounding noise. */

import { STEP_FACTOR, type SideStep } from './sides.ts';

/** A second difference counts only above 20 times the rounding of its four values, eps·max|f|/h each. */
const NOISE_ROUNDINGS = 20 * 4;

/** The ratios that decide are those of the smallest steps. */
const DECIDING_RATIOS = 4;

/** Up to this ratio a quantity that falls below noise is known to shrink. */
export const SHRINKING_RATIO = 0.6;

export interface Ratio {
  /** The smaller of the two steps compared. */
  readonly step: number;
  /** size(h/4) / size(h). */
  readonly value: number;
}

interface Size {
  readonly step: number;
  readonly size: number;
  readonly noise: number;
}

/** 80·eps·max|f|/h, where max|f| is over this step and all smaller ones. */
function noiseLevels(steps: readonly SideStep[]): number[] {
  let scale = 0;
  const levels = steps.toReversed().map((s) => {
    scale = Math.max(scale, s.scale);
    return (NOISE_ROUNDINGS * Number.EPSILON * scale) / s.step;
  });
  return levels.toReversed();
}

/**
 * The ratios that say something. One that falls below noise is bounded by noise / size; where even that is
 * not small, nothing is known.
 */
function ratiosOf(sizes: readonly Size[]): Ratio[] {
  const ratios: Ratio[] = [];
  let visible: Size | null = null;
  for (const current of sizes) {
    const isVisible = current.size > current.noise;
    if (visible !== null) {
      const factors = Math.log(visible.step / current.step) / Math.log(STEP_FACTOR);
      const value = (Math.max(current.size, current.noise) / visible.size) ** (1 / factors);
      if (isVisible || value < SHRINKING_RATIO) ratios.push({ step: current.step, value });
    }
    if (isVisible) visible = current;
  }
  return ratios;
}

function sizesOf(steps: readonly SideStep[], size: (s: SideStep) => number): Size[] {
  const noise = noiseLevels(steps);
  return steps.map((s, i) => ({ step: s.step, size: Math.abs(size(s)), noise: noise[i] ?? Infinity }));
}

/** Ratios of J(h) = (f(x+h) - 2f(x) + f(x-h)) / h: 1/4 smooth, 1 a kink, 4 a jump. */
export function secondDifferenceRatios(steps: readonly SideStep[]): Ratio[] {
  return ratiosOf(sizesOf(steps, (s) => (s.rightRise - s.leftRise) / s.step));
}

/** Ratios of (f(x+h) - f(x-h)) / h: 1 with a slope, 1/16 without one, 4 a jump that J cannot see. */
export function centralRatios(steps: readonly SideStep[]): Ratio[] {
  return ratiosOf(sizesOf(steps, (s) => (s.rightRise + s.leftRise) / s.step));
}

/** Ratios of the shift of the central difference from step to step: 1/16 smooth, 1 a slope that never settles. */
export function shiftRatios(steps: readonly SideStep[]): Ratio[] {
  const central = sizesOf(steps, () => 0).map((s, i) => {
    const { rightRise = NaN, leftRise = NaN, step = NaN } = steps[i] ?? {};
    return { ...s, slope: (rightRise + leftRise) / (2 * step) };
  });
  const shifts = central.slice(1).map(({ step, noise, slope }, i) => {
    return { step, noise, size: Math.abs(slope - (central[i]?.slope ?? NaN)) };
  });
  return ratiosOf(shifts);
}

/** Median of the ratios at the smallest steps; 0 where there is none, as nothing rose above noise. */
export function decidingRatio(ratios: readonly Ratio[]): number {
  const last = ratios.slice(-DECIDING_RATIOS).map((ratio) => ratio.value);
  last.sort((a, b) => a - b);
  const half = last.length / 2;
  const [low = 0, high = 0] = [last[Math.ceil(half) - 1], last[Math.floor(half)]];
  return (low + high) / 2;
}
