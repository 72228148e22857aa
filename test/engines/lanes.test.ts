import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine, LossProbe } from '../../src/contracts/engine.ts';
import type { Point, TensorData } from '../../src/contracts/tensor.ts';
import { sizeOf } from '../../src/contracts/tensor.ts';
import { createReferenceEngine } from '../../src/engines/index.ts';
import { defaultStep } from '../../src/numerics/difference.ts';
import { createRandom, deriveSeed, normal } from '../../src/numerics/random.ts';
import { builtInRequest } from '../../src/run/bundle.ts';
import { builtIns } from '../../src/run/builtins.ts';
import { openModule, type OpenModule } from '../../src/run/module.ts';
import { toRunOptions, type RunOptions } from '../../src/run/options.ts';
import { prepare } from '../../src/run/prepare.ts';
import { probeOf } from './probe-of.ts';

let engine: Engine;
beforeAll(() => {
  engine = createReferenceEngine();
});

function tensor(shape: readonly number[], seed: string): TensorData {
  const random = createRandom(deriveSeed(seed));
  return { shape, dtype: 'float32', data: Float64Array.from({ length: sizeOf(shape) }, () => normal(random)) };
}

function movedTo(point: Point, input: string, position: number, value: number): Point {
  const before = point[input];
  if (before === undefined) throw new Error(`no input ${input}`);
  const data = Float64Array.from(before.data);
  data[position] = value;
  return { ...point, [input]: { ...before, data } };
}

/** How far lanes are from calls of the loss, relative to the larger of the value and the loss at the point. */
function disagreement(probe: LossProbe, point: Point, input: string, factor: number): number {
  const trace = probe.trace(point, [input]);
  const lanes = probe.lanes(trace, trace, input);
  if (lanes === null) throw new Error(`no lanes for ${input}`);
  const data = point[input]?.data ?? new Float64Array(0);
  const positions = Int32Array.from(data.keys());
  const given = Float64Array.from(data, (x, index) => x + (index % 2 === 0 ? 1 : -1) * factor * defaultStep(x));
  const changes = lanes.changes(positions, given);
  return Math.max(
    ...Array.from(positions, (position) => {
      const alone = probe.scalar(movedTo(point, input, position, given[position] ?? NaN));
      const together = lanes.base + (changes[position] ?? NaN);
      if (!Number.isFinite(alone) || !Number.isFinite(together)) return Number.isFinite(alone) === Number.isFinite(together) ? 0 : Infinity;
      return alone === together ? 0 : Math.abs(alone - together) / Math.max(Math.abs(alone), Math.abs(lanes.base));
    }),
  );
}

describe('lanes of the built-in losses', () => {
  const options = (seed: number): RunOptions => toRunOptions({ targets: [], backend: 'cpu', seed });
  let losses: OpenModule;
  beforeAll(async () => {
    losses = await openModule(await builtInRequest(null, options(0)), options(0));
  });

  it.each(builtIns().ids)('%s: agree with calls of the loss to 1e-12', (id) => {
    const pair = losses.losses.find((loss) => loss.id === id);
    if (pair === undefined) throw new Error(`no built-in ${id}`);
    fc.assert(
      fc.property(fc.nat(10_000), fc.constantFrom(1, 0.25, -0.5, 2 ** -20), (seed, factor) => {
        const { context } = prepare(losses, pair, options(seed));
        const [sample] = context.samples;
        for (const input of context.differentiable) expect(disagreement(context.reference, sample?.point ?? {}, input, factor)).toBeLessThanOrEqual(1e-12);
      }),
      { numRuns: 8, seed: 4 },
    );
  });
});

