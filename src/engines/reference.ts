import type { Engine } from '../contracts/engine.ts';
import type { Tensorflow } from '../contracts/tensorflow.ts';
import { loadKeptScript, loadScript } from '../scripts.ts';
import { registerDoubleKernels } from './double-kernels.ts';
import { selfTest } from './self-test.ts';
import { TfjsEngine } from './tfjs-engine.ts';
import type { TfjsCopy } from './tfjs.ts';

/**
 * Loads one of the scripts that are made of TensorFlow.js: of the project's own copy, or of losscheck's.
 *
 * @param instance names a second copy made by the same script, with an engine of its own
 */
export function loadCopy(name: 'reference64' | 'production32', { scripts }: Pick<Tensorflow, 'scripts'>, instance: string | null = null): TfjsCopy {
  return (scripts === null ? loadScript(`engines/${name}.cjs`, instance) : loadKeptScript(scripts[name], instance)) as TfjsCopy;
}

/**
 * The float64 engine: TensorFlow.js with its CPU backend in which every float array holds doubles.
 *
 * @throws when its self-test fails; losscheck never goes on in less precision
 */
export function createReferenceEngine(tensorflow: Pick<Tensorflow, 'scripts'> = { scripts: null }): Engine {
  const copy = loadCopy('reference64', tensorflow);
  registerDoubleKernels(copy.core);
  selfTest(copy.core, 64);
  return new TfjsEngine(copy, {
    role: 'reference',
    backend: 'cpu',
    precision: 64,
    tfjs: copy.core.version_core,
    fallbackReason: null,
    notes: [],
  });
}
