import type { CheckContext } from '../../contracts/check.ts';
import type { TraceOperation, TracedTensor } from '../../contracts/engine.ts';
import type { Point } from '../../contracts/tensor.ts';
import { moved } from '../point.ts';
import type { Blamed } from './non-finite.ts';
import { forward } from './reach.ts';

/** Distance on both sides of the jump, relative to max(1, |x|). */
const NEAR = 2 ** -30;
/** An output that moves this many times further than all inputs has jumped. */
const JUMP_RATIO = 2 ** 20;

/** The first operation whose output jumps where its inputs only move: the step of a piecewise loss. */
export function blameJump(context: CheckContext, point: Point, input: string, position: number): Blamed {
  const x = point[input]?.data[position] ?? 0;
  const direction = new Float64Array(point[input]?.data.length ?? 0);
  direction[position] = 1;
  const step = NEAR * Math.max(1, Math.abs(x));
  const [left = [], right = []] = [-step, step].map((offset) =>
    forward(context.reference.trace(moved(point, input, direction, offset), [])),
  );
  const jumped = left.find((operation, index) => {
    const twin = right[index];
    return twin?.kernel === operation.kernel && change(operation.outputs, twin.outputs) > JUMP_RATIO * Math.max(step, inputChange(operation, twin));
  });
  return { op: jumped?.kernel ?? null, location: jumped?.location ?? null };
}

function inputChange(a: TraceOperation, b: TraceOperation): number {
  return change(Object.values(a.inputs), Object.values(b.inputs));
}

function change(a: readonly TracedTensor[], b: readonly TracedTensor[]): number {
  let largest = 0;
  a.forEach(({ value }, index) => {
    const other = b[index]?.value.data;
    value.data.forEach((number, at) => {
      largest = Math.max(largest, Math.abs(number - (other?.[at] ?? number)));
    });
  });
  return largest;
}
