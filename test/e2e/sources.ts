/** Modules as a person might write them, for tests from outside. */

export const IMPORT = `import * as tf from '@tensorflow/tfjs';\n`;

/** A right loss; `name` is the export, or 'default'. */
export function squaredError(name = 'default'): string {
  return lossOf(name, 'return tf.mean(tf.square(tf.sub(yPred, yTrue)));');
}

/** A loss with this body, without the import of tfjs. */
export function lossOf(name: string, body: string): string {
  const head = name === 'default' ? 'export default function squared' : `export function ${name}`;
  return `${head}(yPred: tf.Tensor, yTrue: tf.Tensor) {\n  ${body}\n}\n`;
}

/** Declared inputs: with them nothing is inferred. */
export const DECLARED = `export const losscheck = {
  inputs: { yPred: { shape: [4, 2], domain: 'real' }, yTrue: { shape: [4, 2], domain: 'real', role: 'target' } },
};
`;
