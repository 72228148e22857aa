import type { CheckContext, Finding } from '../../contracts/check.ts';
import type { GradientEvaluation } from '../../contracts/engine.ts';
import type { InputSpec } from '../../contracts/domain.ts';
import type { Point } from '../../contracts/tensor.ts';
import { differentiate } from '../../numerics/difference.ts';
import { inside } from '../../numerics/paths.ts';
import { blameWrongGradient } from '../blame/wrong-gradient.ts';
import { finding } from '../finding.ts';
import { isLarge, rootMeanSquare, showPoint, tensorOf } from '../point.ts';

/** A short gradient descent from each sample. */

export interface Start {
  readonly point: Point;
  readonly value: number;
  readonly gradients: NonNullable<GradientEvaluation['gradients']>;
}

/** Enough to show that the loss goes on falling after the first step, at the cost of as many gradients. */
const STEPS = 5;
const LARGE_STEPS = 1;
/** A first step moves each input by this share of its size (root mean square), and is then cut until the loss falls. */
const FIRST_STEP = 0.25;
const SHORTENED_BY = 4;
const LENGTHENED_BY = 2;
/** 0.25 / 4^12 is 1.5e-8: any smaller, and rounding decides. */
const SHORTENINGS = 12;
/** A step this small follows the slope unless a kink is as near. */
const TELLING_STEP = 1e-4;
/** Rounding of a loss in float64, with room for the many terms of a sum. */
const ROUNDING = 1e-12;

/** Where a descent has led. */
export interface Descent {
  readonly start: number;
  readonly end: number;
  readonly steps: number;
  /** The loss at the start and after each step. */
  readonly values: readonly number[];
  readonly point: Point;
}

export function descend(context: CheckContext, { point, value, gradients }: Start, names: readonly string[]): Descent {
  const most = isLarge(context.inputs) ? LARGE_STEPS : STEPS;
  let at: Start = { point, value, gradients };
  let size = FIRST_STEP;
  let steps = 0;
  const values = [value];
  while (steps < most) {
    const next = stepDown(context, at, names, size);
    if (next === null) break;
    steps++;
    values.push(next.value);
    at = { ...next, gradients: {} };
    if (steps === most) break;
    const { gradients: onward } = context.reference.gradient(at.point, names);
    if (onward === null) break;
    at = { ...at, gradients: onward };
    size = next.size * LENGTHENED_BY;
  }
  return { start: value, end: at.value, steps, values, point: at.point };
}

interface Step {
  readonly point: Point;
  readonly value: number;
  readonly size: number;
}

function stepDown(context: CheckContext, from: Start, names: readonly string[], first: number): Step | null {
  if (names.every((name) => directionOf(from, name) === null)) return null;
  let size = first;
  for (let attempt = 0; attempt <= SHORTENINGS; attempt++, size /= SHORTENED_BY) {
    const point = stepped(context.inputs, from, names, size);
    const value = context.reference.scalar(point);
    if (value < from.value - ROUNDING * Math.abs(from.value)) return { point, value, size };
  }
  return null;
}

/** Each input against its gradient, a step of `size` times its root mean square, inside its domain. */
function stepped(inputs: readonly InputSpec[], from: Start, names: readonly string[], size: number): Point {
  const moved = names.map((name): readonly [string, Point[string]] => {
    const tensor = tensorOf(from.point, name);
    const direction = directionOf(from, name);
    const data = Float64Array.from(tensor.data, (value, index) => value + size * (direction?.[index] ?? 0));
    const domain = inputs.find((input) => input.name === name)?.domain ?? 'real';
    return [name, { ...tensor, data: inside(domain, data) }];
  });
  return { ...from.point, ...Object.fromEntries(moved) };
}

/** Against the gradient, as long as the input itself; null where the gradient is missing, zero or not finite. */
export function directionOf({ point, gradients }: Start, name: string): Float64Array | null {
  const slope = gradients[name]?.data;
  if (slope === undefined) return null;
  const steepness = rootMeanSquare(slope);
  if (!(steepness > 0 && Number.isFinite(steepness))) return null;
  const length = (rootMeanSquare(tensorOf(point, name).data) || 1) / steepness;
  return Float64Array.from(slope, (value) => -value * length);
}

/** An input whose gradient points uphill at most of the starts where it is not zero. */
export function uphillFindings(context: CheckContext, starts: readonly Start[]): readonly Finding[] {
  return context.differentiable.flatMap((input) => {
    const sloping = starts.filter((start) => directionOf(start, input) !== null);
    const uphill = sloping.filter((start) => leadsUp(context, start, input));
    const [first] = uphill;
    if (first === undefined || uphill.length * 2 <= sloping.length) return [];
    const after = context.reference.scalar(stepped(context.inputs, first, [input], TELLING_STEP));
    const { location, op } = blameWrongGradient(context, first.point, input);
    return [finding('gradient-uphill', { input, before: first.value, after, point: showPoint(first.point) }, { location, op })];
  });
}

/** A tiny step raises the loss, and a difference with a bound on its error confirms that the slope does. */
function leadsUp({ inputs, reference }: CheckContext, start: Start, input: string): boolean {
  const along = (size: number): number => reference.scalar(stepped(inputs, start, [input], size));
  if (!(along(TELLING_STEP) > start.value)) return false;
  const slope = differentiate(along, 0, { initialStep: TELLING_STEP });
  return slope.kind === 'estimate' && slope.value > slope.errorBound;
}