/** One loss for each rule and each way through it; x moves. */
const LOSSES: readonly (readonly [name: string, shape: readonly number[], body: string])[] = [
  ['broadcasts a row', [4], 'tf.sum(tf.mul(x, tf.ones([3, 4]).cumsum()))'],
  ['broadcasts a column', [3, 1], 'tf.mean(tf.exp(tf.sub(x, tf.range(0, 4))))'],
  ['broadcasts against itself', [5], 'tf.mean(tf.exp(tf.sub(x.reshape([5, 1]), x.reshape([1, 5]))))'],
  ['a choice by a mask', [3, 4], 'tf.sum(tf.where(tf.tensor2d([[true], [false], [true]], [3, 1], "bool"), x.square(), x.exp()))'],
  ['a choice by its own sign', [3, 4], 'tf.sum(tf.where(tf.greater(x, 0), x.square(), x.mul(-3)))'],
  ['a leaky slope', [3, 4], 'tf.sum(tf.prelu(x, tf.fill([4], 0.1)).square())'],
  ['a minimum with a number', [6], 'tf.sum(tf.minimum(x.abs(), 0.5).square())'],
  ['sums over the first axis', [3, 4], 'tf.sum(tf.sqrt(tf.sum(x.square(), 0)))'],
  ['sums over two axes, kept', [2, 3, 4], 'tf.mean(tf.div(x.square(), tf.sum(x.square(), [0, 2], true)))'],
  ['a large mean that is squared', [400], 'tf.square(tf.mean(x))'],
  ['the largest of few', [3, 4], 'tf.sum(tf.max(x, 1).square())'],
  ['the largest of many', [300], 'tf.max(x).square()'],
  ['the smallest of many', [300], 'tf.min(x).exp()'],
  ['a product', [2, 5], 'tf.sum(tf.prod(x, 1).square())'],
  ['a product of many', [300], 'tf.prod(x.mul(0.1).add(1)).square()'],
  ['all and any', [3, 4], 'tf.sum(tf.cast(tf.any(tf.greater(x, 0.5), 1), "float32")).add(tf.sum(tf.cast(tf.all(tf.greater(x, -1), 0), "float32"))).add(x.mean())'],
  ['the place of the largest', [3, 4], 'tf.sum(tf.cast(tf.argMax(x, 1), "float32")).add(x.square().sum())'],
  ['a softmax', [3, 4], 'tf.sum(tf.softmax(x).square())'],
  ['a log-softmax along the first axis', [3, 4], 'tf.mean(tf.square(tf.logSoftmax(x.transpose())))'],
  ['a cumulative sum', [3, 4], 'tf.sum(tf.cumsum(x, 0, true, true).square())'],
  ['the largest two', [3, 5], 'tf.sum(tf.topk(x, 2).values.square())'],
  ['a product from the left', [3, 4], 'tf.sum(tf.matMul(x, tf.range(0, 8).reshape([4, 2])).square())'],
  ['a product from the right, turned', [3, 4], 'tf.sum(tf.matMul(tf.range(0, 8).reshape([2, 4]), x, false, true).square())'],
  ['a product from the left, turned', [4, 3], 'tf.sum(tf.matMul(x, tf.range(0, 8).reshape([4, 2]), true).square())'],
  ['a product with itself', [3, 4], 'tf.sum(tf.matMul(x, x, false, true).exp())'],
  ['a product of batches', [2, 3, 4], 'tf.sum(tf.matMul(x, tf.range(0, 16).reshape([2, 4, 2])).tanh())'],
  ['a product of batches with one matrix', [2, 3, 4], 'tf.sum(tf.matMul(x, tf.range(0, 8).reshape([4, 2])).tanh())'],
  ['pieces', [6, 2], 'tf.add(...tf.split(x, 2).map((part) => part.square().sum())).add(tf.sum(tf.stack(tf.unstack(x)).exp()))'],
  ['slices', [6, 2], 'tf.sum(x.slice([1, 0], [3, 2]).square()).add(tf.sum(tf.stridedSlice(x, [0, 0], [6, 2], [2, 1]).exp()))'],
  ['joins with itself', [3, 2], 'tf.sum(tf.concat([x, x.square(), tf.ones([2, 2])], 0).exp())'],
  ['padded, tiled, turned', [3, 2], 'tf.sum(tf.pad(x, [[1, 0], [0, 2]], 0.5).square()).add(tf.sum(tf.tile(x, [2, 2]).exp())).add(tf.sum(tf.reverse(x, 0).mul(tf.range(0, 6).reshape([3, 2])).square()))'],
  ['mirrored', [4], 'tf.sum(tf.mirrorPad(x, [[1, 1]], "reflect").square())'],
  ['picked rows', [4, 2], 'tf.sum(tf.gather(x, tf.tensor1d([2, 0, 2], "int32")).square())'],
  ['picked numbers', [4, 2], 'tf.sum(tf.gatherND(x, tf.tensor2d([[0, 1], [3, 0]], [2, 2], "int32")).square())'],
  ['one-hot of a cast', [4], 'tf.sum(tf.oneHot(tf.cast(x.abs(), "int32"), 4).toFloat().mul(x.reshape([4, 1])))'],
  ['convolved', [2, 4, 4, 1], 'tf.sum(tf.conv2d(x, tf.range(0, 8).reshape([2, 2, 1, 2]), 1, "same").tanh())'],
  ['pooled', [2, 4, 4, 2], 'tf.sum(tf.maxPool(x, 2, 2, "valid").square()).add(tf.sum(tf.avgPool(x, 2, 2, "valid").square()))'],
  ['a filter that moves', [2, 2, 1, 1], 'tf.sum(tf.conv2d(tf.range(0, 16).reshape([1, 4, 4, 1]), x, 1, "valid").tanh())'],
  ['a contraction without a rule', [3, 4], 'tf.sum(tf.einsum("ij,kj->ik", x, x).square())'],
  ['a linear end that also feeds something else', [4], '(() => { const s = tf.sum(x.square()); return tf.add(s, tf.exp(tf.neg(s))); })()'],
  ['a custom gradient', [4], 'tf.sum(tf.customGrad((y, save) => { save([y]); return { value: y.square().exp(), gradFunc: (dy) => dy }; })(x))'],
];

