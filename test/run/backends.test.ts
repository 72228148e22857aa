import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineChoice } from '../../src/contracts/backend.ts';
import type { EvaluateOptions, VerifyOptions } from '../../src/contracts/options.ts';
import type { CheckReport, LossReport } from '../../src/contracts/report.ts';
import { evaluate, selftest, verify } from '../../src/run/index.ts';

/** `--backend all`: from the options to the report, on modules as people write them. */

const IMPORT = `import * as tf from '@tensorflow/tfjs';\n`;
const SCORES = `export const losscheck = { inputs: { scores: { shape: [8], domain: { min: 0.5, max: 1 } } } };`;
const MODULES = {
  'right.ts': `${IMPORT}export const right = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mean(tf.square(tf.sub(yPred, yTrue)));`,
  'wrong.ts': `${IMPORT}export const wrong = (yPred: tf.Tensor) => tf.mean(tf.log(yPred));
export const losscheck = { inputs: { yPred: { shape: [8], domain: 'probability' } } };`,
  'overflow.ts': `${IMPORT}export function overflow(momentum: tf.Tensor) {
  const squares = tf.square(momentum);
  return tf.mean(squares);
}
export const losscheck = { inputs: { momentum: { shape: [8], domain: { min: 1, max: 1e19 } } } };`,
  'swallowed.ts': `${IMPORT}export function swallowed(a: tf.Tensor) {
  const ratio = tf.div(a, tf.sum(a));
  return tf.mean(tf.clipByValue(ratio, -1, 1));
}
export const losscheck = { inputs: { a: { shape: [4], domain: { min: 0, max: 1 } } } };`,
  'mask.ts': `${IMPORT}export function mask(scores: tf.Tensor) {
  const isThere = tf.cast(tf.mul(scores, 0.5), 'bool');
  return tf.mean(tf.where(isThere, tf.square(scores), tf.zerosLike(scores)));
}
${SCORES}`,
  'gathered.ts': `${IMPORT}export function gathered(scores: tf.Tensor1D) {
  const chosen = tf.gather(scores, tf.tensor1d([0, 2, 4, 6], 'int32'));
  return tf.mean(tf.square(chosen));
}
${SCORES}`,
  'einsum.ts': `${IMPORT}export function inner(scores: tf.Tensor1D) {
  return tf.div(tf.einsum('i,i->', scores, tf.ones([8]) as tf.Tensor1D) as tf.Tensor, 8);
}
${SCORES}`,
  'early.ts': `${IMPORT}
const size = (tf.einsum('i,i->', tf.ones([8]), tf.ones([8])) as tf.Tensor).dataSync()[0];
export const early = (scores: tf.Tensor1D) => tf.div(tf.sum(tf.square(scores)), size);
${SCORES}`,
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'losscheck-backends-'));
  for (const [file, text] of Object.entries(MODULES)) writeFileSync(path.join(folder, file), text);
  // Whatever is installed beside losscheck, here tfjs-node does not load.
  const native = path.join(folder, 'node_modules/@tensorflow/tfjs-node');
  mkdirSync(native, { recursive: true });
  writeFileSync(path.join(native, 'index.js'), 'throw new Error("no native library");');
  writeFileSync(path.join(native, 'package.json'), JSON.stringify({ name: '@tensorflow/tfjs-node', version: '4.22.0' }));
  writeFileSync(path.join(folder, 'all.json'), JSON.stringify({ backend: 'all' }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BOTH = ['edge-stability', 'precision'];

async function report(target: string, options: Partial<VerifyOptions> = {}) {
  return verify({ targets: [target], check: BOTH, backend: 'all', isolate: false, cwd: folder, ...options });
}

async function checked(target: string, options: Partial<VerifyOptions> = {}): Promise<LossReport> {
  const [loss] = (await report(target, options)).losses;
  if (loss === undefined) throw new Error(`${target} was not checked`);
  return loss;
}

function told({ checks }: LossReport): readonly string[] {
  return checks.flatMap(({ id, findings }) => findings.map(({ severity, code, location }) => `${severity} ${id}/${code} line ${location?.line}`));
}

function find({ checks }: LossReport, code: string): CheckReport['findings'][number] {
  const found = checks.flatMap(({ findings }) => findings).find((one) => one.code === code);
  if (found === undefined) throw new Error(`there is no ${code}`);
  return found;
}

const ofCheck = ({ checks }: LossReport, id: string): CheckReport | undefined => checks.find((one) => one.id === id);

describe('backends that agree', () => {
  it('give no finding, and the table names them', async () => {
    const loss = await checked('right.ts');
    expect(told(loss)).toEqual([]);
    expect(loss.verdict).toBe('pass');
    expect(ofCheck(loss, 'edge-stability')?.summary).toMatch(/edge points, float32 on cpu, wasm$/);
    expect(ofCheck(loss, 'precision')?.summary).toMatch(/^float32 on cpu, wasm keeps \d\.\d digits/);
  });

  it('on NaN blame the loss, as one of them alone does', async () => {
    const [alone, all] = [await checked('wrong.ts', { backend: 'cpu' }), await checked('wrong.ts')];
    expect(told(all)).toEqual(told(alone));
    expect(told(alone)).toContain('error edge-stability/infinity-at-edge line 2');
    expect(all.verdict).toBe(alone.verdict);
  });
});

describe('backends that disagree at an edge', () => {
  it('are named, with the operation, its line and the number on each', async () => {
    const loss = await checked('overflow.ts');
    expect(told(loss)).toContain('error edge-stability/backends-disagree line 4');
    expect(loss.verdict).toBe('fail');
    const found = find(loss, 'backends-disagree');
    expect(found.location?.op).toBe('Mean');
    expect(found.data).toMatchObject({ part: 'value', fine: ['cpu'], broken: ['wasm'], backend: 'wasm', numbers: { wasm: Infinity }, points: 2, of: 4 });
    expect(found.message).toContain('finite on cpu, and not on wasm: Infinity on wasm, 1e+38 on cpu; on wasm Mean made the first NaN or infinity.');
    expect(found.replay).toContain('--backend all');
    expect(found.eval).toContain('--backend wasm');
  });

  it('show the fewest numbers that still do', async () => {
    const { point } = find(await checked('overflow.ts'), 'backends-disagree').data;
    // Four squares of 1e19 are the first sum beyond 3.4e38.
    expect(point).toEqual({ momentum: [1e19, 1e19, 1e19, 1e19] });
  });

  it('is one finding where the backend that decides is the one that breaks', async () => {
    const loss = await checked('swallowed.ts', { check: ['edge-stability'] });
    expect(told(loss)).toEqual(['error edge-stability/backends-disagree line 3']);
    expect(find(loss, 'backends-disagree').data).toMatchObject({ fine: ['wasm'], broken: ['cpu'], op: 'RealDiv' });
  });

  it('is not seen with one backend', async () => {
    expect(told(await checked('overflow.ts', { backend: 'cpu' }))).toEqual([]);
    expect(told(await checked('overflow.ts', { backend: 'wasm' }))).toContain('error edge-stability/infinity-at-edge line 4');
  });
});

describe('backends that keep other digits', () => {
  it('are named, with the kernel that is to blame', async () => {
    const loss = await checked('mask.ts');
    expect(told(loss)).toEqual(['warning precision/backend-loses-digits line 3']);
    expect(loss.verdict).toBe('pass');
    const found = find(loss, 'backend-loses-digits');
    expect(found.data).toMatchObject({ op: 'Cast', isOtherResult: true, lost: ['wasm'], fine: ['cpu'], numbers: { wasm: 0 } });
    expect(found.eval).toContain('--backend wasm');
  });

  it.each(['ohem', 'sparse-cross-entropy'])('are not what %s computes with, though its one-hot rows would be', async (id) => {
    expect(told(await checked(id))).toEqual([]);
  });
});

describe('a kernel that a backend lacks', () => {
  it('is an error where the run is about that backend: once, and nothing beside it', async () => {
    const loss = await checked('einsum.ts', { backend: 'wasm' });
    expect(told(loss)).toEqual(['error edge-stability/missing-kernel line 3']);
    expect(find(loss, 'missing-kernel').data).toMatchObject({ kernel: 'Einsum', backend: 'wasm', part: 'loss', points: 4, of: 4 });
    expect(loss.verdict).toBe('fail');
  });

  it('is one where only the gradient needs it: the loss has none there', async () => {
    const loss = await checked('gathered.ts', { backend: 'wasm' });
    expect(told(loss)).toEqual(['error edge-stability/missing-kernel line 3']);
    expect(find(loss, 'missing-kernel').data).toMatchObject({ kernel: 'UnsortedSegmentSum', part: 'gradient' });
  });

  it.each(['einsum.ts', 'gathered.ts', 'early.ts'])('is a warning on one that is compared: %s', async (file) => {
    const loss = await checked(file);
    expect(told(loss)).toEqual([expect.stringMatching(/^warning edge-stability\/missing-kernel line \d$/)]);
    expect(loss.verdict).toBe('pass');
    expect(ofCheck(loss, 'precision')?.status).toBe('pass');
  });
});

describe('the report', () => {
  it('names the engines that were compared, and those that do not load with the reason', async () => {
    const { engines } = await report('right.ts');
    expect(engines.production.backend).toBe('cpu');
    expect(engines.others).toMatchObject([{ backend: 'wasm', precision: 32, fallbackReason: null }]);
    expect(engines.unavailable).toEqual([{ backend: 'tensorflow', reason: engines.production.fallbackReason }]);
    expect(engines.production.fallbackReason).toContain('no native library');
  });

  it.each<EngineChoice>(['auto', 'cpu', 'wasm'])('is as ever with --backend %s', async (backend) => {
    expect(Object.keys((await report('right.ts', { backend })).engines)).toEqual(['reference', 'production']);
  });

  it('is the same from a process of its own', async () => {
    for (const file of ['overflow.ts', 'mask.ts', 'gathered.ts', 'right.ts']) {
      const [here, there] = [await report(file), await report(file, { isolate: true })];
      expect(there.engines.others?.map(({ backend }) => backend)).toEqual(['wasm']);
      expect(there.losses.map(told)).toEqual(here.losses.map(told));
      expect(there.losses.map(({ verdict }) => verdict)).toEqual(here.losses.map(({ verdict }) => verdict));
    }
  });

  it('is not taken from a run on other backends', async () => {
    const run = async (backend: VerifyOptions['backend'] & string): Promise<readonly (string | boolean)[]> => {
      const loss = await checked('overflow.ts', { backend, isolate: true, cache: true });
      return [loss.verdict, loss.cached === true];
    };
    await run('cpu');
    expect(await run('all')).toEqual(['fail', false]);
    expect(await run('cpu')).toEqual(['pass', true]);
  });
});

describe('commands that run on one engine', () => {
  const at = { target: 'mse', inputs: { yPred: [1], yTrue: [2] }, precision: 32 as const, isolate: false };

  it('do not take all', async () => {
    const given: object = { backend: 'all' };
    await expect(evaluate({ ...at, cwd: folder, ...given } satisfies EvaluateOptions)).rejects.toThrow('eval: --backend all is for verify, expected one of auto, node, wasm, cpu');
    await expect(selftest({ target: 'mse', cwd: folder, ...given })).rejects.toThrow('selftest: --backend all is for verify');
  });

  it('run on the one that auto takes where the config asks for all', async () => {
    const { engine } = await evaluate({ ...at, cwd: folder, config: 'all.json' });
    expect(engine.backend).toBe('cpu');
    const { engines } = await verify({ targets: ['right.ts'], check: BOTH, cwd: folder, config: 'all.json', isolate: false });
    expect(engines.others).toHaveLength(1);
  });
});
