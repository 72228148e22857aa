import type { SourceLocation } from './source.ts';
import type { InstallationNote } from './tensorflow.ts';
import type { Dtype, Point, TensorData } from './tensor.ts';

/**
 * The interface of an engine. Plain data in and out: no tensor leaves it, so a check cannot leak one,
 * and the same check runs on either engine.
 */

type EngineRole = 'reference' | 'production';
export type BackendName = 'cpu' | 'wasm' | 'tensorflow';

export interface EngineInfo {
  readonly role: EngineRole;
  readonly backend: BackendName;
  readonly precision: 32 | 64;
  /** Version of tfjs-core that computes. */
  readonly tfjs: string;
  /** Why a preferred backend is not used; null when the preferred one is. */
  readonly fallbackReason: string | null;
  /** What somebody who trains on this backend should know. */
  readonly notes: readonly InstallationNote[];
}

/** A module of the user's (or of ours) as one script, with its source map. */
export interface ModuleBundle {
  /** The file that was asked for, absolute. */
  readonly entry: string;
  readonly code: string;
  /** Source map v3, as JSON text, with `sourcesContent`. */
  readonly map: string;
  /** Every file that went in, absolute: what a watcher or a cache depends on. */
  readonly sources: readonly string[];
}

export interface Engine {
  readonly info: EngineInfo;
  /**
   * Evaluates a bundle against this engine's TensorFlow.js.
   *
   * @throws whatever the module throws while it is imported
   */
  evaluate(bundle: ModuleBundle, locator: SourceLocator): Promise<EvaluatedModule>;
}

/** From a position in a bundle's code (1-based) to the user's file; null for code that is not theirs. */
export interface SourceLocator {
  /** Whether the code is theirs throughout, without a library in it. */
  readonly isAllOwn: boolean;
  locate(line: number, column: number): SourceLocation | null;
}

export interface EvaluatedModule {
  /** The module's exports by name; `default` is the default export. */
  readonly exports: Readonly<Record<string, unknown>>;
  /**
   * Runs code of the module outside of a probe, such as a constructor: with the random numbers that the module
   * was imported with, and with names for variables that nobody else has taken.
   */
  within<T>(body: () => T): T;
  /** Binds a loss of this module, so that it can be probed with plain numbers. */
  bind(loss: LossCallable): LossProbe;
  /** Where an error thrown by the module's code came from; null when no frame is the user's. */
  locateError(error: unknown): SourceLocation | null;
}

/** A loss as it was found in a module: what to call, and what else there is to know. */
export interface LossCallable {
  /** Calls the loss with tensors in argument order. */
  readonly invoke: (tensors: readonly unknown[]) => unknown;
  /** Names of the inputs in argument order. */
  readonly inputNames: readonly string[];
  /** The trainable variables that belong to the loss, by a readable name. */
  readonly variables: () => ReadonlyMap<string, unknown>;
}

/** What came back from one call of the loss. */
export type Evaluation =
  | {
      readonly kind: 'tensor';
      readonly tensor: TensorData;
      /** Named scalars beside the total, in the order returned. */
      readonly components: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'not-a-tensor';
      /** 'number', 'promise', 'undefined', 'null', 'array', 'string', 'object', … */
      readonly found: string;
      /** The number itself, when it is one. */
      readonly value: number | null;
    }
  | { readonly kind: 'threw'; readonly error: LossError };

export interface LossError {
  readonly message: string;
  readonly location: SourceLocation | null;
}

export interface GradientEvaluation {
  readonly evaluation: Evaluation;
  /** By input and parameter name; null where autograd gave none. Null as a whole when it threw. */
  readonly gradients: Readonly<Record<string, TensorData | null>> | null;
  /** What autograd threw, with the forward operation it was at. */
  readonly error: LossError | null;
}

/** What a loss can see beside its inputs, held the same at every call unless a caller says otherwise. */
export interface Surroundings {
  /** Seed of `Math.random`, from which the random operations of TensorFlow.js draw theirs. */
  readonly random: number;
  /** What the clock shows as the call begins, in milliseconds since 1970. */
  readonly clock: number;
}

/** What every call sees that names no other: a Monday morning. A module is imported a second earlier. */
export const HELD: Surroundings = { random: 0, clock: Date.UTC(2024, 4, 6, 9, 30) };

export interface GradientOptions {
  /** One of the components that the loss returns beside the total; a plain number has no gradients (null). */
  readonly component?: string;
  readonly surroundings?: Surroundings;
}

/**
 * One loss on one engine.
 *
 * Every call starts from fresh tensors and leaves none behind. `Math.random` is reseeded and the clock set
 * before each call, so a loss that draws random numbers draws the same ones at every probe.
 */
export interface LossProbe {
  readonly engine: EngineInfo;
  /** Trainable variables of the loss with the values they had when it was bound. */
  readonly parameters: Point;
  value(point: Point): Evaluation;
  /**
   * Sum of the entries of the result, NaN when it is no tensor or the loss throws. The fast path of
   * finite differences. For a scalar it is the loss.
   */
  scalar(point: Point): number;
  /** Value and gradient with respect to `wrt` (input and parameter names). */
  gradient(point: Point, wrt: readonly string[], options?: GradientOptions): GradientEvaluation;
  /** The same, and every kernel on the way. */
  trace(point: Point, wrt: readonly string[], options?: TraceOptions): Trace;
  /**
   * Calls the loss as its users do, at one point after the other and without cleaning up after it, and
   * counts what is left. Calls that throw are left out.
   */
  account(points: readonly Point[], wrt: readonly string[]): MemoryAccount;
  /**
   * Runs the loss and looks at the outputs of some of its operations, by their index in a trace. Null when
   * the run takes another course than a trace of that length.
   */
  tap(point: Point, operations: ReadonlySet<number>, length: number): Tapped | null;
  /**
   * Many coordinates at once, by replaying a trace of this probe; `near` is another one a step away. Null where the
   * traces do not show how the loss depends on the input.
   */
  lanes(trace: Trace, near: Trace, input: string): Lanes | null;
  /** Runs one recorded forward operation again on other inputs. */
  replay(operation: TraceOperation, inputs: Readonly<Record<string, TensorData>>): readonly TensorData[];
}

