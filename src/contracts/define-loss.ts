import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { callOf } from './call.ts';
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

/** The schema of the parameters; undefined for a loss without. */
type Schema = ParameterSchema<unknown> | undefined;

/** The parameters with their defaults filled in. */
type Parsed<S> = S extends ParameterSchema<infer P> ? P : never;

/** The parameters as they may be given: with a zod schema, those with a default can be left out. */
type Options<S> = S extends { readonly _zod: { readonly input: infer I } } ? I : Partial<Parsed<S>>;

/** A method, and not a function, so that narrower tensors (Tensor2D) are accepted as inputs. */
interface Compute<S extends Schema> {
  loss(...inputs: S extends undefined ? Tensor[] : [...Tensor[], Parsed<S>]): LossResult;
}

export interface LossDefinition<S extends Schema = undefined, L extends Compute<S>['loss'] = Compute<S>['loss']>
  extends LossMetadata, LossDocumentation {
  /**
   * The parameters with their defaults, as a zod object. When present, the loss receives the parsed
   * parameters after its last input.
   */
  readonly params?: S;
  /** The loss itself: tensors in the key order of `inputs`, then the parameters if `params` is given. */
  readonly loss: L;
}

/** A loss is a scalar, which the operations that compute it do not say. */
type Reduced<R> = R extends Tensor ? Scalar : R extends readonly [Tensor, infer C] ? readonly [Scalar, C] : R;

type Unreduced = { readonly reduction: 'none' };

/** With its options last; `reduction: 'none'` leaves one value for each element or sample. */
type WithOptions<I extends unknown[], O, R> = O extends { reduction?: string | undefined }
  ? ((...inputs: [...I, options: O & Unreduced]) => R) & ((...inputs: [...I, options?: O]) => Reduced<R>)
  : (...inputs: [...I, options?: O]) => Reduced<R>;

/** The loss as a function: its inputs, then the parameters that differ from their defaults. */
export type LossFunction<S, L> = L extends (...inputs: infer A) => infer R
  ? S extends ParameterSchema<unknown>
    ? WithOptions<A extends [...infer I, unknown] ? I : A, Options<S>, R>
    : (...inputs: A) => Reduced<R>
  : never;

const BRAND: unique symbol = Symbol.for('losscheck.loss') as never;

export type DefinedLoss<S extends Schema = undefined, L extends Compute<S>['loss'] = Compute<S>['loss']> = LossFunction<
  S,
  L
> &
  LossDefinition<S, L> & { readonly [BRAND]: true };

/**
 * Declares a loss with its inputs, so that `losscheck verify` needs to infer nothing.
 *
 * The value is the loss as a function, for training, with the definition in its fields, frozen and
 * marked. Called, it checks that it gets tensors and fills the parameters in: `focal(yPred, yTrue)`,
 * `focal(yPred, yTrue, { gamma: 3 })`. Nothing is run or checked by the declaration itself: the fields
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
export function defineLoss<S extends Schema = undefined, L extends Compute<S>['loss'] = Compute<S>['loss']>(
  definition: LossDefinition<S, L>,
): DefinedLoss<S, L> {
  const fields = { ...definition, [BRAND]: true as const };
  const call = callOf(fields);
  // A function has a name of its own, which is not the name of the loss.
  Reflect.deleteProperty(call, 'name');
  for (const [key, value] of Object.entries(fields)) Object.defineProperty(call, key, { value, enumerable: true });
  Object.defineProperty(call, BRAND, { value: true });
  return Object.freeze(call) as unknown as DefinedLoss<S, L>;
}

/** True for a value made by `defineLoss`, by any copy of losscheck. */
export function isDefinedLoss(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'function' || (typeof value === 'object' && value !== null)) && BRAND in value;
}
