/**
 * The built-in losses on a copy of TensorFlow.js that is handed over.
 *
 * `losscheck/losses` imports `@tensorflow/tfjs-core`. Where a package manager gives it another copy than the
 * project's own (pnpm, where the project depends on an older `@tensorflow/tfjs` and not on tfjs-core itself), two would
 * be loaded. With this function there is one, whatever is installed. The build writes its code.
 *
 * @param tf `@tensorflow/tfjs`, `-node` or `-core`: the namespace that the project imports
 * @example
 * import * as tf from '@tensorflow/tfjs-node';
 * import { lossesWith } from 'losscheck/losses/with';
 *
 * const { focal } = lossesWith(tf);
 */
export declare function lossesWith(tf: object): typeof import('./losses.ts');