/** The loss with one coordinate of one input moved at a time. A lane is one such move. */
export interface Lanes {
  /** The loss where nothing is moved. */
  readonly base: number;
  /** Numbers that one lane takes to compute. */
  readonly entriesEach: number;
  /**
   * How the loss changes when, in each lane, the coordinate `positions[lane]` alone is set to `given[lane]`. Where
   * the lanes go is planned once for each array of positions.
   */
  changes(positions: Int32Array, given: Float64Array): Float64Array;
  /**
   * The same, and what rounding of the change is relative to: `largest[lane]` is raised to the largest
   * `sum |w·y|` over what the lane touches of one operation, with y its outputs and w the gradient there.
   */
  weigh(positions: Int32Array, given: Float64Array, largest: Float64Array): Float64Array;
}

/** What calls of a loss leave behind, and what they do to their inputs. */
export interface MemoryAccount {
  /** For each call inside `tf.tidy`, as an optimizer makes them: how many more tensors there are after it. */
  readonly kept: readonly number[];
  /** What calls after the first took out of the care of tidy and never let go of. */
  readonly leaks: {
    readonly variables: number;
    /** Where most of it was taken. */
    readonly location: SourceLocation | null;
  };
  /** Tensors that one call outside of a tidy leaves beside its result. */
  readonly untidied: number;
  readonly disposed: readonly { readonly input: string; readonly location: SourceLocation | null }[];
  readonly changed: readonly { readonly input: string; readonly method: string | null; readonly location: SourceLocation | null }[];
}

/** What was seen of one run of the loss. */
export interface Tapped {
  readonly value: number;
  readonly outputs: ReadonlyMap<number, readonly TensorData[]>;
}

export interface TraceOptions {
  readonly surroundings?: Surroundings;
  /** Changes what the n-th data read returns: shows whether the loss depends on it. */
  readonly alterRead?: (readIndex: number, values: TensorData) => TensorData;
}

export type Phase = 'forward' | 'backward';

export interface TracedTensor {
  readonly id: number;
  readonly value: TensorData;
}

export interface TraceOperation {
  readonly index: number;
  /** Kernel name of TensorFlow.js ('Log', 'Select'), or 'customGrad'. */
  readonly kernel: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly phase: Phase;
  readonly inputs: Readonly<Record<string, TracedTensor>>;
  readonly outputs: readonly TracedTensor[];
  /**
   * The user's line: of the call for a forward operation; for a backward one that of its forward operation, or
   * that in the gradFunc of a `tf.customGrad`.
   */
  readonly location: SourceLocation | null;
  /** Backward only: index of the forward operation whose derivative this kernel belongs to. */
  readonly forwardIndex: number | null;
  /** Runs inside the forward function of a `tf.customGrad`, where autograd does not look. */
  readonly insideCustomGrad: boolean;
  /** Whether TensorFlow.js knows a derivative of this operation. */
  readonly hasGradient: boolean;
  /** Forward operations that autograd went through: gradient that arrived, and what it passed on. */
  readonly vjp: {
    readonly incoming: readonly (TensorData | null)[];
    readonly outgoing: Readonly<Record<string, TensorData>>;
  } | null;
}

/** The loss looked at the numbers of a tensor: `dataSync()`, `arraySync()`, `data()`, `print()`. */
export interface TraceRead {
  readonly index: number;
  /** The method that the loss called: 'dataSync', 'arraySync', 'data', 'print', … */
  readonly method: string;
  readonly tensorId: number;
  readonly dtype: Dtype;
  readonly location: SourceLocation | null;
  /** Number of operations that had run before. */
  readonly afterOperation: number;
}

/** `tf.variable(x)` and `variable.assign(x)` copy the value of x and leave its gradient behind. */
export interface TraceDetachment {
  /** Null for a tensor that no recorded operation made or used: one made of plain numbers. */
  readonly fromTensorId: number | null;
  readonly toTensorId: number;
  readonly location: SourceLocation | null;
}

/** `tf.keep(x)`: the loss takes a tensor out of the care of tidy, to have it at a later call. */
export interface TraceKeep {
  readonly tensorId: number;
  readonly location: SourceLocation | null;
}

export interface Trace {
  readonly evaluation: Evaluation;
  readonly gradients: Readonly<Record<string, TensorData | null>> | null;
  readonly gradientError: LossError | null;
  /** Forward, then backward, in the order they ran. */
  readonly operations: readonly TraceOperation[];
  readonly reads: readonly TraceRead[];
  readonly detachments: readonly TraceDetachment[];
  readonly keeps: readonly TraceKeep[];
  /** Calls of `tf.grad` and its kin inside the loss: derivatives of derivatives. */
  readonly nestedGradients: readonly { readonly location: SourceLocation | null }[];
  /** Tensor id of each input and parameter. */
  readonly inputIds: Readonly<Record<string, number>>;
  readonly resultId: number | null;
  /** Tensor id of each component that is a tensor. */
  readonly componentIds: Readonly<Record<string, number>>;
  /** Where the loss asked for a random number or the time: the first few. */
  readonly draws: readonly TraceDraw[];
}

export interface TraceDraw {
  readonly source: 'random' | 'clock';
  readonly phase: Phase;
  /** Number of operations that had run before. */
  readonly afterOperation: number;
  readonly location: SourceLocation | null;
}
