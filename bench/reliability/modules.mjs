import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Modules to verify: right ones, wrong ones, and some that end in another way. */

const loss = (body, before = '') => `import * as tf from '@tensorflow/tfjs';
${before}
export function loss(yPred: tf.Tensor, yTrue: tf.Tensor): tf.Scalar {
${body}
}
`;

const MSE = 'return tf.tidy(() => yPred.sub(yTrue).square().mean().asScalar());';

/** By name; `exitCode` is what verifying it comes to. Every one of them ends. */
export const MODULES = {
  correct: { exitCode: 0, source: loss(`  ${MSE}`) },
  smooth: { exitCode: 0, source: loss('  return tf.tidy(() => yPred.sub(yTrue).square().add(1).sqrt().sub(1).mean().asScalar());') },
  failing: { exitCode: 1, source: loss('  return tf.tidy(() => tf.scalar(yPred.sub(yTrue).square().mean().dataSync()[0] ?? 0));') },
  unstable: { exitCode: 1, source: loss('  return tf.tidy(() => yPred.sub(yTrue).square().sum().sqrt().asScalar());') },
  hoarding: {
    exitCode: 0,
    source: loss(`  kept.push(tf.keep(tf.zeros([64, 64])));\n  ${MSE}`, 'const kept: tf.Tensor[] = [];'),
  },
  syntax: { exitCode: 3, source: 'export function loss(yPred, yTrue { return yPred; }\n' },
  missing: { exitCode: 3, source: `import { nothing } from './not-there.ts';\nexport const loss = nothing;\n` },
  crashing: { exitCode: 4, source: loss(`  void Promise.reject(new Error('nobody handles this'));\n  ${MSE}`) },
  exiting: { exitCode: 4, source: loss(`  process.exit(0);\n  ${MSE}`) },
};

/** One that never ends, and says this when it begins not to. */
export const LOOPING = 'and round and round';
export const LOOP = loss(`  console.log('${LOOPING}');\n  for (;;) if (Date.now() < 0) break;\n  ${MSE}`);

/** Writes modules into a folder: `files` is from name to source. */
export function writeModules(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const [name, source] of Object.entries(files)) writeFileSync(path.join(folder, `${name}.ts`), source);
}
