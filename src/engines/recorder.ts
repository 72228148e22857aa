import type { SourceLocation } from '../contracts/source.ts';
import type { TensorData } from '../contracts/tensor.ts';
import type {
  Phase,
  Trace,
  TraceDetachment,
  TraceKeep,
  TraceOperation,
  TraceOptions,
  TraceRead,
  TracedTensor,
} from '../contracts/engine.ts';
import { Snapshots, type Numbers } from './snapshots.ts';
import type { CustomGradFunction, EngineInternals, KernelInvocation, TapeNode, Tensor } from './tfjs.ts';

/** How to run a recorded operation again: kept beside the trace, since it holds what is not data. */
export interface Replayable {
  readonly run: (inputs: readonly Tensor[], names: readonly string[]) => readonly Tensor[];
}

const NOWHERE = (): null => null;

type MutableOperation = { -readonly [K in keyof TraceOperation]: TraceOperation[K] };

interface Recording {
  readonly operations: readonly TraceOperation[];
  readonly reads: readonly TraceRead[];
  readonly detachments: readonly TraceDetachment[];
  readonly keeps: readonly TraceKeep[];
  readonly nestedGradients: Trace['nestedGradients'];
  readonly replayable: ReadonlyMap<TraceOperation, Replayable>;
}

export interface RecorderOptions extends TraceOptions {
  readonly locate: () => { readonly location: SourceLocation | null; readonly callee: string | null };
  /** The place alone, looked up in the source when it is asked for: most are never. */
  readonly place: () => () => SourceLocation | null;
  readonly hasGradient: (kernel: string) => boolean;
  /** True for a function of the user's own: TensorFlow.js uses `customGrad` inside its operations too. */
  readonly isUsers: (f: CustomGradFunction) => boolean;
  /** The function behind an invocation of a `tf.customGrad`, by its first input. */
  readonly customGradOf: (firstInput: Tensor | undefined) => CustomGradFunction | undefined;
  readonly numbers: Pick<Numbers, 'toArray' | 'isArray'>;
  /** Whether it is the probe itself that asks for numbers or gradients, and not the loss. */
  readonly isOwn: () => boolean;
  /** Only these operations are looked at, by index; the others are merely counted. All by default. */
  readonly only?: ReadonlySet<number>;
}

/**
 * Records every operation of one evaluation by standing in for a few methods of the engine instance.
 *
 * Only operations that a person would recognise are kept: kernels that a kernel runs inside itself are
 * left out, those inside the forward function of a `tf.customGrad` are kept and marked.
 */
export class Recorder {
  readonly #engine: EngineInternals;
  readonly #options: RecorderOptions;
  readonly #operations: MutableOperation[] = [];
  readonly #reads: TraceRead[] = [];
  readonly #detachments: TraceDetachment[] = [];
  readonly #keeps: TraceKeep[] = [];
  readonly #nestedGradients: { readonly location: SourceLocation | null }[] = [];
  readonly #replayable = new Map<TraceOperation, Replayable>();
  readonly #tensors = new Map<number, TracedTensor>();
  readonly #tensorOfData = new WeakMap<object, number>();
  readonly #producer = new Map<number, MutableOperation>();
  readonly #rawRead: EngineInternals['readSync'];
  readonly #snapshots: Snapshots;
  #phase: Phase = 'forward';
  /** Depth of kernels within kernels at which the user's own operations run now. */
  #userDepth = 0;
  #insideCustomGrad = false;
  #differentiating: MutableOperation | null = null;

  constructor(engine: EngineInternals, options: RecorderOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#rawRead = engine.readSync.bind(engine);
    const isAlive = (dataId: object): boolean => engine.state.tensorInfo.has(dataId);
    this.#snapshots = new Snapshots({ ...options.numbers, read: this.#rawRead, isAlive });
  }

  /** Runs `body` while recording; the engine is as before afterwards, whatever happens. */
  record<T>(body: () => T): T {
    const engine = this.#engine;
    const replaced = ['runKernelFunc', 'addTapeNode', 'incRef', 'keep', 'gradients', 'readSync', 'read'] as const;
    const own = new Map(replaced.map((name) => [name, Object.getOwnPropertyDescriptor(engine, name)]));
    this.#install();
    try {
      return body();
    } finally {
      for (const [name, descriptor] of own) {
        if (descriptor === undefined) Reflect.deleteProperty(engine, name);
        else Object.defineProperty(engine, name, descriptor);
      }
    }
  }

  get recording(): Recording {
    return {
      operations: this.#operations,
      reads: this.#reads,
      detachments: this.#detachments,
      keeps: this.#keeps,
      nestedGradients: this.#nestedGradients,
      replayable: this.#replayable,
    };
  }

