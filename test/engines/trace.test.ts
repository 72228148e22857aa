import { describe, expect, it } from 'vitest';
import type { Trace } from '../../src/contracts/engine.ts';
import { createReferenceEngine } from '../../src/engines/index.ts';
import { pair, probeOf } from './probe-of.ts';

const engine = createReferenceEngine();

async function traceOf(body: string, point = pair([1, 2], [3, 5])): Promise<Trace> {
  return (await probeOf(engine, body)).trace(point, ['p']);
}

const numbers = (data: ArrayLike<number> | undefined): number[] => Array.from(data ?? []);

describe('a trace', () => {
  it('has every operation with its numbers and the line of the call', async () => {
    const { operations, resultId } = await traceOf(`export function f(p, t) {
  const r = tf.sub(p, t);
  return tf.sum(tf.square(r));
}`);
    const forward = operations.filter(({ phase }) => phase === 'forward');
    expect(forward.map(({ kernel, location }) => [kernel, location?.line])).toEqual([['Sub', 3], ['Square', 4], ['Sum', 4]]);
    expect(numbers(forward[0]?.outputs[0]?.value.data)).toEqual([-2, -3]);
    expect(forward[2]?.outputs[0]?.id).toBe(resultId);
  });

  it('has the backward pass, each kernel with the forward operation it differentiates', async () => {
    const { operations } = await traceOf('export const f = (p, t) => tf.sum(tf.square(tf.sub(p, t)));');
    const backward = operations.filter(({ phase }) => phase === 'backward');
    expect(backward.length).toBeGreaterThan(0);
    for (const { forwardIndex, location } of backward) {
      expect(operations[forwardIndex ?? -1]?.phase).toBe('forward');
      expect(location?.line).toBe(2);
    }
    const square = operations.find(({ kernel }) => kernel === 'Square');
    expect(numbers(square?.vjp?.incoming[0]?.data)).toEqual([1, 1]);
    expect(numbers(square?.vjp?.outgoing['x']?.data)).toEqual([-4, -6]);
  });

  it('sees reads with method and line, and can answer them differently', async () => {
    const body = `export function f(p, t) {
  const scale = p.dataSync()[0];
  return tf.mul(tf.sum(t), scale);
}`;
    const trace = await traceOf(body);
    expect(trace.reads).toMatchObject([{ method: 'dataSync', tensorId: trace.inputIds['p'], location: { line: 3 } }]);
    const probe = await probeOf(engine, body);
    const altered = probe.trace(pair([1, 2], [3, 5]), [], {
      alterRead: (_, values) => ({ ...values, data: values.data.map((value) => value * 10) }),
    });
    expect(altered.evaluation).toMatchObject({ tensor: { data: Float64Array.from([80]) } });
  });

  it.each([
    ['tf.variable(p)', 'return tf.sum(tf.variable(p));'],
    ['assign', 'const v = tf.variable(tf.zerosLike(t)); v.assign(p); return tf.sum(v);'],
  ])('sees where %s leaves the gradient behind', async (_, body) => {
    const trace = await traceOf(`export function f(p, t) {\n  ${body}\n}`);
    expect(trace.detachments).toContainEqual(expect.objectContaining({ fromTensorId: trace.inputIds['p'], location: expect.objectContaining({ line: 3 }) }));
  });

  it('marks what runs inside a tf.customGrad, wherever that was made, and can run it again', async () => {
    const probe = await probeOf(engine, `const twice = tf.customGrad((x, save) => { save([x]); return { value: tf.mul(x, 2), gradFunc: (dy) => tf.mul(dy, 2) }; });
export const f = (p, t) => tf.sum(twice(p));`);
    const { operations } = probe.trace(pair([1, 2], [3, 5]), ['p']);
    const custom = operations.find(({ kernel }) => kernel === 'customGrad');
    expect(operations.some(({ kernel, insideCustomGrad }) => kernel === 'Multiply' && insideCustomGrad)).toBe(true);
    expect(custom?.insideCustomGrad).toBe(false);
    if (custom === undefined) throw new Error('no customGrad');
    const [output] = probe.replay(custom, { 0: { shape: [2], dtype: 'float32', data: Float64Array.from([7, 8]) } });
    expect(numbers(output?.data)).toEqual([14, 16]);
  });

  it('says which operations have no derivative, and where the gradient threw', async () => {
    const trace = await traceOf('export const f = (p, t) => tf.sum(tf.where(tf.less(p, t), p, t));');
    expect(trace.operations.find(({ kernel }) => kernel === 'Less')?.hasGradient).toBe(false);
    expect(trace.operations.find(({ kernel }) => kernel === 'Select')?.hasGradient).toBe(true);
    expect(trace.gradientError?.message).toMatch(/gradient function not found for Less/);
    expect(trace.gradients).toBeNull();
  });

  it('sees derivatives taken inside the loss', async () => {
    const trace = await traceOf('export const f = (p, t) => tf.sum(tf.grad((x) => tf.tanh(x))(p));');
    expect(trace.nestedGradients).toMatchObject([{ location: { line: 2 } }]);
  });

  it('leaves the engine as it was', async () => {
    const probe = await probeOf(engine, 'export const f = (p, t) => tf.sum(tf.square(p));');
    const point = pair([1, 2], [3, 5]);
    const before = probe.gradient(point, ['p']);
    probe.trace(point, ['p']);
    expect(probe.gradient(point, ['p'])).toEqual(before);
  });

  it('puts a line in a local helper down to the helper', async () => {
    const probe = await probeOf(engine, 'const half = (x) =>\n  tf.mul(x, 0.5);\nexport const f = (p, t) => tf.sum(half(p));');
    const multiply = probe.trace(pair([1], [1]), []).operations.find(({ kernel }) => kernel === 'Multiply');
    expect(multiply?.location).toMatchObject({ file: 'loss.ts', line: 3 });
  });
});
