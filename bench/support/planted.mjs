import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Losses as a user writes them, in a folder that goes away with the process. */

export function temporaryFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'losscheck-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const huberModule = ({ shape, before = '', prediction = 'yPred', delta = 1, reduction = 'mean' }) => `import * as tf from '@tensorflow/tfjs';
${before}
export function huber(yPred: tf.Tensor, yTrue: tf.Tensor): tf.Scalar {
  const residual = tf.sub(${prediction}, yTrue);
  const clipped = tf.clipByValue(residual, -${delta}, ${delta});
  return tf.${reduction}(tf.mul(clipped, tf.sub(residual, tf.mul(clipped, 0.5))));
}

export const losscheck = {
  inputs: {
    yPred: { shape: ${JSON.stringify(shape)}, domain: 'real' },
    yTrue: { shape: ${JSON.stringify(shape)}, domain: 'real', role: 'target' },
  },
};
`;

/** Huber in a .ts file. Another `delta` is an edit of the loss. */
export function writeHuber(file, options) {
  writeFileSync(file, huberModule(options));
  return file;
}

/** The same with one entry of the gradient of yPred multiplied by a factor. */
export function writeFaultyHuber(file, { shape, reduction, fault: { coordinate, factor } }) {
  const before = `
const plant = tf.customGrad((x: tf.Tensor, save: tf.GradSaveFunc) => {
  save([]);
  const factors = tf.buffer(x.shape, 'float32');
  factors.values.fill(1);
  factors.values[${coordinate}] = ${factor};
  return { value: tf.clone(x), gradFunc: (dy: tf.Tensor) => tf.mul(dy, factors.toTensor()) };
});
`;
  return writeHuber(file, { shape, reduction, before, prediction: 'plant(yPred)' });
}