  /** How far the evaluation has come. */
  get progress(): { readonly phase: Phase; readonly afterOperation: number } {
    return { phase: this.#phase, afterOperation: this.#operations.length };
  }

  /** The operation whose derivative was being computed last: where a throw in the backward pass belongs. */
  get differentiating(): TraceOperation | null {
    return this.#differentiating;
  }

  startBackward(): void {
    this.#phase = 'backward';
  }

  /** Data of a tensor, taken once however often it is used. */
  snapshot(tensor: Tensor, isFresh = false): TracedTensor {
    const known = this.#tensors.get(tensor.id);
    if (known !== undefined) return known;
    if (!this.#tensorOfData.has(tensor.dataId)) this.#tensorOfData.set(tensor.dataId, tensor.id);
    const traced = { id: tensor.id, value: this.#snapshots.take(tensor, isFresh) };
    this.#tensors.set(tensor.id, traced);
    return traced;
  }

  /** To be called when the evaluation is over and its tensors are gone. */
  settle(): void {
    this.#snapshots.settle();
  }

  #install(): void {
    const engine = this.#engine;
    const runKernelFunc = engine.runKernelFunc.bind(engine);
    const addTapeNode = engine.addTapeNode.bind(engine);
    const incRef = engine.incRef.bind(engine);
    const keep = engine.keep.bind(engine);
    const gradients = engine.gradients.bind(engine);
    const read = engine.read.bind(engine);

    engine.runKernelFunc = (invocation) => {
      if (engine.state.kernelDepth !== this.#userDepth) return runKernelFunc(invocation);
      if ('kernelName' in invocation) {
        const outputs = runKernelFunc(invocation);
        this.#addKernel(invocation, asList(outputs));
        return outputs;
      }
      const forwardFunc = invocation.forwardFunc;
      return this.#runCustomGrad(invocation.inputs, (wrap) =>
        runKernelFunc({ ...invocation, forwardFunc: (backend, save) => wrap(() => forwardFunc(backend, save)) }),
      );
    };
    engine.addTapeNode = (kernelName, inputs, outputs, gradientsFunc, saved, attrs) => {
      addTapeNode(kernelName, inputs, outputs, gradientsFunc, saved, attrs);
      const node = engine.state.activeTape?.at(-1);
      if (node !== undefined) this.#watchGradient(node);
    };
    engine.incRef = (variable, backend) => {
      incRef(variable, backend);
      const from = this.#tensorOfData.get(variable.dataId) ?? null;
      // The variable has other numbers from here on.
      this.#tensors.delete(variable.id);
      if (from === variable.id) return;
      const { location } = this.#options.locate();
      this.#detachments.push({ fromTensorId: from, toTensorId: variable.id, location });
    };
    engine.keep = (tensor) => {
      // Deeper down it is autograd, which keeps what an operation saves for its derivative.
      if (engine.state.kernelDepth === this.#userDepth) this.#keeps.push({ tensorId: tensor.id, location: this.#options.locate().location });
      return keep(tensor);
    };
    engine.gradients = (...args) => {
      if (!this.#options.isOwn()) this.#nestedGradients.push({ location: this.#options.locate().location });
      return gradients(...args);
    };
    engine.readSync = (dataId) => this.#noteRead(dataId, this.#rawRead(dataId));
    engine.read = async (dataId) => {
      const noted = this.#noteRead(dataId, this.#rawRead(dataId));
      await read(dataId);
      return noted;
    };
  }

  #addKernel(invocation: KernelInvocation, outputs: readonly Tensor[]): void {
    const { kernelName, inputs, attrs } = invocation;
    const isList = Array.isArray(inputs);
    const operation = this.#append(kernelName, attrs ?? {}, inputs, outputs, true);
    this.#replayable.set(operation, {
      run: (tensors, names) => {
        const named = Object.fromEntries(names.map((name, index) => [name, tensors[index]]));
        return asList(this.#engine.runKernel(kernelName, isList ? tensors : named, attrs));
      },
    });
  }

  #append(
    kernel: string,
    attributes: Readonly<Record<string, unknown>>,
    inputs: Readonly<Record<string, Tensor | null>>,
    outputs: readonly Tensor[],
    isKernel: boolean,
  ): MutableOperation {
    const backward = this.#phase === 'backward';
    const isCounted = this.#options.only?.has(this.#operations.length) === false;
    if (isCounted) {
      inputs = {};
      outputs = [];
    }
    const of = backward ? this.#differentiating : null;
    const place = isCounted ? NOWHERE : backward ? this.#backwardPlace(of) : this.#options.place();
    const operation: MutableOperation = {
      index: this.#operations.length,
      kernel,
      attributes,
      phase: this.#phase,
      inputs: this.#snapshotsOf(inputs),
      // What a `tf.customGrad` returns may be something that its function had before.
      outputs: outputs.map((tensor) => this.snapshot(tensor, isKernel)),
      get location() {
        return place();
      },
      forwardIndex: of?.index ?? null,
      insideCustomGrad: this.#insideCustomGrad,
      hasGradient: !isKernel || this.#options.hasGradient(kernel),
      vjp: null,
    };
    this.#operations.push(operation);
    if (!this.#insideCustomGrad) for (const output of outputs) this.#producer.set(output.id, operation);
    return operation;
  }

  #snapshotsOf(inputs: Readonly<Record<string, Tensor | null>>): Record<string, TracedTensor> {
    const taken: Record<string, TracedTensor> = {};
    for (const [name, tensor] of Object.entries(inputs)) if (tensor != null) taken[name] = this.snapshot(tensor);
    return taken;
  }

  /** The derivatives of the library are nobody's line; those of a gradFunc are the user's own. */
  #backwardPlace(of: TraceOperation | null): () => SourceLocation | null {
    if (of === null) return NOWHERE;
    if (of.kernel !== 'customGrad') return () => of.location;
    const own = this.#options.place();
    return () => own() ?? of.location;
  }

