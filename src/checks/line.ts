import type { CheckContext } from '../contracts/check.ts';
import { unravel, type Point } from '../contracts/tensor.ts';
import { domainBounds, type Bounds } from '../numerics/domains.ts';
import { lineThrough } from '../numerics/line.ts';
import { tensorOf } from './point.ts';

/** A line through a point along one coordinate of one input, for pictures. */
export interface Line {
  readonly input: string;
  readonly index: readonly number[];
  readonly center: number;
  /** Where the coordinate stands, ascending. */
  readonly x: Float64Array;
  /** The point with the coordinate there. */
  readonly at: (x: number) => Point;
}

export function lineAlong({ inputs }: CheckContext, point: Point, input: string, position: number, count: number): Line {
  const tensor = tensorOf(point, input);
  const center = tensor.data[position] ?? NaN;
  const domain = inputs.find(({ name }) => name === input)?.domain ?? 'real';
  const bounds = domain === 'boxes' ? sideOfBox(tensor.data, position) : domainBounds(domain);
  const at = (x: number): Point => {
    const data = Float64Array.from(tensor.data);
    data[position] = x;
    return { ...point, [input]: { ...tensor, data } };
  };
  return { input, index: unravel(position, tensor.shape), center, x: lineThrough(center, bounds, count), at };
}

/** Of (x1, y1, x2, y2) each moves up to its opposite. */
function sideOfBox(boxes: ArrayLike<number>, position: number): Bounds {
  const isFirst = position % 4 < 2;
  const opposite = boxes[isFirst ? position + 2 : position - 2] ?? NaN;
  return isFirst ? { lower: -Infinity, upper: opposite } : { lower: opposite, upper: Infinity };
}

/** What is not finite has no place in a picture. */
export function drawn(values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : NaN));
}
