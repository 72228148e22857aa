import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/contracts/errors.ts';
import { createProductionEngine, createReferenceEngine } from '../../src/engines/index.ts';
import { ownTensorflow } from '../../src/load/tensorflow/copy.ts';
import { tensorflowFor } from '../../src/run/bundle.ts';
import { loadCopy } from '../../src/engines/reference.ts';
import { selfTest } from '../../src/engines/self-test.ts';
import { workspace } from '../load/workspace.ts';
import { openIn, pair, probeOf, vector } from './probe-of.ts';

const reference = createReferenceEngine();
const production = await createProductionEngine('cpu', ownTensorflow());
const wasm = await createProductionEngine('wasm', ownTensorflow());

describe('the two engines', () => {
  it('compute side by side, each in its own precision', async () => {
    const body = 'export const f = (p, t) => tf.sum(tf.mul(p, t));';
    const point = pair([0.1, 1 / 3], [3, 0.7]);
    const exact = 0.1 * 3 + (1 / 3) * 0.7;
    const in64 = (await probeOf(reference, body)).value(point);
    const in32 = (await probeOf(production, body)).value(point);
    if (in64.kind !== 'tensor' || in32.kind !== 'tensor') throw new Error('no tensor');
    expect(in64.tensor.data).toBeInstanceOf(Float64Array);
    expect(in64.tensor.data[0]).toBe(exact);
    expect(in32.tensor.data).toBeInstanceOf(Float32Array);
    expect(in32.tensor.data[0]).not.toBe(exact);
    expect(in32.tensor.data[0]).toBeCloseTo(exact, 6);
  });

  it('give the module arrays of their precision', async () => {
    const body = 'export const f = (p, t) => tf.sum(tf.mul(p, tf.tensor1d(new Float32Array([0.1, 0.2]))));';
    expect((await probeOf(reference, body)).scalar(pair([1, 1], [0, 0]))).toBe(0.1 + 0.2);
    expect((await probeOf(production, body)).scalar(pair([1, 1], [0, 0]))).toBeCloseTo(0.3, 6);
  });

  it('overflow only in float32', async () => {
    const body = 'export const f = (p, t) => tf.sum(tf.square(tf.square(p)));';
    expect((await probeOf(reference, body)).scalar(pair([1e10], [0]))).toBeCloseTo(1e40, -26);
    expect((await probeOf(production, body)).scalar(pair([1e10], [0]))).toBe(Infinity);
    expect((await probeOf(wasm, body)).scalar(pair([1e10], [0]))).toBe(Infinity);
  });

  it('refuse to start when a copy computes in less precision than it should', () => {
    expect(() => selfTest(loadCopy('production32', { scripts: null }).core, 64)).toThrow(/does not compute in float64/);
    expect(() => selfTest(loadCopy('reference64', { scripts: null }).core, 64)).not.toThrow();
  });
});

describe('the production engine', () => {
  it('says why it does not use tfjs-node', async () => {
    const folder = workspace({ 'node_modules/@tensorflow/tfjs-node/package.json': '{"name":"@tensorflow/tfjs-node","version":"4.22.0"}', 'node_modules/@tensorflow/tfjs-node/index.js': 'throw new Error("no native library\\nmore");' });
    const { info } = await createProductionEngine('auto', await tensorflowFor(folder, [], 'auto'));
    expect(info).toMatchObject({ role: 'production', backend: 'cpu', precision: 32 });
    expect(info.fallbackReason).toMatch(/^@tensorflow\/tfjs-node does not load on Node \d+\.\d+\.\d+: no native library$/);
  });

  it('refuses a backend that is asked for by name and cannot be used', async () => {
    const folder = workspace({ 'node_modules/@tensorflow/tfjs-node/package.json': '{"name":"@tensorflow/tfjs-node","version":"4.22.0"}', 'node_modules/@tensorflow/tfjs-node/index.js': 'throw new Error("no native library");' });
    await expect(createProductionEngine('node', await tensorflowFor(folder, [], 'node'))).rejects.toThrow(UsageError);
  });

  it('names the backend it runs on', () => {
    expect([reference.info.backend, production.info.backend, wasm.info.backend]).toEqual(['cpu', 'cpu', 'wasm']);
  });
});

