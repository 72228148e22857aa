import type { Evaluation, GradientEvaluation } from '../contracts/engine.ts';
import { unravel, type TensorData } from '../contracts/tensor.ts';
import { firstDifference } from '../numerics/bits.ts';

/** What two calls at the same inputs said: value and gradients. */
export type Answer = Pick<GradientEvaluation, 'evaluation' | 'gradients'>;

/** The first number that is not the same in two answers. */
export interface Difference {
  readonly what: 'value' | 'gradient';
  readonly input: string | null;
  readonly index: readonly number[];
  /** Null where there is no number: the loss threw, or autograd gave no gradient. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Null when value and gradients are the same to the bit. A gradient is only compared where the value agrees. */
export function differenceBetween(before: Answer, after: Answer): Difference | null {
  const value = differingEntry(resultOf(before.evaluation), resultOf(after.evaluation));
  if (value !== null) return { what: 'value', input: null, ...value };
  for (const input of Object.keys(before.gradients ?? after.gradients ?? {})) {
    const gradient = differingEntry(before.gradients?.[input] ?? null, after.gradients?.[input] ?? null);
    if (gradient !== null) return { what: 'gradient', input, ...gradient };
  }
  return null;
}

function resultOf(evaluation: Evaluation): TensorData | null {
  return evaluation.kind === 'tensor' ? evaluation.tensor : null;
}

function differingEntry(before: TensorData | null, after: TensorData | null): Pick<Difference, 'index' | 'before' | 'after'> | null {
  const shape = before?.shape ?? after?.shape ?? [];
  const position = firstDifference(before?.data ?? [], after?.data ?? []);
  if (position < 0) return null;
  return { index: unravel(position, shape), before: before?.data[position] ?? null, after: after?.data[position] ?? null };
}
