import type { InputMetadata } from '../contracts/metadata.ts';
import type { VerifyOptions } from '../contracts/options.ts';

/** What `toPassLosscheck` accepts: options of `verify` that concern one loss. */
export interface LosscheckOptions extends Pick<VerifyOptions, 'seed' | 'samples' | 'rtol' | 'against' | 'param' | 'backend' | 'timeout' | 'strict' | 'cwd'> {
  /** Only these checks. */
  readonly check?: string | readonly string[];
  readonly skip?: string | readonly string[];
  /** Declarations of inputs, by name. Samplers go into the module of the loss. */
  readonly inputs?: Readonly<Record<string, InputMetadata>>;
}

export interface LosscheckMatchers<R = Promise<void>> {
  /**
   * Checks a loss as `losscheck verify` does. Await it.
   *
   * The value is an exported loss (function, class, instance or `defineLoss`), or what stands for one:
   * `'./focal.ts#focal'`, relative to the test or to the working directory, or the id of a built-in loss.
   * `not` asks for a loss that fails: one that cannot be loaded or decided is neither.
   */
  toPassLosscheck(options?: LosscheckOptions): R;
}
