/**
 * Builds the copies of TensorFlow.js that losscheck brings along: the scripts of src/load/tensorflow/recipe.ts, the
 * wasm backend beside them, and what tells a project's copy that is the same.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

function installed(name) {
  const manifest = require.resolve(`@tensorflow/${name}/package.json`);
  return { root: path.dirname(manifest), version: require(manifest).version };
}

/**
 * @param sources the recipe: `bundleCopy`, `bundleWasmBackend`, `digestOf`
 * @param put writes a file in one step: (path, contents)
 */
export async function buildEngines({ bundleCopy, bundleWasmBackend, digestOf }, root, outdir, put) {
  const kernels = path.join(root, 'scripts', 'kernels');
  for (const file of readdirSync(kernels)) put(path.join(outdir, 'kernels', file), readFileSync(path.join(kernels, file)));
  const core = installed('tfjs-core');
  const roots = { core: core.root, cpu: installed('tfjs-backend-cpu').root, layers: installed('tfjs-layers').root };
  const wasm = installed('tfjs-backend-wasm').root;
  const scripts = await Promise.all([bundleCopy(roots, 64, kernels), bundleCopy(roots, 32, kernels), bundleWasmBackend(wasm)]);
  ['reference64.cjs', 'production32.cjs', 'wasm-backend.cjs'].forEach((name, index) => put(path.join(outdir, name), scripts[index]));
  for (const file of readdirSync(path.join(wasm, 'dist')).filter((name) => name.endsWith('.wasm'))) {
    put(path.join(outdir, file), readFileSync(path.join(wasm, 'dist', file)));
  }
  put(path.join(outdir, 'copy.json'), Buffer.from(`${JSON.stringify({ version: core.version, digests: { core: digestOf(roots.core), cpu: digestOf(roots.cpu), layers: digestOf(roots.layers) } })}\n`));
}
