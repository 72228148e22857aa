import type { Tensor } from '@tensorflow/tfjs-core';
import type { LossMetadata } from './metadata.ts';

/** What a loss may return: a scalar tensor, or a total with its named components. */
export type LossResult =
  | Tensor
  | readonly [total: Tensor, components: Readonly<Record<string, Tensor | number>>]
  | { readonly [name: string]: Tensor | number | Readonly<Record<string, Tensor | number>> };

/** Anything with zod's `safeParse`: parameters are validated by the schema that declares them. */
export interface ParameterSchema<P> {
  safeParse(value: unknown): { success: true; data: P } | { success: false; error: unknown };
}

/** Documentation of a loss, shown by `losscheck list` and in the generated pages. */
export interface LossDocumentation {
  /** The formula in plain text, e.g. `mean((p - t)^2)`. */
  readonly formula?: string;
  /** Paper or standard with year. */
  readonly reference?: string;
  /** Where the loss or its derivative is not smooth, in words. */
  readonly kinks?: string;
  /** A worked example that the tests execute. */
  readonly example?: {
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly params?: Readonly<Record<string, unknown>>;
    readonly value: number;
  };
}

export interface LossDefinition<P = undefined> extends LossMetadata, LossDocumentation {
  /**
   * The parameters with their defaults, as a zod object. When present, the loss receives the parsed
   * parameters after its last input.
   */
  readonly params?: ParameterSchema<P>;
  /**
   * The loss itself: tensors in the key order of `inputs`, then the parameters if `params` is given.
   * Declared as a method so that narrower tensor types (Tensor2D) are accepted.
   */
  loss(...inputs: P extends undefined ? Tensor[] : [...Tensor[], P]): LossResult;
}

const BRAND: unique symbol = Symbol.for('losscheck.loss') as never;

export type DefinedLoss<P = undefined> = LossDefinition<P> & { readonly [BRAND]: true };

/**
 * Declares a loss with its inputs, so that `losscheck verify` needs to infer nothing.
 *
 * The value is the definition itself, frozen and marked; nothing is run or checked here. The fields
 * are validated when losscheck loads the module, and each error names the field.
 *
 * @example
 * export default defineLoss({
 *   inputs: {
 *     yPred: { shape: [8, 4], domain: 'real' },
 *     yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
 *   },
 *   loss: (yPred, yTrue) => tf.mean(tf.square(tf.sub(yPred, yTrue))),
 * });
 */
export function defineLoss<P = undefined>(definition: LossDefinition<P>): DefinedLoss<P> {
  return Object.freeze({ ...definition, [BRAND]: true as const });
}

/** True for a value made by `defineLoss`, by any copy of losscheck. */
export function isDefinedLoss(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && BRAND in value;
}
