import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { expectCivil, Workspace } from './program.ts';

const workspace = new Workspace();
workspace.write({
  'square.ts': [
    `import * as tf from '@tensorflow/tfjs';`,
    'const square = tf.customGrad((x: tf.Tensor, save: (all: tf.Tensor[]) => void) => {',
    '  save([x]);',
    '  return { value: tf.square(x), gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]) => tf.mul(dy, tf.mul(x!, -2)) };',
    '});',
    'export const loss = (yPred: tf.Tensor, yTrue: tf.Tensor) => square(tf.sub(yPred, yTrue)).mean();',
    '',
  ].join('\n'),
});
afterAll(() => workspace.remove());

describe('--reporter html', () => {
  it('writes a page with the finding, the source and the verdict, the same each time', async () => {
    const argv = ['verify', 'square.ts', 'mse', '--reporter', 'html:reports/page.html'];
    const first = await workspace.losscheck(argv);
    expectCivil(first);
    expect([first.code, first.stdout]).toEqual([1, '']);
    const page = readFileSync(workspace.path('reports/page.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>\n/);
    expect(page).toContain('1 of 2 losses failed');
    expect(page).toContain('gradient-mismatch');
    expect(page).toContain('Source, 1 line blamed');
    await workspace.losscheck([...argv, '--no-cache']);
    expect(readFileSync(workspace.path('reports/page.html'), 'utf8') === page).toBe(true);
  });
});
