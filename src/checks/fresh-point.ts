import type { CheckContext } from '../contracts/check.ts';
import { sizeOf, type Point, type TensorData } from '../contracts/tensor.ts';
import { isIntegerDomain, sampleDomain } from '../numerics/domains.ts';
import { normal } from '../numerics/random.ts';

/** How far parameters are moved: a loss that sets one to what it already is would go unseen. */
const PARAMETER_SPREAD = 0.3;

/**
 * A random point of the domain beside the samples, the same one for the same purpose. Parameters are moved as at
 * another step of the training, or stay at their initial values.
 */
export function freshPoint({ inputs, reference, random: sourceOf }: CheckContext, purpose: string, parameters: 'moved' | 'initial'): Point {
  const random = sourceOf(purpose);
  const moved = (tensor: TensorData): TensorData => ({ ...tensor, data: tensor.data.map((value) => value + PARAMETER_SPREAD * normal(random)) });
  const drawn = inputs.map(({ name, domain, shape, classes }): readonly [string, TensorData] => {
    const dtype = isIntegerDomain(domain) ? 'int32' : 'float32';
    return [name, { shape, dtype, data: sampleDomain(domain, shape, classes, random) }];
  });
  const own = Object.entries(reference.parameters).map(([name, tensor]) => [name, parameters === 'moved' ? moved(tensor) : tensor] as const);
  return { ...Object.fromEntries(drawn), ...Object.fromEntries(own) };
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
