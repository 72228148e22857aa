import { importSources as importFrom } from '../../scripts/build-program.mjs';
import { ROOT } from './machine.mjs';

/**
 * Parts of losscheck that its package does not export, from `src/`: so that no benchmark depends on how `dist/` is laid
 * out. They run with the copies of TensorFlow.js that are there.
 *
 * @param exports lines such as `export { createReferenceEngine } from './src/engines/index.ts';`
 */
export function importSources(exports) {
  return importFrom(ROOT, exports);
}
