import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { build } from 'esbuild';
import { ROOT } from './machine.mjs';

/**
 * Parts of losscheck that its package does not export, from `src/`: so that no benchmark depends on how `dist/` is laid
 * out. They run as if they stood in `dist/`, with the copies of TensorFlow.js that are there.
 *
 * @param exports lines such as `export { createReferenceEngine } from './src/engines/index.ts';`
 */
export async function importSources(exports) {
  const filename = path.join(ROOT, 'dist', 'bench.cjs');
  const { outputFiles } = await build({
    stdin: { contents: exports, resolveDir: ROOT, sourcefile: 'bench-entry.js', loader: 'js' },
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['esbuild'],
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(filename).href) },
    logLevel: 'error',
  });
  const module = { exports: {} };
  compileFunction(outputFiles[0].text, ['module', 'exports', 'require'], { filename })(module, module.exports, createRequire(filename));
  return module.exports;
}
