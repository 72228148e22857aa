import type { Trace } from '../../contracts/engine.ts';
import { isReordered } from '../../numerics/scaling.ts';
import type { Blamed } from './non-finite.ts';
import type { Twin, TwinOperation, Twins } from './twins.ts';

/**
 * Where the place of a row in the batch begins to matter.
 *
 * In the run on reordered rows most tensors are the same numbers in the new order, or the same ones. The
 * operation that takes such operands and returns anything else looks at places.
 */
export interface OrderBlame extends Blamed {
  /** A constant made of stored numbers that changes from row to row without a rule: noise, as far as one can see. */
  readonly withNoise: boolean;
}

const NOBODY: OrderBlame = { op: null, location: null, withNoise: false };

export function blameOrder(twins: Twins, trace: Trace, order: readonly number[]): OrderBlame {
  const follows = ({ first, second }: Twin): boolean => isReordered(first.value, second.value, order);
  const seen = new Set<number>();
  let twin = twins.result;
  let consumer: TwinOperation | null = null;
  while (twin !== null && !seen.has(twin.first.id)) {
    seen.add(twin.first.id);
    const maker = twins.makerOf(twin);
    // Numbers that were read from a tensor and came back as a constant.
    if (maker === null) return consumer === null ? NOBODY : readBefore(trace, consumer);
    const broken: Twin | undefined = maker.operands.find((operand) => operand.first.id !== twin?.first.id && !follows(operand));
    if (broken === undefined) {
      const { kernel, location } = maker.operation;
      return { op: kernel, location, withNoise: hasNoise(twins, maker, order.length) };
    }
    consumer = maker;
    twin = broken;
  }
  return NOBODY;
}

function readBefore(trace: Trace, { operation }: TwinOperation): OrderBlame {
  const read = trace.reads.findLast(({ afterOperation }) => afterOperation <= operation.index);
  return { op: read === undefined ? operation.kernel : null, location: (read ?? operation).location, withNoise: false };
}

/** A constant operand with rows, made from stored numbers only, that neither rises nor falls along them. */
function hasNoise(twins: Twins, { operands }: TwinOperation, rows: number): boolean {
  return operands.some((operand) => {
    const { shape, data } = operand.first.value;
    if (twins.sourcesOf(operand).size > 0 || shape[0] !== rows || isMadeByRule(twins, operand)) return false;
    const width = data.length / rows;
    return !Array.from({ length: width }, (_, column) => data.filter((_value, index) => index % width === column)).every(isMonotone);
  });
}

/** Operations that count: what comes from them is no noise. */
const COUNTING: ReadonlySet<string> = new Set(['Range', 'LinSpace']);

function isMadeByRule(twins: Twins, constant: Twin): boolean {
  const maker = twins.makerOf(constant);
  return maker !== null && (COUNTING.has(maker.operation.kernel) || maker.operands.some((operand) => isMadeByRule(twins, operand)));
}

function isMonotone(values: ArrayLike<number>): boolean {
  const steps = Array.from(values).map((value, index) => value - (values[index - 1] ?? value));
  return steps.every((step) => step >= 0) || steps.every((step) => step <= 0);
}
