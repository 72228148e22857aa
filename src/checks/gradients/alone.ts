import type { CheckContext } from '../../contracts/check.ts';
import type { LossProbe } from '../../contracts/engine.ts';
import type { Point, TensorData } from '../../contracts/tensor.ts';
import { ignoresWhatRests, linearTail, type Tail } from '../../numerics/tail.ts';
import { tensorOf } from '../point.ts';

/** Values of a loss with one coordinate moved, each by a call of the loss itself. */

/** The point with coordinate `position` of one input set to `value`; one array serves all calls. */
function movable(point: Point, input: string): (position: number, value: number) => Point {
  const tensor = tensorOf(point, input);
  const data = Float64Array.from(tensor.data);
  const perturbed: Point = { ...point, [input]: { ...tensor, data } };
  let last = 0;
  return (position, value) => {
    data[last] = tensor.data[last] ?? NaN;
    data[position] = value;
    last = position;
    return perturbed;
  };
}

export function valuesAlone(probe: LossProbe, point: Point, input: string): (positions: Int32Array, given: Float64Array) => Float64Array {
  const at = movable(point, input);
  return (positions, given) => given.map((value, index) => probe.scalar(at(positions[index] ?? 0, value)));
}

/**
 * How the loss changes. `sum(y)` over a thousand rows is rounded like the whole sum, and the derivative of a
 * coordinate that moves one row by 1e-10 drowns in it. So the change of y is formed where it arises, element by
 * element, and the linear operations behind it run on the changes: rows that do not depend on the coordinate cancel
 * to an exact zero. Nothing is taken from autograd. Null where the loss takes another course than its trace.
 */
export function changesAlone(context: CheckContext, point: Point, input: string): ((positions: Int32Array, given: Float64Array) => Float64Array) | null {
  // Without a gradient, as the loss is called here: autograd copies what it saves, which counts as operations.
  const trace = context.reference.trace(point, []);
  const tail = linearTail(trace, input);
  if (tail === null) return null;
  const wanted = new Set([...tail.sources.values()].map(({ operation }) => operation.index));
  const base = context.reference.tap(point, wanted, trace.operations.length);
  if (base === null) return null;
  const at = movable(point, input);
  const tensor = tensorOf(point, input);
  const change = (position: number, value: number): number => {
    const moved = at(position, value);
    const run = context.reference.tap(moved, wanted, trace.operations.length);
    if (run === null) return NaN;
    const changes = new Map<number, TensorData>();
    for (const [id, { operation, output }] of tail.sources) {
      const now = run.outputs.get(operation.index)?.[output];
      const before = base.outputs.get(operation.index)?.[output];
      if (now === undefined || before === undefined) return NaN;
      changes.set(id, minus(now, before));
    }
    if (tail.leaf !== null) changes.set(tail.leaf, minus(tensorOf(moved, input), tensor));
    return carry(context.reference, tail, changes);
  };
  return (positions, given) => given.map((value, index) => change(positions[index] ?? 0, value));
}

/** Change of the result for given changes of what goes into the linear end. */
function carry(probe: LossProbe, { operations, result }: Tail, changes: ReadonlyMap<number, TensorData>): number {
  const known = new Map(changes);
  for (const operation of operations) {
    const inputs = Object.entries(operation.inputs).flatMap(([name, { id, value }]) => {
      const change = known.get(id);
      if (change !== undefined) return [[name, change] as const];
      return ignoresWhatRests(operation, name) ? [[name, { ...value, data: new Float64Array(value.data.length) }] as const] : [];
    });
    const outputs = probe.replay(operation, Object.fromEntries(inputs));
    operation.outputs.forEach(({ id }, index) => {
      const out = outputs[index];
      if (out !== undefined) known.set(id, out);
    });
  }
  let sum = 0;
  for (const value of known.get(result)?.data ?? [NaN]) sum += value;
  return sum;
}

function minus(a: TensorData, b: TensorData): TensorData {
  return { ...a, data: Float64Array.from(a.data, (value, index) => value - (b.data[index] ?? 0)) };
}
