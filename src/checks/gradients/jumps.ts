import type { CheckContext, Finding } from '../../contracts/check.ts';
import type { TraceOperation } from '../../contracts/engine.ts';
import { unravel, type Point } from '../../contracts/tensor.ts';
import { domainBounds, edgeCombinations } from '../../numerics/domains.ts';
import { classifyPoint } from '../../numerics/kinks.ts';
import { blameJump } from '../blame/jump.ts';
import { forward, reachableFrom } from '../blame/reach.ts';
import { finding } from '../finding.ts';
import { moved, showPoint, tensorOf } from '../point.ts';
import { matchedPoint } from '../special-points.ts';
import { roundingMagnitude, traceNear } from './conditioning.ts';

/**
 * Jumps in value, which random points never hit. They are looked for where people put thresholds, at round
 * numbers, and where an operation of the loss switches: a comparison, a rounding, a sign.
 */

/** Thresholds are ordinary numbers: edges beyond this are left to edge-stability. */
export const ORDINARY = 10;
const MOST_POINTS = 24;
const COORDINATES = 2;
const MOST_ELEMENTS = 2 ** 16;

/** Distance to both sides, relative to max(1, |x|); a slope moves the value by about this share. */
export const NEAR = 2 ** -26;
export const SUSPICIOUS = 2 ** -13;
/** Less than the share of its height that a jump keeps, and more than what is left of a slope or a bend. */
const STAYS = 0.75;

/** A step in value that is no more than rounding of what the loss adds up. */
export const ROUNDING = 2 ** -44;

export function jumpFindings(context: CheckContext): readonly Finding[] {
  const base = context.samples[0]?.point;
  if (base === undefined || elementsOf(base) > MOST_ELEMENTS) return [];
  const atNumbers = jumpAtRoundNumbers(context, base);
  return atNumbers.length > 0 ? atNumbers : switchFindings(context);
}

/** Those at switches alone: they cost calls of the loss only where it has any. */
export function switchFindings(context: CheckContext): readonly Finding[] {
  const base = context.samples[0]?.point;
  return base === undefined || elementsOf(base) > MOST_ELEMENTS ? [] : jumpAtSwitches(context, base);
}

function jumpAtRoundNumbers(context: CheckContext, base: Point): readonly Finding[] {
  const ordinary = edgeCombinations(context.inputs).filter(({ values }) =>
    Object.values(values).every((data) => data.every((value) => Math.abs(value) <= ORDINARY)),
  );
  for (const { label, values } of ordinary.slice(0, MOST_POINTS)) {
    const point = Object.fromEntries(Object.entries(base).map(([name, tensor]) => [name, { ...tensor, data: values[name] ?? tensor.data }]));
    const found = context.differentiable.flatMap((input) => jumpAt(context, point, input, label));
    if (found.length > 0) return found.slice(0, 1);
  }
  return [];
}

function elementsOf(point: Point): number {
  return Object.values(point).reduce((total, { data }) => total + data.length, 0);
}

function boundsOf({ inputs }: CheckContext, input: string): { readonly lower: number; readonly upper: number } {
  return domainBounds(inputs.find(({ name }) => name === input)?.domain ?? 'real');
}

function noiseAt(context: CheckContext, point: Point): number {
  return ROUNDING * roundingMagnitude(context.reference.trace(point, context.differentiable), traceNear(context, point));
}

function jumpAt(context: CheckContext, point: Point, input: string, label: string): readonly Finding[] {
  const { data, shape } = tensorOf(point, input);
  const bounds = boundsOf(context, input);
  for (let position = 0; position < Math.min(COORDINATES, data.length); position++) {
    const x = data[position] ?? 0;
    const step = NEAR * Math.max(1, Math.abs(x));
    if (x - step < bounds.lower || x + step > bounds.upper) continue;
    const f = lossAt(context, point, input, position);
    const before = f(x - step);
    const after = f(x + step);
    const height = Math.abs(after - before);
    if (!(height > SUSPICIOUS * Math.max(Math.abs(before), Math.abs(after)))) continue;
    // Near a minimum of zero every move is large beside the value; only a jump stays as high on half the way.
    if (Math.abs(f(x + step / 2) - f(x - step / 2)) < STAYS * height) continue;
    const { kind, jump } = classifyPoint(f, x, bounds);
    if (kind !== 'jump' || jump === null || Math.abs(jump) <= noiseAt(context, point)) continue;
    const where = blameJump(context, point, input, position);
    return [finding('discontinuous', { input, index: unravel(position, shape), jump, at: label, point: showPoint(point) }, where)];
  }
  return [];
}

/** The loss as a function of one coordinate. */
function lossAt(context: CheckContext, point: Point, input: string, position: number): (x: number) => number {
  return (x) => context.reference.scalar(withCoordinate(point, input, position, x));
}

function withCoordinate(point: Point, input: string, position: number, x: number): Point {
  const { data } = tensorOf(point, input);
  const direction = new Float64Array(data.length);
  direction[position] = 1;
  const shifted = moved(point, input, direction, x - (data[position] ?? 0));
  // The sum of a difference is rounded: the coordinate is what was asked for.
  tensorOf(shifted, input).data[position] = x;
  return shifted;
}

