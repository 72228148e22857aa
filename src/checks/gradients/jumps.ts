import type { CheckContext, Finding } from '../../contracts/check.ts';
import { unravel, type Point } from '../../contracts/tensor.ts';
import { domainBounds, edgeCombinations } from '../../numerics/domains.ts';
import { classifyPoint } from '../../numerics/kinks.ts';
import { blameJump } from '../blame/jump.ts';
import { finding } from '../finding.ts';
import { moved, showPoint, tensorOf } from '../point.ts';

/**
 * Jumps in value at round numbers. 0, 0.5 and 1 are where people put thresholds, and random points never hit
 * them. Two evaluations a coordinate on both sides of the point tell a jump from a slope; only where they
 * differ is the point looked at closely.
 */

/** Thresholds are ordinary numbers: edges beyond this are left to edge-stability. */
const ORDINARY = 10;
const MOST_POINTS = 24;
const COORDINATES = 2;
const MOST_ELEMENTS = 2 ** 16;

/** Distance to both sides, relative to max(1, |x|); a slope moves the value by about this share. */
const NEAR = 2 ** -26;
const SUSPICIOUS = 2 ** -13;

export function jumpFindings(context: CheckContext): readonly Finding[] {
  const base = context.samples[0]?.point;
  if (base === undefined || elementsOf(base) > MOST_ELEMENTS) return [];
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

function jumpAt(context: CheckContext, point: Point, input: string, label: string): readonly Finding[] {
  const { data, shape } = tensorOf(point, input);
  const bounds = domainBounds(context.inputs.find(({ name }) => name === input)?.domain ?? 'real');
  for (let position = 0; position < Math.min(COORDINATES, data.length); position++) {
    const x = data[position] ?? 0;
    const step = NEAR * Math.max(1, Math.abs(x));
    if (x - step < bounds.lower || x + step > bounds.upper) continue;
    const direction = new Float64Array(data.length);
    direction[position] = 1;
    const f = (value: number): number => context.reference.scalar(moved(point, input, direction, value - x));
    const before = f(x - step);
    const after = f(x + step);
    if (!(Math.abs(after - before) > SUSPICIOUS * Math.max(Math.abs(before), Math.abs(after)))) continue;
    const { kind, jump } = classifyPoint(f, x, bounds);
    if (kind !== 'jump' || jump === null) continue;
    const where = blameJump(context, point, input, position);
    return [finding('discontinuous', { input, index: unravel(position, shape), jump, at: label, point: showPoint(point) }, where)];
  }
  return [];
}