  #runCustomGrad(
    inputs: Readonly<Record<string, Tensor>>,
    run: (wrap: <T>(forward: () => T) => T) => Tensor | Tensor[],
  ): Tensor | Tensor[] {
    const f = this.#options.customGradOf(Object.values(inputs)[0]);
    const outerDepth = this.#userDepth;
    const outerInside = this.#insideCustomGrad;
    const outputs = run((forward) => {
      this.#userDepth = this.#engine.state.kernelDepth;
      this.#insideCustomGrad = true;
      try {
        return forward();
      } finally {
        this.#userDepth = outerDepth;
        this.#insideCustomGrad = outerInside;
      }
    });
    const operation = this.#append(this.#nameOf(f), {}, inputs, asList(outputs), false);
    if (f !== undefined) {
      this.#replayable.set(operation, { run: (tensors) => [f(...tensors, () => {}).value] });
    }
    return outputs;
  }

  /** 'customGrad' for the user's own, the called operation ('softmaxCrossEntropy') for one of the library. */
  #nameOf(f: CustomGradFunction | undefined): string {
    if (f === undefined || this.#options.isUsers(f)) return 'customGrad';
    const called = (this.#options.locate().callee ?? '').replace(/_+op$|_+$/, '');
    return /^[A-Za-z]\w*$/.test(called) ? called : 'customGrad';
  }

  /** Notes the gradient that reaches an operation and what its derivative makes of it. */
  #watchGradient(node: TapeNode): void {
    const gradient = node.gradient;
    if (gradient === undefined) return;
    node.gradient = (dys) => {
      // Looked up now: when the node was made its operation was not recorded yet.
      const operation = this.#producer.get(node.outputs[0]?.id ?? -1);
      if (operation === undefined) return gradient(dys);
      this.#differentiating = operation;
      const outgoing: Record<string, TensorData> = {};
      operation.vjp = { incoming: dys.map((dy) => (dy === null ? null : this.snapshot(dy).value)), outgoing };
      return Object.fromEntries(
        Object.entries(gradient(dys)).map(([name, compute]) => [
          name,
          () => {
            this.#differentiating = operation;
            const passedOn = compute();
            outgoing[name] = this.snapshot(passedOn).value;
            return passedOn;
          },
        ]),
      );
    };
  }

  #noteRead<V>(dataId: object, values: V): V {
    if (this.#options.isOwn()) return values;
    this.#snapshots.expose(values);
    const tensorId = this.#tensorOfData.get(dataId);
    if (tensorId === undefined || this.#phase === 'backward') return values;
    const traced = this.#tensors.get(tensorId);
    if (traced === undefined) return values;
    const { location, callee } = this.#options.locate();
    if (callee === null) return values;
    const index = this.#reads.length;
    this.#reads.push({
      index,
      method: callee,
      tensorId,
      dtype: traced.value.dtype,
      location,
      afterOperation: this.#operations.length,
    });
    const alter = this.#options.alterRead;
    return alter === undefined ? values : (alter(index, traced.value).data as V);
  }
}

function asList(outputs: Tensor | Tensor[]): readonly Tensor[] {
  return Array.isArray(outputs) ? outputs : [outputs];
}
