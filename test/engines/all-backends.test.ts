import { describe, expect, it } from 'vitest';
import type { Engine, LossProbe } from '../../src/contracts/engine.ts';
import { createAllEngines, createProductionEngine } from '../../src/engines/index.ts';
import { loadCopy } from '../../src/engines/reference.ts';
import { tensorflowFor } from '../../src/run/bundle.ts';
import { workspace } from '../load/workspace.ts';
import { openIn, pair, probeOf, vector } from './probe-of.ts';

/** Several float32 engines in one process: each computes with the kernels of its own backend, whoever was called last. */

const tensorflow = await tensorflowFor(workspace({ 'node_modules/@tensorflow/tfjs-node/package.json': '{"name":"@tensorflow/tfjs-node","version":"4.22.0"}', 'node_modules/@tensorflow/tfjs-node/index.js': 'throw new Error("no native library");' }), [], 'all');
const own = { scripts: null };
const { production, others, unavailable } = await createAllEngines(tensorflow);
const [wasm] = others;
if (wasm === undefined) throw new Error('the wasm backend does not start');

/** 0 / 0 clipped: the CPU kernel hands NaN on, that of wasm takes it for a number below -1. */
const TELLTALE = 'export const f = (p, t) => tf.sum(tf.clipByValue(tf.div(p, t), -1, 1));';
const point = pair([0], [0]);

function kernelsOf(probe: LossProbe): string {
  return Number.isNaN(probe.scalar(point)) ? 'cpu' : 'wasm';
}

describe('all engines of a process', () => {
  it('are the one that auto takes, and every other one that starts', () => {
    expect([production, ...others].map(({ info }) => info.backend)).toEqual(['cpu', 'wasm']);
    expect([production, ...others].every(({ info }) => info.precision === 32 && info.role === 'production')).toBe(true);
  });

  it('come with the backends that do not load, and why', () => {
    expect(unavailable).toEqual([{ backend: 'tensorflow', reason: expect.stringMatching(/^@tensorflow\/tfjs-node does not load on Node .*: no native library$/) as string }]);
  });

  it.each([
    ['the one that decides first', production, wasm],
    ['the other one first', wasm, production],
  ] as const)('keep to their own kernels, %s', async (_, first, second) => {
    const [one, other] = [await probeOf(first, TELLTALE), await probeOf(second, TELLTALE)];
    const seen = [one, other, one, one, other, other, one].map(kernelsOf);
    const [a, b] = [first.info.backend, second.info.backend];
    expect(seen).toEqual([a, b, a, a, b, b, a]);
  });

  it('keep to their own kernels in gradients, traces, replays and while a module is imported', async () => {
    const body = 'const early = tf.clipByValue(tf.div(tf.scalar(0), tf.scalar(0)), -1, 1).dataSync()[0];\nexport const f = (p, t) => tf.sum(tf.mul(p, early));';
    const seen = async (engine: Engine): Promise<readonly (number | undefined)[]> => {
      const { probe } = await openIn(engine, body);
      const { gradients } = probe.gradient(pair([1], [1]), ['p']);
      const telltale = await probeOf(engine, TELLTALE);
      const trace = telltale.trace(point, ['p']);
      const clip = trace.operations.find(({ kernel }) => kernel === 'ClipByValue');
      const replayed = clip === undefined ? [] : telltale.replay(clip, { x: vector(NaN) });
      return [gradients?.['p']?.data[0], clip?.outputs[0]?.value.data[0], replayed[0]?.data[0]];
    };
    for (const engine of [wasm, production, wasm, production]) {
      const value = engine === wasm ? -1 : NaN;
      expect(await seen(engine)).toEqual([value, value, value]);
    }
  });

  it('are not switched by engines that are made later', async () => {
    const before = await probeOf(production, TELLTALE);
    const later = await createProductionEngine('wasm', tensorflow);
    const cpu = await createProductionEngine('cpu', tensorflow);
    expect([before, await probeOf(later, TELLTALE), await probeOf(cpu, TELLTALE), before].map(kernelsOf)).toEqual(['cpu', 'wasm', 'cpu', 'cpu']);
  });
});

describe('a second copy from one script', () => {
  it('has an engine of its own, and is made once', () => {
    const [copy, second] = [loadCopy('production32', own), loadCopy('production32', own, 'wasm')];
    expect(second.core.engine()).not.toBe(copy.core.engine());
    expect(second.core.engine()).not.toBe(loadCopy('reference64', own).core.engine());
    expect(loadCopy('production32', own, 'wasm')).toBe(second);
    expect(loadCopy('production32', own)).toBe(copy);
  });
});
