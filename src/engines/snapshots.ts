import type { NumericArray, TensorData } from '../contracts/tensor.ts';
import type { Tensor } from './tfjs.ts';

/** How the numbers of tensors are reached. */
export interface Numbers {
  /** The live array of a tensor. */
  readonly read: (dataId: object) => unknown;
  /** A copy in the array type that an engine hands out for a dtype. */
  readonly toArray: (values: unknown, dtype: string) => NumericArray;
  /** Whether an array is of that type already. */
  readonly isArray: (values: unknown, dtype: string) => values is NumericArray;
  /** Whether some tensor still holds this data. */
  readonly isAlive: (dataId: object) => boolean;
}

interface Shared {
  readonly dataId: object;
  readonly value: { -readonly [K in keyof TensorData]: TensorData[K] };
}

/** Copying fewer numbers than this costs less than keeping account of who else has them. */
const SHARED_FROM = 2048;

/**
 * Numbers of tensors as they were when they were recorded.
 *
 * A kernel never changes what another one has made. So the large result of one need not be copied as long as
 * nobody else can write into it: that is until the loss asks for its numbers, which hands out the live array, or
 * until the run ends with the tensor still there. What the loss itself brought along is copied at once.
 */
export class Snapshots {
  readonly #numbers: Numbers;
  /** By buffer, since a slice of a tensor may be a view of it. */
  readonly #shared = new Map<ArrayBufferLike, Shared[]>();
  readonly #exposed = new WeakSet<ArrayBufferLike>();

  constructor(numbers: Numbers) {
    this.#numbers = numbers;
  }

  /** @param isFresh whether a kernel has just made it, or the probe itself */
  take(tensor: Tensor, isFresh: boolean): TensorData {
    const { shape, dataId } = tensor;
    const dtype = tensor.dtype === 'int32' || tensor.dtype === 'bool' ? tensor.dtype : 'float32';
    if (tensor.dtype === 'string') return { shape, dtype, data: new Float64Array(0) };
    const values = this.#numbers.read(dataId);
    if (tensor.size < SHARED_FROM || !this.#numbers.isArray(values, tensor.dtype)) return { shape, dtype, data: this.#numbers.toArray(values, tensor.dtype) };
    const sharing = this.#exposed.has(values.buffer) ? undefined : (this.#shared.get(values.buffer) ?? (isFresh ? [] : undefined));
    if (sharing === undefined) {
      this.#exposed.add(values.buffer);
      return { shape, dtype, data: this.#numbers.toArray(values, tensor.dtype) };
    }
    const value: Shared['value'] = { shape, dtype, data: values };
    sharing.push({ dataId, value });
    this.#shared.set(values.buffer, sharing);
    return value;
  }

  /** The loss is about to be given this array, and may write into it. */
  expose(values: unknown): void {
    if (!ArrayBuffer.isView(values) || values.byteLength < SHARED_FROM) return;
    this.#exposed.add(values.buffer);
    this.#part(values.buffer);
  }

  /** The run is over: what outlives it can be changed by a later one. */
  settle(): void {
    for (const [buffer, sharing] of this.#shared) if (sharing.some(({ dataId }) => this.#numbers.isAlive(dataId))) this.#part(buffer);
    this.#shared.clear();
  }

  #part(buffer: ArrayBufferLike): void {
    for (const { value } of this.#shared.get(buffer) ?? []) value.data = value.data.slice();
    this.#shared.delete(buffer);
  }
}
