import type {
  EngineInfo,
  Evaluation,
  GradientEvaluation,
  GradientOptions,
  Lanes,
  LossCallable,
  LossError,
  LossProbe,
  MemoryAccount,
  Surroundings,
  Tapped,
  Trace,
  TraceDraw,
  TraceOperation,
  TraceOptions,
} from '../contracts/engine.ts';
import { describeThrown } from './thrown.ts';
import { HELD } from '../contracts/engine.ts';
import type { SourceLocation } from '../contracts/source.ts';
import type { NumericArray, Point, TensorData } from '../contracts/tensor.ts';
import { kernelRunner } from './lanes/kernels.ts';
import { createLanes } from './lanes/lanes.ts';
import { takeAccount, type PreparedCall } from './account.ts';
import type { CustomGrads } from './custom-grads.ts';
import { Recorder, type RecorderOptions, type Replayable } from './recorder.ts';
import { sortOutput, type LossOutput } from './result.ts';
import { STACK_DEPTH } from './stack.ts';
import { hold } from './surroundings.ts';
import { internalsOf, type EngineInternals, type Tensor, type Tf, type Variable } from './tfjs.ts';

/** Where the code of one evaluated module says it is. */
export interface ModuleFrames {
  /** The innermost frame of the user's own on the current stack, and what it called. */
  current(): { readonly location: SourceLocation | null; readonly callee: string | null };
  /** The same place, looked up in the source when it is asked for. */
  place(): () => SourceLocation | null;
  ofError(error: unknown): SourceLocation | null;
  /** Whether this text stands in the module's code. */
  hasText(text: string): boolean;
}

/** A loss that reads the time in a loop must not be slowed down by looking for each place. */
const LOCATED_DRAWS = 16;

class NotATensor extends Error {}

/** What is differentiated, and who wants to know. */
interface Differentiated {
  /** Null for the total. */
  readonly component: string | null;
  readonly onForward: (result: Tensor, components: Readonly<Record<string, unknown>>) => void;
  /** The line that a throw in the backward pass belongs to. */
  readonly where: () => SourceLocation | null;
}

const TOTAL: Differentiated = { component: null, onForward: () => {}, where: () => null };

export class TfjsProbe implements LossProbe {
  readonly engine: EngineInfo;
  readonly parameters: Point;
  readonly #tf: Tf;
  readonly #internals: EngineInternals;
  readonly #loss: LossCallable;
  readonly #frames: ModuleFrames;
  readonly #customGrads: CustomGrads;
  readonly #variables: ReadonlyMap<string, Variable>;
  readonly #replayable = new WeakMap<TraceOperation, Replayable>();
  /** Variables that the last call which made any has made. */
  #made: ReadonlySet<Variable> = new Set();
  /** Whether it is the probe itself that asks for numbers or gradients now, and not the loss. */
  #isAsking = false;

