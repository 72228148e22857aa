import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VerifyOptions } from '../../src/contracts/options.ts';
import { verify } from '../../src/run/index.ts';

/** `--against`: from the options to the report, on modules as people write them. */

const MODULES = {
  'huber.ts': `import * as tf from '@tensorflow/tfjs';
    const core = (p: tf.Tensor, t: tf.Tensor) => {
      const r = tf.abs(tf.sub(p, t));
      const q = tf.minimum(r, 1);
      return tf.mean(tf.add(tf.mul(0.5, tf.square(q)), tf.sub(r, q)));
    };
    export const keras = (yTrue: tf.Tensor, yPred: tf.Tensor) => core(yPred, yTrue);
    export const summed = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mul(32, core(yPred, yTrue));
    export const lifted = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.sub(core(yPred, yTrue), 3);
    export const narrow = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mul(0.5, core(tf.mul(2, yPred), tf.mul(2, yTrue)));`,
  'focal.ts': `import * as tf from '@tensorflow/tfjs';
    export function focal(labels: tf.Tensor, preds: tf.Tensor) {
      const pt = tf.add(tf.mul(labels, preds), tf.mul(tf.sub(1, labels), tf.sub(1, preds)));
      return tf.neg(tf.mean(tf.mul(tf.pow(tf.sub(1, pt), 3), tf.log(pt))));
    }`,
  'declared.ts': `import * as tf from '@tensorflow/tfjs';
    export const loss = (a: tf.Tensor, b: tf.Tensor) => tf.mean(tf.square(tf.sub(a, b)));
    export const losscheck = { inputs: { a: { shape: [3, 2], domain: { min: -1, max: 1 } }, b: { shape: [3, 2], domain: { min: -1, max: 1 }, role: 'target' } } };`,
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'losscheck-against-'));
  for (const [file, text] of Object.entries(MODULES)) writeFileSync(path.join(folder, file), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function compared(target: string, against: string, options: Partial<VerifyOptions> = {}) {
  const report = await verify({ targets: [target], against, check: ['against'], cwd: folder, backend: 'cpu', isolate: false, ...options });
  const [loss] = report.losses;
  const [check] = loss?.checks ?? [];
  if (loss === undefined || check === undefined) throw new Error(`${target} was not compared`);
  const { status, summary, metrics, findings } = check;
  return { report, loss, status, summary, metrics, codes: findings.map(({ code, severity }) => `${severity} ${code}`), findings };
}

describe('a loss that is the built-in one', () => {
  it('in the order of Keras passes, with the domains of the built-in', async () => {
    const { status, summary, codes, loss } = await compared('huber.ts#keras', 'huber');
    expect([status, codes]).toEqual(['pass', []]);
    expect(summary).toMatch(/^the same as huber at 3 random points and \d+ edges/);
    expect(loss.notes).toContain('yTrue: shape [8, 4], domain real, as huber takes it');
    expect(loss.inputs.map(({ inferred }) => inferred)).toEqual([true, true]);
  });

  it('times a constant passes, and the constant is named', async () => {
    const { status, summary, codes, metrics, findings } = await compared('huber.ts#summed', 'huber');
    expect([status, codes, metrics['factor']]).toEqual(['pass', ['info constant-factor'], 32]);
    expect(summary).toMatch(/^32 times huber /);
    expect(findings[0]?.message).toContain('the number of elements (32)');
  });

  it('plus a constant passes, and the constant is named', async () => {
    const { status, summary, codes } = await compared('huber.ts#lifted', 'huber');
    expect([status, codes]).toEqual(['pass', ['info constant-offset']]);
    expect(summary).toMatch(/^huber - 3 /);
  });

  it('with other parameters passes with these, and only these', async () => {
    expect((await compared('huber.ts#narrow', 'huber')).codes).toEqual(['error different-loss']);
    const { status, metrics } = await compared('huber.ts#narrow', 'huber', { param: { delta: 0.5 } });
    expect([status, metrics['factor']]).toEqual(['pass', 2]);
  });

  it('keeps what its module declares', async () => {
    const { status, loss } = await compared('declared.ts', 'mse');
    expect([status, loss.inputs.map(({ shape }) => shape)]).toEqual(['pass', [[3, 2], [3, 2]]]);
  });

  it('passes in a process of its own, and with the other checks', async () => {
    const { report, loss } = await compared('huber.ts#keras', 'huber', { isolate: true, check: [] });
    expect(report.exitCode).toBe(0);
    expect(loss.checks.map(({ id }) => id).at(-1)).toBe('against');
  });

  it('is a built-in as well', async () => {
    expect((await compared('bce', 'bce')).status).toBe('pass');
  });
});

describe('another loss', () => {
  it('fails at the smallest point, with value and gradient of both', async () => {
    const { report, status, findings } = await compared('focal.ts', 'focal', { param: { alpha: null } });
    expect([report.exitCode, status]).toEqual([1, 'fail']);
    const [found] = findings;
    expect(found?.data).toMatchObject({ against: 'focal', differs: 'value and gradient', gradient: { input: 'preds', index: [0, 0] } });
    expect(found?.location).toMatchObject({ file: 'focal.ts', line: 2 });
    expect(found?.replay).toBe('losscheck verify focal.ts#focal --check against --against focal --seed 0 --backend cpu --param alpha=null');
    expect(found?.eval).not.toContain('--param');
  });

  it('passes where the parameter is the one that was used', async () => {
    const { status, codes } = await compared('focal.ts', 'focal', { param: { alpha: null, gamma: 3 } });
    // The formula of the module is NaN where log(0) meets 0, and has another gradient at a kink.
    expect([status, codes]).toEqual(['warn', ['warning different-at-edge', 'info different-at-edge']]);
  });

  it('that takes other inputs is inconclusive, not a pass', async () => {
    const { report, status, findings } = await compared('focal.ts', 'uncertainty-weighted');
    expect([report.exitCode, status]).toEqual([1, 'inconclusive']);
    expect(findings[0]?.message).toContain('takes logVars (parameter), and no input of this loss stands for it');
  });
});

describe('options', () => {
  it.each([
    ['an unknown loss', { against: 'focall' }, /no built-in loss has this id \(did you mean "focal"\?\)/],
    ['a file', { against: './huber.ts' }, /no built-in loss has this id/],
    ['the check without a loss', { check: ['against'] }, /none is named/],
    ['a parameter that neither has', { against: 'focal', param: { gama: 1 } }, /did you mean "gamma"/],
  ])('%s is refused', async (_, options, message) => {
    await expect(verify({ targets: ['focal.ts'], cwd: folder, isolate: false, ...options })).rejects.toThrow(message);
  });

  it('without it the check is in no report', async () => {
    const { losses } = await verify({ targets: ['declared.ts'], cwd: folder, isolate: false });
    expect(losses[0]?.checks.map(({ id }) => id)).not.toContain('against');
  });
});
