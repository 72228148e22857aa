import type { Engine } from '../contracts/engine.ts';
import { registerDoubleKernels } from './double-kernels.ts';
import { loadScript } from '../scripts.ts';
import { selfTest } from './self-test.ts';
import { TfjsEngine } from './tfjs-engine.ts';
import type { TfjsCopy } from './tfjs.ts';

/** Loads one of the scripts that the build makes of TensorFlow.js. */
export function loadCopy(name: 'reference64' | 'production32'): TfjsCopy {
  return loadScript(`engines/${name}.cjs`) as TfjsCopy;
}

/**
 * The float64 engine: TensorFlow.js with its CPU backend in which every float array holds doubles.
 *
 * @throws when its self-test fails; losscheck never goes on in less precision
 */
export function createReferenceEngine(): Engine {
  const copy = loadCopy('reference64');
  registerDoubleKernels(copy.core);
  selfTest(copy.core, 64);
  return new TfjsEngine(copy, {
    role: 'reference',
    backend: 'cpu',
    precision: 64,
    tfjs: copy.core.version_core,
    fallbackReason: null,
  });
}