/** How far a coordinate is moved to make an operation switch, beside the values of other samples. */
const EXCURSION = 3;
/**
 * A switch this close to the edge of the domain, to zero or to a perfect match is a guard: `p >= 1e-7 ? log(p) : 0`
 * jumps, and is what keeps the loss finite. What it does at the edge itself is for edge-stability to say.
 */
const GUARD = 1e-3;
/** Halvings of the way between two sides of a switch: down to neighbouring numbers. */
const HALVINGS = 54;

/** Operations with steps, and all that answer with integers or truth values. */
const STEPS: ReadonlySet<string> = new Set(['Ceil', 'Floor', 'FloorDiv', 'Round', 'Sign', 'Step', 'Mod', 'IsNan']);

function isStep({ kernel, inputs, outputs }: TraceOperation): boolean {
  const fromFloats = Object.values(inputs).some(({ value }) => value.dtype === 'float32');
  return STEPS.has(kernel) || (fromFloats && outputs.some(({ value }) => value.dtype !== 'float32'));
}

/** A place where an operation switches and the value of the loss with it. */
function jumpAtSwitches(context: CheckContext, base: Point): readonly Finding[] {
  const trace = context.reference.trace(base, []);
  for (const input of context.differentiable) {
    const start = trace.inputIds[input];
    if (start === undefined) continue;
    const reached = reachableFrom(trace, start);
    const steps = forward(trace).filter((operation) => isStep(operation) && Object.values(operation.inputs).some(({ id }) => reached.has(id)));
    if (steps.length === 0) continue;
    const { data, shape } = tensorOf(base, input);
    for (let position = 0; position < Math.min(COORDINATES, data.length); position++) {
      for (const to of excursions(context, base, input, position)) {
        const found = crossing(context, { base, input, position, length: trace.operations.length }, steps, to);
        if (found === null) continue;
        const { jump, point, step } = found;
        const data = { input, index: unravel(position, shape), jump, at: `where ${step.kernel} switches`, point: showPoint(point) };
        return [finding('discontinuous', data, { location: step.location, op: step.kernel })];
      }
    }
  }
  return [];
}

/** Other values that the coordinate may take: those of the samples, its target, and some way off. */
function excursions(context: CheckContext, base: Point, input: string, position: number): readonly number[] {
  const { lower, upper } = boundsOf(context, input);
  const at = (point: Point | null): number => (point === null ? NaN : (tensorOf(point, input).data[position] ?? NaN));
  const x = at(base);
  const values = [at(matchedPoint(base, context.inputs)), ...context.samples.slice(1).map(({ point }) => at(point)), x + EXCURSION, x - EXCURSION];
  return [...new Set(values.map((value) => Math.min(upper, Math.max(lower, value))))].filter((value) => Number.isFinite(value) && value !== x);
}

interface Coordinate {
  readonly base: Point;
  readonly input: string;
  readonly position: number;
  readonly length: number;
}

interface Crossing {
  readonly jump: number;
  readonly point: Point;
  readonly step: TraceOperation;
}

/** Follows one entry of one step to where it switches; null when the loss has the same value on both sides. */
function crossing(context: CheckContext, { base, input, position, length }: Coordinate, steps: readonly TraceOperation[], to: number): Crossing | null {
  const indices = new Set(steps.map(({ index }) => index));
  const outputsAt = (x: number): ReadonlyMap<number, readonly number[]> | null => {
    const tapped = context.reference.tap(withCoordinate(base, input, position, x), indices, length);
    return tapped === null ? null : new Map([...tapped.outputs].map(([index, outputs]) => [index, Array.from(outputs[0]?.data ?? [])]));
  };
  const from = tensorOf(base, input).data[position] ?? 0;
  const before = outputsAt(from);
  const after = outputsAt(to);
  if (before === null || after === null) return null;
  for (const step of steps) {
    const entry = (before.get(step.index) ?? []).findIndex((value, index) => value !== after.get(step.index)?.[index]);
    if (entry < 0) continue;
    const isBefore = (x: number): boolean => outputsAt(x)?.get(step.index)?.[entry] === before.get(step.index)?.[entry];
    const [low, high] = bisect(from, to, isBefore);
    if (guarded(context, base, input, position).some((value) => Math.abs(high - value) <= GUARD)) continue;
    const f = lossAt(context, base, input, position);
    const jump = f(high) - f(low);
    const point = withCoordinate(base, input, position, high);
    if (Math.abs(jump) > noiseAt(context, point) && Math.abs(jump) > NEAR * Math.abs(f(low))) return { jump, point, step };
  }
  return null;
}

/** Values of the coordinate beside which a switch is a guard. */
function guarded(context: CheckContext, base: Point, input: string, position: number): readonly number[] {
  const { lower, upper } = boundsOf(context, input);
  const match = matchedPoint(base, context.inputs);
  return [lower, upper, 0, match === null ? NaN : (tensorOf(match, input).data[position] ?? NaN)];
}

function bisect(from: number, to: number, isBefore: (x: number) => boolean): readonly [number, number] {
  let low = from;
  let high = to;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (isBefore(middle)) low = middle;
    else high = middle;
  }
  return [low, high];
}