describe('lanes', () => {
  it.each(LOSSES)('%s', async (name, shape, body) => {
    const probe = await probeOf(engine, `export const loss = (x) => ${body};`);
    for (const seed of ['a', 'b']) {
      const point = { x: tensor(shape, `${name} ${seed}`) };
      for (const factor of [1, -0.5, 2 ** -12]) expect(disagreement(probe, point, 'x', factor)).toBeLessThanOrEqual(1e-12);
    }
  });

  it('carry a change that drowns in the whole sum', async () => {
    const probe = await probeOf(engine, 'export const loss = (x) => tf.mean(tf.mul(x, tf.concat([tf.fill([1], 1e-14), tf.fill([999], 1)])));');
    const point = { x: tensor([1000], 'large') };
    const trace = probe.trace(point, ['x']);
    const lanes = probe.lanes(trace, trace, 'x');
    const x = point.x.data[0] ?? NaN;
    const [change = NaN] = lanes?.changes(Int32Array.of(0), Float64Array.of(x + 0.5)) ?? [];
    expect(change / 0.5e-17).toBeCloseTo(1, 12);
  });

  it('weigh what a lane touches, and not the whole loss', async () => {
    const probe = await probeOf(engine, 'export const loss = (x) => tf.sum(tf.square(x));');
    const point = { x: { shape: [3], dtype: 'float32' as const, data: Float64Array.of(1, 100, 1) } };
    const trace = probe.trace(point, ['x']);
    const largest = new Float64Array(3);
    probe.lanes(trace, trace, 'x')?.weigh(Int32Array.of(0, 1, 2), Float64Array.of(2, 101, 0), largest);
    expect([...largest]).toStrictEqual([4, 10_201, 0]);
  });

  it('are refused for an input that the loss does not use', async () => {
    const probe = await probeOf(engine, 'export const loss = (x, y) => tf.sum(x);');
    const point = { x: tensor([3], 'x'), y: tensor([3], 'y') };
    const trace = probe.trace(point, ['x', 'y']);
    expect(probe.lanes(trace, trace, 'y')).toBeNull();
    expect(probe.lanes(trace, trace, 'x')).not.toBeNull();
  });
});