  /** What every recorder is told about the probe. */
  readonly #recording: Pick<RecorderOptions, 'numbers' | 'isOwn'> = {
    numbers: {
      toArray: (values, dtype) => this.#copy(values, dtype),
      isArray: (values, dtype): values is NumericArray => values instanceof this.#arrayOf(dtype),
    },
    isOwn: () => this.#isAsking,
  };

  constructor(tf: Tf, engine: EngineInfo, loss: LossCallable, frames: ModuleFrames, customGrads: CustomGrads) {
    this.#customGrads = customGrads;
    this.engine = engine;
    this.#tf = tf;
    this.#internals = internalsOf(tf);
    this.#loss = loss;
    this.#frames = frames;
    this.#variables = new Map(
      [...loss.variables()].filter((entry): entry is [string, Variable] => entry[1] instanceof tf.Variable),
    );
    this.parameters = Object.fromEntries([...this.#variables].map(([name, variable]) => [name, this.#read(variable)]));
  }

  value(point: Point): Evaluation {
    return this.#run(point, (inputs) => this.#evaluate(inputs).evaluation);
  }

  scalar(point: Point): number {
    try {
      return this.#run(point, (inputs) => {
        const output = sortOutput(this.#tf, this.#loss.invoke(inputs));
        return output.kind === 'tensor' ? sum(this.#numbersOf(output.total)) : NaN;
      });
    } catch {
      // A point at which the loss throws has no value; `value` tells why, this only measures.
      return NaN;
    }
  }

  gradient(point: Point, wrt: readonly string[], { component, surroundings = HELD }: GradientOptions = {}): GradientEvaluation {
    const part = component === undefined ? TOTAL : { ...TOTAL, component };
    return this.#run(point, (inputs) => this.#differentiate(inputs, wrt, part), surroundings);
  }

  account(points: readonly Point[], wrt: readonly string[]): MemoryAccount {
    const { state } = this.#internals;
    return this.#run({}, () => {
      const { registeredVariables } = state;
      const prepare = (point: Point): PreparedCall => {
        // A variable that is given a name can be made once: in a leak that would hide all calls but the first.
        state.registeredVariables = { ...registeredVariables };
        this.#assignParameters(point);
        const inputs = this.#inputs(point);
        return {
          leaves: this.#leaves(inputs),
          inTidy: () => this.#tf.tidy(() => this.#differentiate(inputs, wrt, TOTAL).evaluation.kind !== 'threw'),
          alone: () => this.#resultsOf(inputs),
        };
      };
      return takeAccount({ engine: this.#internals, locate: () => this.#frames.current(), calls: points.map((point) => () => prepare(point)) });
    });
  }

  /** How many tensors the loss hands to its caller; null where it throws, which other checks report. */
  #resultsOf(inputs: readonly Tensor[]): number | null {
    let returned: unknown;
    try {
      returned = this.#loss.invoke(inputs);
    } catch {
      return null;
    }
    const output = sortOutput(this.#tf, returned);
    if (output.kind !== 'tensor') return 0;
    const tensors = [output.total, ...Object.values(output.components)].filter((value) => value instanceof this.#tf.Tensor);
    return new Set(tensors).size;
  }

  trace(point: Point, wrt: readonly string[], options: TraceOptions = {}): Trace {
    const draws: TraceDraw[] = [];
    const recorder = new Recorder(this.#internals, {
      ...options,
      ...this.#recording,
      locate: () => this.#frames.current(),
      place: () => this.#frames.place(),
      isUsers: (f) => this.#frames.hasText(f.toString()),
      customGradOf: (firstInput) => this.#customGrads.behind(firstInput),
      hasGradient: (kernel) => this.#tf.getGradient(kernel) != null,
    });
    const onDraw = (source: TraceDraw['source']): void => {
      if (draws.length < LOCATED_DRAWS) draws.push({ source, ...recorder.progress, location: this.#frames.current().location });
    };
    const body = (inputs: readonly Tensor[]): Trace => {
      const leaves = this.#leaves(inputs);
      for (const leaf of leaves.values()) recorder.snapshot(leaf, inputs.includes(leaf));
      let resultId: number | null = null;
      let componentIds: Readonly<Record<string, number>> = {};
      const result = recorder.record(() =>
        this.#differentiate(inputs, wrt, {
          component: null,
          onForward: (total, components) => {
            resultId = total.id;
            componentIds = Object.fromEntries(
              Object.entries(components).flatMap(([name, value]) => (value instanceof this.#tf.Tensor ? [[name, value.id]] : [])),
            );
            recorder.startBackward();
          },
          where: () => recorder.differentiating?.location ?? null,
        }),
      );
      const { operations, reads, detachments, keeps, nestedGradients, replayable } = recorder.recording;
      for (const [operation, how] of replayable) this.#replayable.set(operation, how);
      return {
        evaluation: result.evaluation,
        gradients: result.gradients,
        gradientError: result.error,
        operations,
        reads,
        detachments,
        keeps,
        nestedGradients,
        inputIds: Object.fromEntries([...leaves].map(([name, leaf]) => [name, leaf.id])),
        resultId,
        componentIds,
        draws,
      };
    };
    const trace = this.#run(point, body, options.surroundings, onDraw);
    recorder.settle();
    return trace;
  }

  tap(point: Point, operations: ReadonlySet<number>, length: number): Tapped | null {
    const recorder = new Recorder(this.#internals, {
      locate: () => ({ location: null, callee: null }),
      place: () => () => null,
      isUsers: () => true,
      customGradOf: () => undefined,
      hasGradient: () => true,
      ...this.#recording,
      only: operations,
    });
    const tapped = this.#run(point, (inputs) => {
      const { evaluation } = recorder.record(() => this.#evaluate(inputs));
      const run = recorder.recording.operations;
      if (evaluation.kind !== 'tensor' || run.length !== length) return null;
      const outputs = new Map([...operations].map((index) => [index, run[index]?.outputs.map(({ value }) => value) ?? []]));
      return { value: sum(evaluation.tensor.data), outputs };
    });
    recorder.settle();
    return tapped;
  }

  lanes(trace: Trace, near: Trace, input: string): Lanes | null {
    return createLanes(trace, near, input, kernelRunner(this.#tf, this.#internals));
  }

  replay(operation: TraceOperation, inputs: Readonly<Record<string, TensorData>>): readonly TensorData[] {
    const how = this.#replayable.get(operation);
    if (how === undefined) throw new Error(`operation ${operation.index} (${operation.kernel}) was not recorded here`);
    const names = Object.keys(operation.inputs);
    return this.#run({}, () => {
      const tensors = names.map((name) => {
        const data = inputs[name] ?? operation.inputs[name]?.value;
        if (data === undefined) throw new Error(`operation ${operation.kernel} has no input ${name}`);
        return this.#tensor(data);
      });
      return how.run(tensors, names).map((output) => this.#read(output));
    });
  }

  /**
   * Fresh tensors in, nothing left behind: neither tensors, nor variables, nor a changed `Math.random`.
   *
   * A variable that a call makes goes when the next call has made another. One that is made once, at the
   * first call, is state that the loss goes on using: it stays.
   */
  #run<T>(point: Point, body: (inputs: readonly Tensor[]) => T, surroundings: Surroundings = HELD, onDraw?: (source: TraceDraw['source']) => void): T {
    const engine = this.#internals;
    const created = new Set<Variable>();
    const makeVariable = engine.makeVariable;
    const { registeredVariables } = engine.state;
    engine.state.registeredVariables = { ...registeredVariables };
    engine.makeVariable = (...args) => {
      const variable = makeVariable.apply(engine, args);
      created.add(variable);
      return variable;
    };
    const release = hold(surroundings, onDraw);
    const { stackTraceLimit } = Error;
    // What a loss throws must still name its line when it comes from deep inside the library.
    Error.stackTraceLimit = STACK_DEPTH;
    let result: T | undefined;
    try {
      this.#tf.tidy(() => {
        this.#assignParameters(point);
        result = body(this.#inputs(point));
      });
    } finally {
      release();
      Error.stackTraceLimit = stackTraceLimit;
      engine.makeVariable = makeVariable;
      engine.state.registeredVariables = registeredVariables;
      if (created.size > 0) {
        for (const variable of this.#made) variable.dispose();
        this.#made = created;
      }
    }
    return result as T;
  }

  #inputs(point: Point): readonly Tensor[] {
    return this.#loss.inputNames.flatMap((name) => {
      const data = point[name];
      return data === undefined ? [] : [this.#tensor(data)];
    });
  }

  #assignParameters(point: Point): void {
    for (const [name, variable] of this.#variables) {
      const data = point[name] ?? this.parameters[name];
      if (data !== undefined) variable.assign(this.#tensor(data));
    }
  }

  #leaves(inputs: readonly Tensor[]): ReadonlyMap<string, Tensor> {
    const named = this.#loss.inputNames.flatMap((name, index): [string, Tensor][] => {
      const tensor = inputs[index];
      return tensor === undefined ? [] : [[name, tensor]];
    });
    return new Map([...named, ...this.#variables]);
  }

  #evaluate(inputs: readonly Tensor[]): { evaluation: Evaluation; output: LossOutput | null } {
    let output: LossOutput;
    try {
      const returned = this.#loss.invoke(inputs);
      // The promise itself is the finding; what it rejects with later would only end the process.
      if (returned instanceof Promise) returned.catch(() => {});
      // Looking at it may run code of the loss, too: a getter, a proxy.
      output = sortOutput(this.#tf, returned);
    } catch (error) {
      return { evaluation: { kind: 'threw', error: this.#lossError(error) }, output: null };
    }
    if (output.kind === 'not-a-tensor') return { evaluation: output, output };
    return {
      evaluation: {
        kind: 'tensor',
        tensor: this.#read(output.total),
        components: Object.fromEntries(
          Object.entries(output.components).flatMap(([name, value]) => {
            const number = this.#component(value);
            return number === null ? [] : [[name, number]];
          }),
        ),
      },
      output,
    };
  }

  #component(value: unknown): number | null {
    if (typeof value === 'number') return value;
    return value instanceof this.#tf.Tensor ? sum(this.#read(value).data) : null;
  }

  #differentiate(
    inputs: readonly Tensor[],
    wrt: readonly string[],
    { component, onForward, where }: Differentiated,
  ): GradientEvaluation {
    const leaves = this.#leaves(inputs);
    const xs = wrt.map((name) => {
      const leaf = leaves.get(name);
      if (leaf === undefined) throw new Error(`there is no input or parameter named ${name}`);
      return leaf;
    });
    const seen: { evaluation: Evaluation | null } = { evaluation: null };
    const forward = (): Tensor => {
      this.#isAsking = false;
      const result = this.#evaluate(inputs);
      seen.evaluation = result.evaluation;
      if (result.output?.kind !== 'tensor') throw new NotATensor();
      const part = component === null ? result.output.total : result.output.components[component];
      if (!(part instanceof this.#tf.Tensor)) throw new NotATensor();
      onForward(part, result.output.components);
      return part;
    };
    try {
      this.#isAsking = true;
      const grads = xs.length > 0 ? this.#internals.gradients(forward, xs, undefined, true).grads : [forward()];
      const gradients = wrt.map((name, index) => {
        const gradient = grads[index];
        return [name, gradient == null ? null : this.#read(gradient)] as const;
      });
      return { evaluation: evaluated(seen), gradients: Object.fromEntries(gradients), error: null };
    } catch (error) {
      this.#isAsking = false;
      this.#disposeTape();
      const evaluation = evaluated(seen);
      if (error instanceof NotATensor) return { evaluation, gradients: null, error: null };
      const lossError = this.#lossError(error);
      return { evaluation, gradients: null, error: { ...lossError, location: where() ?? lossError.location } };
    }
  }

  /** A gradient that throws leaves its saved tensors behind, even inside `tidy`. */
  #disposeTape(): void {
    if (this.#internals.state.gradientDepth > 0) return;
    for (const node of this.#internals.state.activeTape ?? []) for (const tensor of node.saved) tensor.dispose();
    this.#internals.state.activeTape = null;
  }

  #lossError(error: unknown): LossError {
    return { message: describeThrown(error), location: this.#frames.ofError(error) };
  }

  #tensor(value: TensorData): Tensor {
    return this.#tf.tensor(this.#copy(value.data, value.dtype), [...value.shape], value.dtype);
  }

  #read(tensor: Tensor): TensorData {
    const dtype = tensor.dtype === 'int32' || tensor.dtype === 'bool' ? tensor.dtype : 'float32';
    return { shape: tensor.shape, dtype, data: this.#copy(this.#numbersOf(tensor), tensor.dtype) };
  }

  /** The live array of a tensor: to be copied or read at once. */
  #numbersOf(tensor: Tensor): ArrayLike<number> {
    this.#isAsking = true;
    try {
      return tensor.dataSync();
    } finally {
      this.#isAsking = false;
    }
  }

  /** Fresh arrays both ways: tfjs hands out its live buffers and keeps those that it is given. */
  #copy(values: unknown, dtype: string): NumericArray {
    // Constructors copy memory where `from` would iterate: thirty times faster on large tensors.
    return new (this.#arrayOf(dtype))(values as ArrayLike<number>);
  }

  #arrayOf(dtype: string): typeof Int32Array | typeof Uint8Array | typeof Float64Array | typeof Float32Array {
    if (dtype === 'int32') return Int32Array;
    if (dtype === 'bool') return Uint8Array;
    return this.engine.precision === 64 ? Float64Array : Float32Array;
  }
}

function sum(values: ArrayLike<number>): number {
  if (values.length === 1) return values[0] ?? NaN;
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index] ?? 0;
  return total;
}

function evaluated(seen: { readonly evaluation: Evaluation | null }): Evaluation {
  if (seen.evaluation === null) throw new Error('the loss was not called');
  return seen.evaluation;
}
