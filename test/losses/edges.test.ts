import { describe, expect, test } from 'vitest';
import type { InputSpec } from '../../src/contracts/domain.ts';
import type { Point } from '../../src/contracts/tensor.ts';
import { createProductionEngine } from '../../src/engines/index.ts';
import { ownTensorflow } from '../../src/load/tensorflow/copy.ts';
import { BUILT_IN_LOSSES } from '../../src/losses/index.ts';
import { edgeCombinations, isIntegerDomain } from '../../src/numerics/domains.ts';
import { differentiableOf, IDS, openBuiltIns } from './built-ins.ts';
import { tensorIn } from './compare.ts';
import type { BuiltInLossId } from '../../src/losses/index.ts';

const bind = await openBuiltIns(await createProductionEngine('cpu', ownTensorflow()));

type EdgeInput = Pick<InputSpec, 'name' | 'shape' | 'domain' | 'classes'>;

function edgeInputs(id: BuiltInLossId): readonly EdgeInput[] {
  return Object.entries(BUILT_IN_LOSSES[id].inputs ?? {}).map(([name, { shape, domain, classes }]) => {
    if (shape === undefined || domain === undefined) throw new Error(`${id}: ${name} needs a shape and a domain`);
    return { name, shape, domain, classes: classes ?? null };
  });
}

function pointAt(inputs: readonly EdgeInput[], values: Readonly<Record<string, Float64Array>>): Point {
  return Object.fromEntries(
    inputs.map(({ name, shape, domain }) => {
      const data = values[name] ?? new Float64Array();
      return [name, { shape, dtype: isIntegerDomain(domain) ? 'int32' : 'float32', data }];
    }),
  );
}

/** Parameters away from their defaults that change what happens at the edges. */
const VARIANTS: readonly (readonly [BuiltInLossId, Readonly<Record<string, unknown>>])[] = [
  ...IDS.map((id) => [id, {}] as const),
  ...(['focal', 'focal-with-logits', 'focal-multiclass', 'focal-multiclass-with-logits'] as const).flatMap((id) =>
    [0, 0.5, 1].map((gamma) => [id, { gamma }] as const),
  ),
  ...[1, 1.5, 3, 10].map((p) => ['p-norm-distance', { p }] as const),
  ...[0.01, 1].map((q) => ['generalized-cross-entropy', { q }] as const),
  ['giou', { eps: 0 }],
  ...[{ p: 1 }, { p: 1.5 }, { p: 10 }, { margin: 0 }, { swap: true }].map((params) => ['triplet', params] as const),
  ['contrastive', { margin: 0 }],
  ...(['info-nce', 'nt-xent', 'approx-ndcg'] as const).map((id) => [id, { temperature: 0.01 }] as const),
  ...[0, Math.PI / 2, 3].map((margin) => ['arcface', { margin }] as const),
  ['ranknet', { sigma: 100 }],
  ['bce', { labelSmoothing: 0.1 }],
  ['cross-entropy', { labelSmoothing: 0.1 }],
  ...[0, 0.01, 10].map((beta) => ['smooth-l1', { beta }] as const),
  ...[1e-20, 10].map((eps) => ['charbonnier', { eps }] as const),
  ...[2, 2 - 1e-12, 1.999, 1, 0.5, 1e-12, 0, -2, -10, -1e20].map((alpha) => ['general-robust', { alpha }] as const),
  ...[0.01, 100].map((scale) => ['general-robust', { scale }] as const),
  ...[0.01, 0.9].map((share) => ['quantile', { quantile: share }] as const),
  ['gaussian-nll', { full: true, eps: 1e-3 }],
  ...[0.1, 1, 1e6].map((df) => ['student-t-nll', { df }] as const),
  ['poisson-nll', { full: true }],
  ...[1, 1 + 1e-9, 1.1, 1.9, 1.999].map((power) => ['tweedie', { power }] as const),
  ...[0.1, 100].map((temperature) => ['distillation', { temperature }] as const),
  ...[0.001, 10].map((eps) => ['sinkhorn', { eps }] as const),
  ['sinkhorn', { iterations: 1 }],
  ...[0.01, 100].map((gamma) => ['soft-dtw', { gamma }] as const),
  ['ctc', { blank: 3 }],
  ['ctc', { zeroInfinity: true }],
  ['ssim', { windowSize: 1 }],
  ...(['giou', 'diou', 'ciou'] as const).map((id) => [id, { eps: 0 }] as const),
  ['bce', { labelSmoothing: 0.1 }],
  ['cross-entropy', { labelSmoothing: 0.1 }],
  ['label-smoothed-cross-entropy', { labelSmoothing: 1 }],
  ...[0, 1].flatMap((alpha) => [1e-3, 1].map((smooth) => ['tversky', { alpha, beta: 1 - alpha, smooth }] as const)),
  ...[1, 3].map((gamma) => ['focal-tversky', { gamma }] as const),
  ['lovasz-hinge', { perImage: false }],
  ...(['present', 'all'] as const).map((classes) => ['lovasz-softmax', { classes, perImage: true }] as const),
];

describe('value and gradient are finite in float32 at every edge of the domain', () => {
  test.each(VARIANTS)('%s %j', (id, params) => {
    const inputs = edgeInputs(id);
    const edges = edgeCombinations(inputs);
    expect(edges.length).toBeGreaterThan(1);
    const probe = bind(id, params);
    const names = differentiableOf(id);
    const broken = edges.flatMap(({ label, values }) => {
      const { evaluation, gradients } = probe.gradient(pointAt(inputs, values), names);
      const { tensor } = tensorIn(evaluation);
      const numbers = [...tensor.data, ...names.flatMap((name) => [...(gradients?.[name]?.data ?? [NaN])])];
      return numbers.every(Number.isFinite) ? [] : [label];
    });
    expect(broken).toEqual([]);
  });
});