describe('a probe', () => {
  it('gives the same random numbers at every call', async () => {
    const probe = await probeOf(reference, 'export const f = (p, t) => tf.sum(tf.mul(p, tf.add(tf.randomNormal([2]), Math.random())));');
    const first = probe.scalar(pair([1, 2], [0, 0]));
    expect(probe.scalar(pair([1, 2], [0, 0]))).toBe(first);
    expect(Math.random()).not.toBe(Math.random());
  });

  it('leaves no tensor behind, whether the loss works, throws or cannot be differentiated', async () => {
    const body = `export const f = (p, t) => {
      tf.variable(tf.scalar(1));
      if (t.dataSync()[0] > 5) throw new Error('no');
      return tf.sum(tf.where(tf.less(p, t), p, t));
    };`;
    const { module, probe } = await openIn(reference, `${body}\nexport const memory = () => tf.memory().numTensors;`);
    const count = module.exports['memory'] as () => number;
    probe.gradient(pair([1], [2]), ['p']);
    const before = count();
    for (let round = 0; round < 5; round++) {
      probe.value(pair([1], [2]));
      expect(probe.scalar(pair([1], [9]))).toBeNaN();
      expect(probe.gradient(pair([1], [2]), ['p']).error?.message).toMatch(/gradient function not found for Less/);
      probe.trace(pair([1], [2]), ['p']);
    }
    expect(count()).toBe(before);
  });

  it('reads parameters, sets them from the point and puts no state into the next call', async () => {
    const body = 'export class F { s = tf.variable(tf.tensor1d([1, 2])); call(p, t) { const r = tf.sum(tf.mul(p, this.s)); this.s.assign(tf.tensor1d([9, 9])); return r; } }';
    const probe = await probeOf(reference, body);
    expect(Array.from(probe.parameters['s']?.data ?? [])).toEqual([1, 2]);
    const point = { ...pair([1, 1], [0, 0]), s: vector(3, 4) };
    expect(probe.scalar(point)).toBe(7);
    expect(probe.scalar(pair([1, 1], [0, 0]))).toBe(3);
    expect(Array.from(probe.gradient(point, ['s']).gradients?.['s']?.data ?? [])).toEqual([1, 1]);
  });

  it('tells a missing gradient from a zero one', async () => {
    const probe = await probeOf(reference, 'export const f = (p, t) => tf.sum(tf.mul(p, 0));');
    const { gradients } = probe.gradient(pair([1], [1]), ['p', 't']);
    expect([gradients?.['p']?.data[0], gradients?.['t']]).toEqual([0, null]);
  });

  it.each([
    ['3', 'number', 3],
    ['undefined', 'undefined', null],
    ['null', 'null', null],
    ['[1, 2]', 'array', null],
    ['Promise.resolve(p)', 'promise', null],
    ['"x"', 'string', null],
    ['({ total: 4 })', 'number', 4],
  ])('says what %s is', async (expression, found, value) => {
    const probe = await probeOf(reference, `export const f = (p, t) => ${expression};`);
    expect(probe.value(pair([1], [1]))).toEqual({ kind: 'not-a-tensor', found, value });
  });

  it.each([
    ['[tf.sum(p), { a: tf.scalar(2), b: 3 }]', { a: 2, b: 3 }],
    ['({ total: tf.sum(p), components: { a: tf.scalar(2) } })', { a: 2 }],
    ['({ loss: tf.sum(p), a: tf.scalar(2), note: "x" })', { a: 2 }],
    ['[tf.sum(p)]', {}],
  ])('takes the components of %s', async (expression, components) => {
    const probe = await probeOf(reference, `export const f = (p, t) => (${expression});`);
    expect(probe.value(pair([1, 4], [1, 1]))).toMatchObject({ kind: 'tensor', tensor: { shape: [] }, components });
    expect(probe.scalar(pair([1, 4], [1, 1]))).toBe(5);
  });
});
