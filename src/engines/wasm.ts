import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { packageRoot } from '../package-root.ts';
import type { Tf } from './tfjs.ts';

interface WasmBackendModule {
  setWasmPaths(prefix: string): void;
}

/**
 * Adds the wasm backend to a copy of TensorFlow.js and switches to it. The backend's script is bundled
 * without tfjs-core, so that it registers its kernels with the copy it is given.
 */
export async function useWasmBackend(tf: Tf): Promise<void> {
  const directory = path.join(packageRoot(), 'dist', 'engines');
  const file = path.join(directory, 'wasm-backend.cjs');
  const require = createRequire(file);
  const run = compileFunction(readFileSync(file, 'utf8'), ['require', 'module', 'exports', '__filename', '__dirname'], {
    filename: file,
  }) as (...scope: unknown[]) => void;
  const module: { exports: unknown } = { exports: {} };
  run((id: string) => (id === '@tensorflow/tfjs-core' ? tf : require(id)), module, module.exports, file, directory);
  (module.exports as WasmBackendModule).setWasmPaths(`${directory}${path.sep}`);
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend does not start on this machine');
}
