import type { CheckContext } from '../contracts/check.ts';
import type { InputSpec } from '../contracts/domain.ts';
import { sizeOf, type Point, type TensorData } from '../contracts/tensor.ts';
import { isIntegerDomain, sampleDomain } from '../numerics/domains.ts';
import { normal } from '../numerics/random.ts';

/** How far parameters are moved: a loss that sets one to what it already is would go unseen. */
const PARAMETER_SPREAD = 0.3;

/** A point of the domain that no check has used before: another batch, at another step of the training. */
export function freshPoint({ inputs, samples, random: sourceOf }: CheckContext, purpose: string): Point {
  const random = sourceOf(purpose);
  const moved = (tensor: TensorData): TensorData => ({ ...tensor, data: tensor.data.map((value) => value + PARAMETER_SPREAD * normal(random)) });
  const drawn = ({ domain, shape, classes }: InputSpec): TensorData => ({
    shape,
    dtype: isIntegerDomain(domain) ? 'int32' : 'float32',
    data: sampleDomain(domain, shape, classes, random),
  });
  const entries = Object.entries(samples[0]?.point ?? {}).map(([name, tensor]) => {
    const input = inputs.find((spec) => spec.name === name);
    return [name, input === undefined ? moved(tensor) : drawn(input)] as const;
  });
  return Object.fromEntries(entries);
}

/** Domains in which single elements may be exchanged for one another. */
const ELEMENTWISE: ReadonlySet<unknown> = new Set(['real', 'logit', 'probability', 'positive', 'nonnegative', 'binary', 'sign', 'class-index']);

/**
 * The point with all examples of the batch equal: one class only, one mean. Two random batches may agree in
 * what a loss has kept of the first; with this one they do not.
 */
export function lopsidedPoint({ inputs }: CheckContext, point: Point): Point {
  const repeated = inputs.flatMap(({ name, domain, shape }) => {
    const tensor = point[name];
    const isFree = typeof domain !== 'function' && (shape.length > 1 || typeof domain === 'object' || ELEMENTWISE.has(domain));
    if (tensor === undefined || !isFree) return [];
    const example = tensor.data.length / (shape[0] ?? 1);
    return [[name, { ...tensor, data: tensor.data.map((_, index) => tensor.data[index % example] ?? NaN) }] as const];
  });
  return { ...point, ...Object.fromEntries(repeated) };
}

/** How many calls at such a point stay within an amount of work, in elements times calls; at least one. */
export function callsWithin(work: number, point: Point, most: number): number {
  const elements = Object.values(point).reduce((total, { shape }) => total + sizeOf(shape), 0);
  return Math.max(1, Math.min(most, Math.floor(work / Math.max(1, elements))));
}
