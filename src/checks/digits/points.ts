import type { CheckContext, Sample } from '../../contracts/check.ts';
import type { InputSpec } from '../../contracts/domain.ts';
import type { Point, TensorData } from '../../contracts/tensor.ts';
import { domainBounds, sampleDomain, type Bounds } from '../../numerics/domains.ts';
import { isCoarse, ulp32 } from '../../numerics/precision.ts';
import { tensorOf } from '../point.ts';

/** Points at which digits are counted: both engines are given the same float32 numbers. */

export interface Place {
  readonly label: string;
  readonly point: Point;
  readonly kind: 'sample' | 'edge' | 'further';
}

/** The samples and the user's own edges. Rounding the data is no fault of the loss: it is done before. */
export function placesOf({ edges }: CheckContext, samples: readonly Sample[]): readonly Place[] {
  const base = samples[0]?.point ?? {};
  return [
    ...samples.map(({ point, index }): Place => ({ label: `sample ${index}`, point: rounded(point), kind: 'sample' })),
    ...edges.map((edge, index): Place => ({ label: `edges[${index}]`, point: rounded({ ...base, ...edge }), kind: 'edge' })),
  ];
}

/**
 * Further random points of the domain, for a second look. Parameters, which have no domain, are taken from the
 * samples in turn.
 */
export function furtherPlaces({ inputs, samples, random }: CheckContext, count: number): readonly Place[] {
  const draw = random('further points');
  return Array.from({ length: count }, (_, index): Place => {
    const base = samples[index % samples.length]?.point ?? {};
    const drawn = inputs.map(({ name, domain, shape, classes }) => {
      return [name, { ...tensorOf(base, name), data: sampleDomain(domain, shape, classes, draw) }] as const;
    });
    return { label: `further point ${index}`, point: rounded({ ...base, ...Object.fromEntries(drawn) }), kind: 'further' };
  });
}

/** Less than a step of training, and far more than rounding. */
const LARGEST_MOVE = 2 ** -7;
/** Every number moves, so that none stays on a tie, and no two by the same factor. */
const SMALLEST_MOVE = LARGEST_MOVE / 4;
/** A narrow domain is not left, and not crossed either. */
const SHARE_OF_WIDTH = 2 ** -3;

/**
 * The point with every number of every differentiable input moved by a random part of itself, towards zero
 * where the domain lets it: probabilities stay below 1 and vectors inside their ball. Zeros stay.
 */
export function movedPlace({ inputs, differentiable, random }: CheckContext, { label, point, kind }: Place): Place {
  const draw = random(`move ${label}`);
  const moved = mapFloats(point, (name, data) => {
    if (!differentiable.includes(name)) return data;
    const bounds = domainBounds(domainOf(inputs, name));
    return data.map((value) => moveWithin(bounds, value, SMALLEST_MOVE + draw() * (LARGEST_MOVE - SMALLEST_MOVE)));
  });
  return { label, point: rounded(moved), kind };
}

/** A domain with no more float32 numbers than 2 to this power lies far from zero: rounding is felt in it. */
const NARROW_BITS = 16;

/** The inputs that are known so coarsely that no formula can be expected to give a full result. */
export function narrowInputs({ inputs }: CheckContext): readonly string[] {
  return inputs.filter(({ domain }) => typeof domain === 'object' && isCoarse(domain.min, domain.max, NARROW_BITS)).map(({ name }) => name);
}

/**
 * The point with the numbers of some inputs moved by what rounding to float32 may do to them: each its own way,
 * and all one way. The one is felt by sums, where the other averages out; the other by differences.
 */
export function shakenPoints({ random }: CheckContext, { label, point }: Place, names: readonly string[]): readonly Point[] {
  const draw = random(`shake ${label}`);
  const shaken = (moved: readonly string[], share: () => number): Point =>
    mapFloats(point, (name, data) => (moved.includes(name) ? data.map((value) => value + share() * ulp32(value)) : data));
  return [shaken(names, () => draw() - 0.5), ...names.map((name) => shaken([name], () => 0.5))];
}

function domainOf(inputs: readonly InputSpec[], name: string): InputSpec['domain'] {
  return inputs.find((input) => input.name === name)?.domain ?? 'real';
}

function moveWithin({ lower, upper }: Bounds, value: number, share: number): number {
  const step = Math.sign(value) * Math.min(share * Math.abs(value), (share / LARGEST_MOVE) * SHARE_OF_WIDTH * (upper - lower));
  const nearer = value - step;
  return nearer >= lower && nearer <= upper ? nearer : value + step;
}

function rounded(point: Point): Point {
  return mapFloats(point, (_, data) => new Float64Array(new Float32Array(data)));
}

function mapFloats(point: Point, change: (name: string, data: Float64Array) => Float64Array): Point {
  const changed = ([name, tensor]: [string, TensorData]): [string, TensorData] =>
    tensor.dtype === 'float32' ? [name, { ...tensor, data: change(name, new Float64Array(tensor.data)) }] : [name, tensor];
  return Object.fromEntries(Object.entries(point).map(changed));
}
