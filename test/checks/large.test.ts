import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { verify } from '../../src/index.ts';
import type { CheckReport } from '../../src/contracts/report.ts';
import { workspace } from '../load/workspace.ts';

/** Inputs of 16,384 numbers, where a coordinate of a mean is worth a sixteen-thousandth. */

async function gradientMatch(body: string): Promise<CheckReport | undefined> {
  const cwd = workspace({
    'loss.ts': `import * as tf from '@tensorflow/tfjs';
      export const losscheck = { inputs: { yPred: { shape: [128, 128], domain: 'real' }, yTrue: { shape: [128, 128], domain: 'real', role: 'target' } } };
      export const loss = (yPred: tf.Tensor, yTrue: tf.Tensor) => { ${body} };`,
  });
  const { losses } = await verify({ targets: [path.join(cwd, 'loss.ts')], cwd, check: ['gradient-match'], isolate: false, backend: 'cpu' });
  return losses[0]?.checks[0];
}

describe('gradient-match on a large input', () => {
  it('compares every coordinate, to full precision', async () => {
    const check = await gradientMatch('return tf.mean(tf.square(tf.sub(yPred, yTrue)));');
    expect(check?.status).toBe('pass');
    expect(check?.metrics).toMatchObject({ coordinates: 16_384, unresolved: 0 });
    expect(check?.metrics['smallestDetectable']).toBeLessThan(1.01e-5);
  });

  it.each([0.5, 0.7123])('sees a jump of one coordinate at %d', async (threshold) => {
    const check = await gradientMatch(`const r = tf.square(tf.sub(yPred, yTrue)); return tf.mean(tf.where(tf.greaterEqual(yPred, ${threshold}), tf.add(r, 1), r));`);
    expect(check?.findings.map(({ code, location }) => [code, location?.op])).toEqual([['discontinuous', 'GreaterEqual']]);
  });

  it('sees one wrong coordinate among all, and names it', async () => {
    const check = await gradientMatch(`
      const mask = tf.buffer([128, 128]); mask.set(1e-4, 77, 3);
      const nudged = tf.customGrad((x) => ({ value: tf.clone(x), gradFunc: (dy) => tf.mul(dy, tf.add(1, mask.toTensor())) }));
      return tf.mean(tf.square(tf.sub(nudged(yPred), yTrue)));`);
    expect(check?.findings.map(({ code, data }) => [code, data['wrong']])).toEqual([['gradient-mismatch', 1]]);
  });
});
