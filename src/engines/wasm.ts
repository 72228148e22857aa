import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import type { Tensorflow } from '../contracts/tensorflow.ts';
import { packageRoot } from '../package-root.ts';
import { keptScript } from '../scripts.ts';
import type { Tf } from './tfjs.ts';

interface WasmBackendModule {
  setWasmPaths(prefix: string): void;
}

/**
 * Adds the wasm backend to a copy of TensorFlow.js and switches to it. The backend's script is bundled
 * without tfjs-core, so that it registers its kernels with the copy it is given.
 */
export async function useWasmBackend(tf: Tf, wasm: Tensorflow['wasm']): Promise<void> {
  // A second engine on the same copy: registering every kernel again is told on the console, and changes nothing.
  if (tf.getBackend() === 'wasm') return;
  if (wasm !== null && 'missing' in wasm) throw new Error(wasm.missing);
  const own = path.join(packageRoot(), 'dist', 'engines');
  const file = path.join(own, 'wasm-backend.cjs');
  const directory = wasm?.binaries ?? own;
  const require = createRequire(file);
  const code = wasm === null ? readFileSync(file, 'utf8') : keptScript(wasm.script);
  const run = compileFunction(code, ['require', 'module', 'exports', '__filename', '__dirname'], {
    filename: file,
  }) as (...scope: unknown[]) => void;
  const module: { exports: unknown } = { exports: {} };
  run((id: string) => (id === '@tensorflow/tfjs-core' ? tf : require(id)), module, module.exports, file, directory);
  (module.exports as WasmBackendModule).setWasmPaths(`${directory}${path.sep}`);
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend does not start on this machine');
}
