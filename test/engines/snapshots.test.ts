import { describe, expect, it } from 'vitest';
import type { Point } from '../../src/contracts/tensor.ts';
import { createReferenceEngine } from '../../src/engines/index.ts';
import { internalsOf } from '../../src/engines/tfjs.ts';
import { loadCopy } from '../../src/engines/reference.ts';
import { probeOf } from './probe-of.ts';

const engine = createReferenceEngine();

/** Above the size from which on numbers are shared, so that copying too late would show. */
const LENGTH = 4096;

function large(): Point {
  const of = (value: number) => ({ shape: [LENGTH], dtype: 'float32' as const, data: new Float64Array(LENGTH).fill(value) });
  return { p: of(1), t: of(3) };
}

async function outputOf(body: string, kernel: string): Promise<readonly (readonly number[])[]> {
  const probe = await probeOf(engine, body);
  // A second trace: what the first one left behind is changed by it.
  const traces = [probe.trace(large(), ['p']), probe.trace(large(), ['p'])];
  return traces.map(({ operations }) => {
    const data = operations.find((operation) => operation.kernel === kernel)?.outputs[0]?.value.data;
    return [data?.length ?? 0, data?.[0] ?? NaN, data?.[LENGTH - 1] ?? NaN];
  });
}

describe('the numbers of a large tensor in a trace', () => {
  it('are not copied while nobody else can write into them', async () => {
    const probe = await probeOf(engine, 'export const f = (p, t) => tf.sum(tf.reshape(tf.add(p, t), [2, -1]));');
    const { operations } = probe.trace(large(), ['p']);
    const [added, reshaped] = ['AddV2', 'Add', 'Reshape'].flatMap((kernel) => operations.filter((one) => one.kernel === kernel && one.phase === 'forward'));
    expect(added?.outputs[0]?.value.data[7]).toBe(4);
    expect(reshaped?.outputs[0]?.value.data).toBe(added?.outputs[0]?.value.data);
  });

  it('are those from before the loss wrote into what it was given', async () => {
    const body = `export function f(p, t) {
  const squared = tf.square(t);
  squared.dataSync().fill(100);
  return tf.mean(tf.mul(p, squared));
}`;
    expect(await outputOf(body, 'Square')).toEqual([[LENGTH, 9, 9], [LENGTH, 9, 9]]);
    expect(await outputOf(body, 'Multiply')).toEqual([[LENGTH, 100, 100], [LENGTH, 100, 100]]);
  });

  it('are those from before it wrote through another view of them', async () => {
    const body = `export function f(p, t) {
  const squared = tf.square(t);
  tf.slice(squared, [0], [${LENGTH - 1}]).dataSync().fill(100);
  return tf.mean(tf.mul(p, squared));
}`;
    expect(await outputOf(body, 'Square')).toEqual([[LENGTH, 9, 9], [LENGTH, 9, 9]]);
  });

  it('stay when the tensor lives on and a later call writes into it', async () => {
    const body = `let kept = null;
export function f(p, t) {
  if (kept === null) kept = tf.keep(tf.square(t));
  else kept.dataSync().fill(100);
  return tf.mean(tf.exp(tf.mul(p, kept)));
}`;
    const [first] = await outputOf(body, 'Square');
    expect(first).toEqual([LENGTH, 9, 9]);
  });

  it('stay when they came from an array of the loss itself', async () => {
    const body = `const own = new Float32Array(${LENGTH}).fill(2);
export function f(p, t) {
  const table = tf.tensor1d(own);
  const view = tf.reshape(table, [2, -1]);
  const result = tf.mean(tf.mul(tf.reshape(p, [2, -1]), tf.add(view, 0)));
  own.fill(own[0] + 1);
  return result;
}`;
    const probe = await probeOf(engine, body);
    const first = probe.trace(large(), ['p']).operations.filter(({ kernel }) => kernel === 'Reshape').map(({ outputs }) => outputs[0]?.value.data[0]);
    expect(first.slice(0, 2)).toEqual([2, 1]);
  });
});

describe('what autograd saves', () => {
  const { core: tf } = loadCopy('reference64', { scripts: null });

  it('takes a kernel each only where gradients are nested', () => {
    const { state } = internalsOf(tf);
    const nodesOf = (f: (x: ReturnType<typeof tf.scalar>) => unknown): number => {
      const before = state.nextTapeNodeId;
      f(tf.scalar(3));
      return state.nextTapeNodeId - before;
    };
    expect(nodesOf(tf.grad((x) => tf.mul(x, x)))).toBe(1);
    expect(tf.grad(tf.grad((x) => tf.mul(tf.mul(x, x), x)))(tf.scalar(3)).dataSync()[0]).toBe(18);
  });

  it('leaves nothing behind', () => {
    const before = tf.memory();
    tf.tidy(() => tf.grad((x) => tf.sum(tf.div(tf.exp(x), tf.add(tf.square(x), 1))))(tf.tensor1d([1, 2]))).dispose();
    expect(tf.memory()).toEqual(before);
  });
});
