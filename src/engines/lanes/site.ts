import type { NumericArray, TensorData } from '../../contracts/tensor.ts';
import type { Touch } from './touch.ts';

/** One operation of a trace as lanes see it. */
export interface Site {
  readonly kernel: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Each with the numbers that it has where no lane changes it. */
  readonly operands: readonly Operand[];
  readonly outputs: readonly TensorData[];
  /** The numbers are changes of values, zero where no lane touches anything, and the operation is linear in them. */
  readonly carriesChanges: boolean;
  /** Runs the real kernel on other operands, in the order of `operands`. */
  readonly run: (operands: readonly TensorData[], attributes?: Readonly<Record<string, unknown>>) => readonly NumericArray[];
}

export interface Operand {
  readonly name: string;
  readonly tensor: TensorData;
  /** Whether lanes change anything of it. */
  readonly moves: boolean;
}

/** How an operation is computed for many lanes at once; null where a rule does not know how to. */
export type Rule = (site: Site) => Planner | null;

/** Null for an operand that does not move. */
type PerOperand<T> = readonly (T | null)[];

/** What the lanes of a plan touch decides all that does not depend on their values. */
export type Planner = (touches: PerOperand<Touch>) => Step;

export interface Step {
  /** One for each output. */
  readonly touches: readonly Touch[];
  readonly compute: (values: PerOperand<NumericArray>) => readonly NumericArray[];
}

/** An array of the kind in which a tensor of this type holds its numbers in double precision. */
export function arrayLike(numbers: NumericArray, length: number): NumericArray {
  if (numbers instanceof Int32Array) return new Int32Array(length);
  if (numbers instanceof Uint8Array) return new Uint8Array(length);
  return new Float64Array(length);
}

/** Loops over one kind of array are several times faster than over any. */
export function asDoubles(numbers: NumericArray): Float64Array {
  return numbers instanceof Float64Array ? numbers : Float64Array.from(numbers);
}

export function vectorOf(data: NumericArray, { dtype }: TensorData): TensorData {
  return { shape: [data.length], dtype, data };
}

/** The one operand that moves, with its index; null when there are several. */
export function onlyMoving({ operands }: Site): number | null {
  const moving = operands.flatMap(({ moves }, index) => (moves ? [index] : []));
  return moving.length === 1 ? (moving[0] ?? null) : null;
}
