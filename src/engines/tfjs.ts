import type * as core from '@tensorflow/tfjs-core';
import type * as layers from '@tensorflow/tfjs-layers';
import type { Dtype, NumericArray } from '../contracts/tensor.ts';

export type Tf = typeof core;
export type Tensor = core.Tensor;
export type Variable = core.Variable;

/** One copy of TensorFlow.js with everything that a user's imports may ask for. */
export interface TfjsCopy {
  readonly core: Tf;
  readonly layers: typeof layers | null;
  readonly cpu: Readonly<Record<string, unknown>>;
  /** The module of `dist/` with this specifier, without extension; undefined where there is none. */
  readonly deep: (specifier: string) => Readonly<Record<string, unknown>> | undefined;
}

export interface KernelInvocation {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, Tensor | null>>;
  readonly attrs?: Readonly<Record<string, unknown>>;
}

interface CustomGradInvocation {
  readonly forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor | Tensor[];
  readonly backwardsFunc: unknown;
  readonly inputs: Readonly<Record<string, Tensor>>;
}

export interface TapeNode {
  readonly kernelName: string;
  readonly outputs: readonly Tensor[];
  readonly saved: readonly Tensor[];
  gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
}

/**
 * The parts of tfjs-core's engine that a trace hooks into. They are private in its type declarations
 * but stable since version 2: each is an ordinary method, so replacing it on the instance reaches every
 * operation, those of the backward pass too.
 */
export interface EngineInternals {
  readonly state: {
    kernelDepth: number;
    gradientDepth: number;
    activeTape: TapeNode[] | null;
    /** Variables by name: a name can be given once. */
    registeredVariables: Record<string, Variable>;
    readonly numTensors: number;
    readonly nextTapeNodeId: number;
    /** What there is to know of data that some tensor holds. */
    readonly tensorInfo: { has(dataId: object): boolean };
  };
  runKernel(kernelName: string, inputs: unknown, attrs?: unknown): Tensor | Tensor[];
  runKernelFunc(invocation: KernelInvocation | CustomGradInvocation): Tensor | Tensor[];
  addTapeNode(
    kernelName: string,
    inputs: Readonly<Record<string, Tensor>>,
    outputs: readonly Tensor[],
    gradientsFunc: unknown,
    saved: readonly Tensor[],
    attrs: unknown,
  ): void;
  customGrad(f: CustomGradFunction): (...inputs: Tensor[]) => Tensor;
  /** Called whenever a variable takes over the data of a tensor: when it is made, and by `assign`. */
  incRef(variable: Variable, backend: unknown): void;
  makeVariable(initialValue: Tensor, trainable?: boolean, name?: string, dtype?: string): Variable;
  keep(tensor: Tensor): Tensor;
  makeTensor(values: NumericArray, shape: number[], dtype: Dtype): Tensor;
  makeTensorFromTensorInfo(info: Pick<Tensor, 'dataId' | 'shape' | 'dtype'>): Tensor;
  readonly backend: { incRef(dataId: object): void };
  /** Keeps copies of what an operation needs for its derivative, until the gradient is computed. */
  saveTensorsForBackwardMode(tensors: readonly Tensor[]): readonly Tensor[];
  disposeTensor(tensor: Tensor): void;
  readSync(dataId: object): core.BackendValues;
  read(dataId: object): Promise<core.BackendValues>;
  gradients(
    f: () => Tensor,
    xs: readonly Tensor[],
    dy: Tensor | undefined,
    allowNoGradients: boolean,
  ): { value: Tensor; grads: (Tensor | undefined)[] };
}

export type CustomGradFunction = (...args: unknown[]) => { value: Tensor; gradFunc: unknown };

export function internalsOf(tf: Tf): EngineInternals {
  return tf.engine() as unknown as EngineInternals;
}
