import type { BackendName, Engine } from '../contracts/engine.ts';
import type { Tensorflow } from '../contracts/tensorflow.ts';
import { createProductionEngine, firstLine } from './production.ts';

/** A backend that does not run here. */
export interface UnavailableBackend {
  readonly backend: BackendName;
  readonly reason: string;
}

/** The engine that `auto` takes, and every other float32 engine that starts here. */
export interface AllEngines {
  readonly production: Engine;
  readonly others: readonly Engine[];
  readonly unavailable: readonly UnavailableBackend[];
}

/** Those that the package brings along; tfjs-node is taken by `auto` wherever it loads. */
const BUNDLED = ['cpu', 'wasm'] as const;

/**
 * All float32 engines, each on a copy of TensorFlow.js of its own, so that none switches the backend of another.
 */
export async function createAllEngines(tensorflow: Tensorflow): Promise<AllEngines> {
  const production = await createProductionEngine('auto', tensorflow);
  const { backend: taken, fallbackReason } = production.info;
  const others: Engine[] = [];
  const unavailable: UnavailableBackend[] = taken === 'tensorflow' ? [] : [{ backend: 'tensorflow', reason: fallbackReason ?? 'not chosen' }];
  for (const backend of BUNDLED) {
    if (backend === taken) continue;
    try {
      others.push(await createProductionEngine(backend, tensorflow));
    } catch (error) {
      // Whatever is wrong with it is why it is not compared: the report says so.
      unavailable.push({ backend, reason: firstLine(error).replace(`--backend ${backend}: `, '') });
    }
  }
  return { production, others, unavailable };
}
