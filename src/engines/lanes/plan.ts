import type { NumericArray } from '../../contracts/tensor.ts';
import type { LaneGraph, Slot } from './graph.ts';
import { asDoubles, type Step } from './site.ts';
import { isOneEach, laneCount, oneEach, type Touch } from './touch.ts';

/** `sum |w·y|` over what each lane touches is taken of these tensors, with w the larger of the two that are given here. */
export type Weights = ReadonlyMap<number, readonly [Float64Array, Float64Array]>;

interface Planned {
  readonly step: Step;
  readonly operands: readonly (string | null)[];
  readonly outputs: readonly { readonly key: string; readonly weigh: Weigh | null }[];
}

type Weigh = (values: NumericArray, largest: Float64Array) => void;

/** Where lanes go, for a fixed choice of coordinates: everything that does not depend on how far they are moved. */
export interface Plan {
  /** Numbers computed for all lanes together. */
  readonly entries: number;
  /** Change of the loss for each lane. */
  changes(given: Float64Array): Float64Array;
  /** The same, and `largest` raised to the largest `sum |w·y|` that is met. */
  weighedChanges(given: Float64Array, largest: Float64Array): Float64Array;
}

/** @param positions one coordinate a lane */
export function planLanes(graph: LaneGraph, weights: Weights, positions: Int32Array): Plan {
  const touches = new Map<string, Touch>();
  const start: Slot = { tensor: graph.input, isChange: false };
  touches.set(keyOf(start), oneEach(positions));
  const differences: Planned[] = [];
  const differenceOf = (slot: Slot): void => {
    if (touches.has(keyOf(slot))) return;
    const from = { ...slot, isChange: false };
    const touch = touchOf(touches, keyOf(from));
    touches.set(keyOf(slot), touch);
    differences.push({ step: difference(slot, touch), operands: [keyOf(from)], outputs: [{ key: keyOf(slot), weigh: null }] });
  };
  const planned: Planned[] = [];
  for (const node of graph.nodes) {
    for (const operand of node.operands) if (operand?.isChange === true) differenceOf(operand);
    planned.push(...differences.splice(0));
    const operands = node.operands.map((operand) => (operand === null ? null : keyOf(operand)));
    const step = node.planner(operands.map((key) => (key === null ? null : touchOf(touches, key))));
    const outputs = node.outputs.map((slot, index) => {
      const touch = step.touches[index];
      if (touch === undefined) throw new Error(`${node.operation.kernel} has no lanes for output ${index}`);
      touches.set(keyOf(slot), touch);
      const weight = slot.isChange ? undefined : weights.get(slot.tensor.id);
      return { key: keyOf(slot), weigh: weight === undefined ? null : weigher(touch, weight) };
    });
    planned.push({ step, operands, outputs });
  }
  const end: Slot = { tensor: graph.result, isChange: true };
  differenceOf(end);
  planned.push(...differences.splice(0));
  const result = touchOf(touches, keyOf(end));
  const run = (given: Float64Array, largest: Float64Array | null): Float64Array => {
    const values = new Map<string, NumericArray>([[keyOf(start), given]]);
    for (const { step, operands, outputs } of planned) {
      const computed = step.compute(operands.map((key) => (key === null ? null : (values.get(key) ?? null))));
      outputs.forEach(({ key, weigh }, index) => {
        const made = computed[index] ?? new Float64Array(0);
        values.set(key, made);
        if (largest !== null) weigh?.(made, largest);
      });
    }
    return sumsOf(result, values.get(keyOf(end)) ?? new Float64Array(0));
  };
  return {
    entries: [...touches.values()].reduce((total, touch) => total + touch.positions.length, 0),
    changes: (given) => run(given, null),
    weighedChanges: (given, largest) => run(given, largest),
  };
}

function keyOf({ tensor, isChange }: Slot): string {
  return `${isChange ? 'change' : 'value'} ${tensor.id}`;
}

function touchOf(touches: ReadonlyMap<string, Touch>, key: string): Touch {
  const touch = touches.get(key);
  if (touch === undefined) throw new Error(`lanes of ${key} were not planned`);
  return touch;
}

/** What values differ by from those at the point. */
function difference({ tensor }: Slot, touch: Touch): Step {
  const before = gatherAt(tensor.value.data, touch.positions);
  return {
    touches: [touch],
    compute: ([values]) => {
      const now = asDoubles(values ?? new Float64Array(0));
      const changes = new Float64Array(before.length);
      for (let entry = 0; entry < changes.length; entry++) changes[entry] = (now[entry] ?? NaN) - (before[entry] ?? NaN);
      return [changes];
    },
  };
}

function gatherAt(data: NumericArray, positions: Int32Array): Float64Array {
  const gathered = new Float64Array(positions.length);
  for (let entry = 0; entry < positions.length; entry++) gathered[entry] = data[positions[entry] ?? 0] ?? NaN;
  return gathered;
}

function weigher(touch: Touch, [here, there]: readonly [Float64Array, Float64Array]): Weigh {
  const weights = new Float64Array(touch.positions.length);
  for (let entry = 0; entry < weights.length; entry++) {
    const element = touch.positions[entry] ?? 0;
    weights[entry] = Math.max(Math.abs(here[element] ?? 0), Math.abs(there[element] ?? 0));
  }
  const { offsets } = touch;
  if (isOneEach(touch)) {
    return (values, largest) => {
      for (let lane = 0; lane < weights.length; lane++) {
        const size = Math.abs((values[lane] ?? 0) * (weights[lane] ?? 0));
        if (size > (largest[lane] ?? 0) && size !== Infinity) largest[lane] = size;
      }
    };
  }
  return (values, largest) => {
    for (let lane = 0; lane + 1 < offsets.length; lane++) {
      let sum = 0;
      const last = offsets[lane + 1] ?? 0;
      for (let entry = offsets[lane] ?? 0; entry < last; entry++) {
        const size = Math.abs((values[entry] ?? 0) * (weights[entry] ?? 0));
        if (Number.isFinite(size)) sum += size;
      }
      if (sum > (largest[lane] ?? 0)) largest[lane] = sum;
    }
  };
}

/** A loss that is not a scalar counts as the sum of its entries, as everywhere. */
function sumsOf(touch: Touch, values: NumericArray): Float64Array {
  const { offsets } = touch;
  if (values instanceof Float64Array && isOneEach(touch)) return values;
  const sums = new Float64Array(laneCount(touch));
  for (let lane = 0; lane < sums.length; lane++) {
    let sum = 0;
    for (let entry = offsets[lane] ?? 0; entry < (offsets[lane + 1] ?? 0); entry++) sum += values[entry] ?? NaN;
    sums[lane] = sum;
  }
  return sums;
}
