import type { CustomGradFunction, EngineInternals, Tensor } from './tfjs.ts';

/**
 * Remembers which function stands behind each call of a `tf.customGrad`.
 *
 * Installed once for the life of an engine: a module makes such operations when it is imported, long before
 * a trace begins. An invocation is recognised by its first tensor, which is made anew for each call.
 */
export class CustomGrads {
  readonly #functions = new WeakMap<Tensor, CustomGradFunction>();

  constructor(engine: EngineInternals) {
    const customGrad = engine.customGrad.bind(engine);
    engine.customGrad = (f) => {
      const operation = customGrad(f);
      return (...inputs) => {
        const first = inputs[0];
        if (first !== undefined) this.#functions.set(first, f);
        return operation(...inputs);
      };
    };
  }

  behind(firstInput: Tensor | undefined): CustomGradFunction | undefined {
    return firstInput === undefined ? undefined : this.#functions.get(firstInput);
  }
}
