import type { Project } from './project.ts';

/** A config that says what is checked. It is the same text in TypeScript and in JavaScript. */
export function configText(losses: string, strict: boolean): string {
  return `import { defineConfig } from 'losscheck';

export default defineConfig({
  // What \`losscheck verify\` checks when it is given no target: files, folders, globs.
  targets: [${quote(losses)}],
  // Whether warnings, and checks that came to no verdict, fail the run too.
  strict: ${strict},
});
`;
}

/** The name of the starter's file without its extension. */
export const STARTER_NAME = 'robust';

/** A loss that passes every check, with what losscheck should know about it. */
export function starterText({ isTypeScript, tfjs, manager }: Pick<Project, 'isTypeScript' | 'tfjs' | 'manager'>): string {
  const type = (name: string) => (isTypeScript ? `: ${name}` : '');
  const importType = isTypeScript ? `import type { LossMetadata } from 'losscheck';\n` : '';
  const annotation = isTypeScript ? '' : `\n * @type {import('losscheck').LossMetadata}`;
  return `import * as tf from ${quote(tfjs)};
${importType}
/** Errors beyond this count by their size, smaller ones by their square. */
const DELTA = 1;

/**
 * A loss to start from: squared error near the target, absolute error far from it.
 *
 * Change it, and see what that does: ${manager.exec} losscheck verify
 */
export function ${STARTER_NAME}(yPred${type('tf.Tensor')}, yTrue${type('tf.Tensor')}) {
  const error = tf.abs(tf.sub(yPred, yTrue));
  const near = tf.minimum(error, DELTA);
  const far = tf.sub(error, near);
  return tf.mean(tf.add(tf.mul(0.5, tf.square(near)), tf.mul(DELTA, far)));
}

/**
 * What losscheck should know: the shapes to try, and the values that an argument takes. For outputs of a sigmoid
 * that is the domain 'probability', for class scores 'logit'; the README of losscheck lists them.${annotation}
 */
export const losscheck${type('LossMetadata')} = {
  inputs: {
    // In the order of the arguments.
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  expect: { nonNegative: true, zeroAtMatch: true, reduction: 'mean' },
};
`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
