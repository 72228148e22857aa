import { describe, expect, test } from 'vitest';
import { createReferenceEngine } from '../../src/engines/index.ts';
import { BUILT_IN_LOSSES, type BuiltInLossId } from '../../src/losses/index.ts';
import { inputsOf, openBuiltIns, pointOf, type Nested } from './built-ins.ts';
import { scalarIn, tensorIn } from './compare.ts';

const bind = await openBuiltIns(createReferenceEngine());

type Inputs = Readonly<Record<string, Nested>>;

function messageOf(id: BuiltInLossId, inputs: Inputs, params: Readonly<Record<string, unknown>> = {}): string {
  const evaluation = bind(id, params).value(pointOf(id, inputs));
  return evaluation.kind === 'threw' ? evaluation.error.message : `no error: ${evaluation.kind}`;
}

function gradientOf(
  id: BuiltInLossId,
  inputs: Inputs,
  name: string,
  params: Readonly<Record<string, unknown>> = {},
): readonly number[] {
  const { gradients } = bind(id, params).gradient(pointOf(id, inputs), [name]);
  return [...(gradients?.[name]?.data ?? [])];
}

describe('errors that name what to mend', () => {
  test.each<[BuiltInLossId, Inputs, Readonly<Record<string, unknown>>, string]>([
    [
      'mse',
      { yPred: [1, 2, 3], yTrue: [[1], [2], [3]] },
      {},
      'yPred has shape [3] and yTrue has shape [3, 1]: they must be the same.',
    ],
    [
      'weighted-mse',
      { yPred: [1, 2], yTrue: [1, 2], weights: [1] },
      {},
      'yPred has shape [2] and weights has shape [1]',
    ],
    [
      'vae-elbo',
      { yPred: [[1]], yTrue: [[1]], mu: [[1]], logVar: [[1, 2]] },
      {},
      'mu has shape [1, 1] and logVar has shape [1, 2]',
    ],
    [
      'cross-entropy',
      { logits: [[1, 2, 3]], yTrue: [[0, 0, 1]] },
      { weight: [1, 2] },
      'weight has 2 entries, but the last axis has 3',
    ],
    ['bce', { yPred: [0.5], yTrue: [1] }, { posWeight: [1, 2] }, 'posWeight has 2 entries, but the last axis has 1'],
    [
      'focal-multiclass',
      { yPred: [[0.5, 0.5]], yTrue: [[0, 1]] },
      { alpha: [1] },
      'alpha has 1 entries, but the last axis has 2',
    ],
    [
      'sparse-cross-entropy',
      { logits: [[1, 2, 3]], yTrue: [[2]] },
      {},
      'yTrue must have shape [1], one class index for each row; it has [1, 1].',
    ],
    [
      'giou',
      { yPred: [[0, 0, 1]], yTrue: [[0, 0, 1]] },
      {},
      'Boxes are rows of x1, y1, x2, y2; yPred has shape [1, 3].',
    ],
    ...(['diou', 'ciou'] as const).map((id): [BuiltInLossId, Inputs, Readonly<Record<string, unknown>>, string] => [
      id,
      { yPred: [[0, 0, 1, 1]], yTrue: [0, 0, 1, 1] },
      {},
      'yPred has shape [1, 4] and yTrue has shape [4]: they must be the same.',
    ]),
    [
      'label-smoothed-cross-entropy',
      { logits: [[1, 2, 3]], yTrue: [[0, 0, 1]] },
      { weight: [1, 2] },
      'weight has 2 entries, but the last axis has 3',
    ],
    [
      'lovasz-hinge',
      { logits: [1, 2], yTrue: [0, 1] },
      {},
      'perImage needs a batch of images, 2 axes or more; logits has shape [2]. Give perImage: false for one image.',
    ],
    [
      'lovasz-softmax',
      { logits: [[1, 2]], yTrue: [[0, 1]] },
      { perImage: true },
      'perImage needs a batch of images, 3 axes or more; logits has shape [1, 2].',
    ],
    [
      'total-variation',
      { image: [1, 2, 3] },
      {},
      'An image has shape [H, W], [H, W, C] or [N, H, W, C]; this one has [3].',
    ],
    [
      'physics-residual',
      { yPred: [1, 2], yTrue: [1, 2], source: [0, 0] },
      {},
      'A second difference needs 3 grid points; yPred has shape [2].',
    ],
    [
      'gaussian-nll',
      { yPred: [1, 2], yTrue: [1, 2], variance: [[1], [1]] },
      {},
      'yPred has shape [2] and variance has shape [2, 1]',
    ],
    ['crps', { yPred: [1, 2], yTrue: [1, 2], scale: 1 }, {}, 'yPred has shape [2] and scale has shape []'],
    ['hinge', { scores: [[1], [2]], yTrue: [1, -1] }, {}, 'scores has shape [2, 1] and yTrue has shape [2]'],
    [
      'distillation',
      { logits: [[1, 2]], teacherLogits: [[1, 2, 3]] },
      {},
      'logits has shape [1, 2] and teacherLogits has shape [1, 3]',
    ],
    [
      'content-style',
      { generated: [[[[1]]]], content: [[[[1]]]], style: [[[[1, 2]]]] },
      {},
      'with the same N and C for the style',
    ],
    [
      'triplet',
      { anchor: [[1, 2]], positive: [[1, 2]], negative: [[1], [2]] },
      {},
      'anchor has shape [1, 2] and negative has shape [2, 1]: they must be the same.',
    ],
    [
      'contrastive',
      { first: [[1, 2]], second: [[1, 2]], yTrue: [[1]] },
      {},
      'first has shape [1, 2], so yTrue must have shape [1], one label for each row; it has [1, 1].',
    ],
    ['info-nce', { queries: [1, 2], keys: [1, 2] }, {}, 'queries must have shape [N, D], one vector for each sample; it has [2].'],
    ['nt-xent', { firstView: [[1]], secondView: [[1, 2]] }, {}, 'firstView has shape [1, 1] and secondView has shape [1, 2]'],
    [
      'arcface',
      { embeddings: [[1, 2]], weight: [[1, 2, 3]], yTrue: [0] },
      {},
      'embeddings must have shape [N, D] and weight [C, D], with the same D; they have [1, 2] and [1, 3].',
    ],
    [
      'center',
      { features: [[1, 2]], centers: [[1, 2]], yTrue: [0, 0] },
      {},
      'features has shape [1, 2], so yTrue must have shape [1], one label for each row; it has [2].',
    ],
    ['ranknet', { scores: 1, yTrue: 1 }, {}, 'scores and yTrue must have shape [..., n], the items of a list on the last axis'],
    ['listmle', { scores: [1, 2], yTrue: [[1, 2]] }, {}, 'scores has shape [2] and yTrue has shape [1, 2]'],
    [
      'wasserstein-1',
      { yPred: 1, yTrue: 2 },
      {},
      'A sample has shape [..., n], its entries on the last axis; this one has [].',
    ],
    [
      'soft-dtw',
      { yPred: [[[1, 2]]], yTrue: [[[1]]] },
      {},
      'yPred has shape [N, T, D] and yTrue [N, S, D], with the same N and D; they are [1, 1, 2] and [1, 1, 1].',
    ],
    ['sinkhorn', { yPred: [[1, 2]], yTrue: [[1, 2]] }, {}, 'they are [1, 2] and [1, 2].'],
    [
      'ctc',
      { logits: [[[1, 2]]], yTrue: [1] },
      {},
      'logits have shape [N, T, C] and yTrue [N, L], with the same N; they are [1, 1, 2] and [1].',
    ],
    [
      'ctc',
      { logits: [[[1, 2]]], yTrue: [[1]] },
      { blank: 2 },
      'blank is class 2, but the logits have 2 classes, from 0.',
    ],
    [
      'ssim',
      { yPred: [[[[1], [1]]]], yTrue: [[[[1], [1]]]] },
      { windowSize: 2 },
      'Images have shape [N, H, W, C], H and W at least windowSize = 2; these have [1, 1, 2, 1].',
    ],
  ])('%s', (id, inputs, params, message) => {
    expect(messageOf(id, inputs, params)).toContain(message);
  });

  test.each<[BuiltInLossId, Readonly<Record<string, unknown>>]>([
    ['mse', { reduction: 'average' }],
    ['huber', { delta: 0 }],
    ['focal', { gamma: -1 }],
    ['focal', { alpha: 2 }],
    ['dice', { smooth: 0 }],
    ['tversky', { alpha: -1 }],
    ['focal-tversky', { gamma: 0.75 }],
    ['focal-tversky', { gamma: 4 }],
    ['label-smoothed-cross-entropy', { labelSmoothing: 1.1 }],
    ['lovasz-softmax', { classes: 'some' }],
    ['ciou', { eps: -1 }],
    ['ohem', { fraction: 0 }],
    ['p-norm-distance', { p: 0.5 }],
    ['generalized-cross-entropy', { q: 0 }],
    ['margin-ranking', { margin: -1 }],
    ['combined', { weights: { mae: 1 } }],
    ['smooth-l1', { beta: -1 }],
    ['charbonnier', { eps: 0 }],
    ['general-robust', { alpha: 2.5 }],
    ['general-robust', { scale: 0 }],
    ['quantile', { quantile: 1 }],
    ['gaussian-nll', { eps: 0 }],
    ['student-t-nll', { df: 0 }],
    ['poisson-nll', { eps: 0 }],
    ['tweedie', { power: 2.1 }],
    ['distillation', { temperature: 0 }],
    ['triplet', { p: 0.5 }],
    ['contrastive', { margin: -1 }],
    ['info-nce', { temperature: 0 }],
    ['arcface', { margin: 4 }],
    ['ranknet', { sigma: 0 }],
    ['sinkhorn', { eps: 0 }],
    ['sinkhorn', { iterations: 0 }],
    ['soft-dtw', { gamma: 0 }],
    ['ctc', { blank: -1 }],
    ['ssim', { windowSize: 0 }],
  ])('%s refuses the parameters %j', (id, params) => {
    expect(BUILT_IN_LOSSES[id].params?.safeParse(params).success).toBe(false);
  });
});

describe('class indices', () => {
  const logits = [[1, 2, 3]];

  test('a label outside the classes makes the loss NaN instead of being left out', () => {
    const value = scalarIn(bind('sparse-cross-entropy').value(pointOf('sparse-cross-entropy', { logits, yTrue: [3] })));
    expect(value).toBeNaN();
  });

  test.each<['arcface' | 'center', string, string]>([
    ['arcface', 'embeddings', 'weight'],
    ['center', 'features', 'centers'],
  ])('so it does in %s', (id, rows, table) => {
    const inputs = { [rows]: [[1, 2]], [table]: [[1, 0]] };
    expect(scalarIn(bind(id).value(pointOf(id, { ...inputs, yTrue: [0] })))).toBeGreaterThanOrEqual(0);
    for (const label of [1, -1]) {
      expect(scalarIn(bind(id).value(pointOf(id, { ...inputs, yTrue: [label] })))).toBeNaN();
    }
  });

  test('labels agree with the same labels one-hot', () => {
    const sparse = scalarIn(
      bind('sparse-cross-entropy').value(pointOf('sparse-cross-entropy', { logits, yTrue: [1] })),
    );
    const oneHot = scalarIn(bind('cross-entropy').value(pointOf('cross-entropy', { logits, yTrue: [[0, 1, 0]] })));
    expect(sparse).toBe(oneHot);
  });
});

describe('losses that are the same at some parameters', () => {
  const masks = { yPred: [0.5, 0.9, 0.25, 0], yTrue: [1, 1, 0, 0] };
  const rows = { logits: [[1, -2, 3]], yTrue: [[0, 1, 0]] };

  test.each<[BuiltInLossId, Readonly<Record<string, unknown>>, BuiltInLossId, Readonly<Record<string, unknown>>, Inputs]>([
    ['tversky', { smooth: 0.5 }, 'dice', {}, masks],
    ['tversky', { alpha: 1, beta: 1 }, 'jaccard', {}, masks],
    ['focal-tversky', { alpha: 0.5, beta: 0.5, gamma: 1 }, 'tversky', {}, masks],
    ['label-smoothed-cross-entropy', {}, 'cross-entropy', { labelSmoothing: 0.1 }, rows],
  ])('%s %j is %s %j', (id, params, other, otherParams, inputs) => {
    const value = scalarIn(bind(id, params).value(pointOf(id, inputs)));
    expect(value).toBeCloseTo(scalarIn(bind(other, otherParams).value(pointOf(other, inputs))), 14);
  });
});

describe('shapes other than the declared ones', () => {
  test('a scalar', () => {
    expect(scalarIn(bind('mse').value(pointOf('mse', { yPred: 3, yTrue: 1 })))).toBe(4);
  });

  test('rank 3, unreduced', () => {
    const inputs = { yPred: [[[1, 2]], [[3, 4]]], yTrue: [[[0, 0]], [[0, 0]]] };
    const { tensor } = tensorIn(bind('mse', { reduction: 'none' }).value(pointOf('mse', inputs)));
    expect(tensor).toMatchObject({ shape: [2, 1, 2], data: Float64Array.of(1, 4, 9, 16) });
  });
});

describe('where the composed derivative would be wrong', () => {
  test('absolute error has gradient 0 at a perfect prediction', () => {
    expect(gradientOf('mae', { yPred: [1, 2], yTrue: [1, 5] }, 'yPred')).toEqual([0, -0.5]);
  });

  test('the p-norm has gradient 0 in a row of zeros', () => {
    expect(gradientOf('p-norm-distance', { yPred: [[0, 0]], yTrue: [[0, 0]] }, 'yPred', { p: 3 })).toEqual([0, 0]);
  });

  test('the p-norm does not overflow where the power does', () => {
    const point = pointOf('p-norm-distance', { yPred: [[1e200, 1e200]], yTrue: [[0, 0]] });
    expect(scalarIn(bind('p-norm-distance', { p: 2 }).value(point)) / 1e200).toBeCloseTo(Math.SQRT2, 14);
  });

  test('a logit of 0 has the slope -1/2 of softplus, not 0', () => {
    expect(gradientOf('bce-with-logits', { logits: [0], yTrue: [1] }, 'logits')).toEqual([-0.5]);
  });

  test('a probability of exactly 0 that is wrong has a gradient, and costs 100 as in PyTorch', () => {
    const inputs = { yPred: [0], yTrue: [1] };
    expect(gradientOf('bce', inputs, 'yPred')).toEqual([-1e12]);
    expect(scalarIn(bind('bce').value(pointOf('bce', inputs)))).toBe(100);
  });

  test('the gradient of hard-example mining sums to 1 at ties', () => {
    const gradient = gradientOf('ohem', { losses: [2, 2, 2, 2] }, 'losses', { fraction: 0.5 });
    expect(gradient.toSorted()).toEqual([0, 0, 0.5, 0.5]);
  });

  test.each([0, 1e-8, 1e-3])('log-cosh of %d keeps the digits of half its square', (residual) => {
    const expected = residual ** 2 / 2 - residual ** 4 / 12 + residual ** 6 / 45;
    const value = scalarIn(bind('log-cosh').value(pointOf('log-cosh', { yPred: [residual], yTrue: [0] })));
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-15 * expected);
  });

  test.each<[BuiltInLossId, Readonly<Record<string, unknown>>]>([
    ['quantile', { quantile: 0.9 }],
    ['smooth-l1', { beta: 0 }],
    ['crps', {}],
    ['student-t-nll', {}],
    ['tweedie', {}],
    ['charbonnier', {}],
  ])('%s %j has gradient 0 at a perfect prediction', (id, params) => {
    const inputs = Object.fromEntries(inputsOf(id).map(([name]) => [name, [1]]));
    // A 0 may come with a sign.
    expect(gradientOf(id, inputs, 'yPred', params).map(Math.abs)).toEqual([0]);
  });

  test('a variance below eps is led back by the gradient at eps', () => {
    const at = (variance: number): readonly number[] =>
      gradientOf('gaussian-nll', { yPred: [3], yTrue: [1], variance: [variance] }, 'variance', { eps: 0.5 });
    expect(at(0.01)).toEqual(at(0.5));
    expect(at(0.01)[0]).toBeLessThan(0);
  });

  test('the general robust loss is continuous in alpha at its special cases', () => {
    const at = (alpha: number): number =>
      scalarIn(bind('general-robust', { alpha }).value(pointOf('general-robust', { yPred: [3, 1e-4], yTrue: [0, 0] })));
    expect(at(2 - 1e-13) / at(2)).toBeCloseTo(1, 11);
    expect(at(1e-13) / at(0)).toBeCloseTo(1, 12);
    expect(at(-1e-13) / at(0)).toBeCloseTo(1, 12);
    expect(at(-1e15) / at(-1e300)).toBeCloseTo(1, 12);
    expect(at(1 - 2 ** -53) / at(1)).toBeCloseTo(1, 14);
  });

  test('a target of 0 costs infinity in the gamma deviance', () => {
    const point = pointOf('tweedie', { yPred: [1], yTrue: [0] });
    expect(scalarIn(bind('tweedie', { power: 2 }).value(point))).toBe(Infinity);
  });

  test('the Jensen-Shannon divergence is log 2 at most, and its gradient finite there', () => {
    const inputs = { yPred: [[0, 1]], yTrue: [[1, 0]] };
    expect(scalarIn(bind('jensen-shannon').value(pointOf('jensen-shannon', inputs)))).toBe(Math.LN2);
    expect(gradientOf('jensen-shannon', inputs, 'yPred').every(Number.isFinite)).toBe(true);
  });

  test('distillation towards a target that is met is 0, at any temperature', () => {
    const inputs = { logits: [[1, 2, 4]], teacherLogits: [[1, 2, 4]] };
    expect(scalarIn(bind('distillation', { temperature: 1e3 }).value(pointOf('distillation', inputs)))).toBe(0);
  });

  test('a tiny box that matches costs next to nothing, without the eps of torchvision', () => {
    const box = [[0, 0, 1e-6, 1e-6]];
    const point = pointOf('giou', { yPred: box, yTrue: box });
    expect(scalarIn(bind('giou').value(point))).toBeLessThan(1e-7);
    expect(scalarIn(bind('giou', { eps: 1e-7 }).value(point))).toBeGreaterThan(0.99);
  });

  test.each<BuiltInLossId>(['giou', 'diou', 'ciou'])('%s has no gradient at a perfect match', (id) => {
    const boxes = [[0, 0, 1, 2]];
    expect(gradientOf(id, { yPred: boxes, yTrue: boxes }, 'yPred').map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  test('a focal Tversky loss has the slope of its straight line at a perfect match', () => {
    const [onPositive, onNegative] = gradientOf('focal-tversky', { yPred: [1, 0], yTrue: [1, 0] }, 'yPred');
    expect(onPositive).toBeCloseTo((-0.7 / 2) * 1e-7 ** -0.25, 10);
    expect(onNegative).toBeCloseTo((0.3 / 2) * 1e-7 ** -0.25, 10);
  });

  test('the weights of a Lovász hinge sum to the Jaccard loss of a mask that is all wrong, at ties too', () => {
    const labels = [1, 0, 1, 0, 0];
    const gradient = gradientOf('lovasz-hinge', { logits: [labels.map(() => 0)], yTrue: [labels] }, 'logits');
    const weights = gradient.map((slope, index) => (labels[index] === 1 ? -slope : slope));
    expect(weights.every((weight) => weight >= 0)).toBe(true);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 14);
  });

  test('a confident and right pixel keeps its digits in the Lovász-softmax, where 1 - p would be 0', () => {
    const point = pointOf('lovasz-softmax', { logits: [[40, 0]], yTrue: [[1, 0]] });
    expect(scalarIn(bind('lovasz-softmax').value(point)) / Math.exp(-40)).toBeCloseTo(1, 14);
  });
});

describe('vectors without a direction', () => {
  test('a row of zeros is at cosine distance 1, and has gradient 0', () => {
    const inputs = { yPred: [[0, 0], [3, 4]], yTrue: [[1, 2], [3, 4]] };
    expect(scalarIn(bind('cosine').value(pointOf('cosine', inputs)))).toBe(0.5);
    expect(gradientOf('cosine', inputs, 'yPred')).toEqual([0, 0, 0, 0]);
  });

  test.each<[BuiltInLossId, Inputs, string]>([
    ['info-nce', { queries: [[0, 0], [1, 2]], keys: [[1, 0], [0, 1]] }, 'queries'],
    ['nt-xent', { firstView: [[0, 0], [1, 2]], secondView: [[1, 0], [0, 1]] }, 'firstView'],
    ['arcface', { embeddings: [[0, 0], [1, 2]], weight: [[1, 0], [0, 1]], yTrue: [0, 0] }, 'embeddings'],
  ])('%s gives it gradient 0, and the others theirs', (id, inputs, name) => {
    const gradient = gradientOf(id, inputs, name);
    expect(gradient.slice(0, 2)).toEqual([0, 0]);
    expect(gradient.slice(2).every((entry) => Number.isFinite(entry) && entry !== 0)).toBe(true);
  });
});

describe('gradients at ties and at a perfect match', () => {
  const same = [[1, -2, 0.5]];

  test.each([{}, { swap: true }, { p: 1 }])('what moves all three of a triplet alike moves nothing: %j', (params) => {
    for (const [positive, negative] of [[same, [[1, -1.5, 0.5]]], [[[1, 0, 0.5]], same], [same, same]]) {
      const inputs = { anchor: same, positive: positive ?? same, negative: negative ?? same };
      const [a = [], p = [], n = []] = ['anchor', 'positive', 'negative'].map((name) => gradientOf('triplet', inputs, name, params));
      expect(a.map((entry, index) => entry + (p[index] ?? NaN) + (n[index] ?? NaN))).toEqual([0, 0, 0]);
    }
  });

  test('a pair to be pushed apart has gradient 0 in one place, and -margin a little off', () => {
    const gradientAt = (x: number): readonly number[] =>
      gradientOf('contrastive', { first: [[x, 0]], second: [[0, 0]], yTrue: [1] }, 'first', { margin: 3 });
    expect(gradientAt(0).map(Math.abs)).toEqual([0, 0]);
    expect(gradientAt(1e-20).map((entry) => entry + 0)).toEqual([-3, 0]);
  });

  test('an embedding along the weight of its class is at the tip of the margin', () => {
    const inputs = { embeddings: [[2, 0]], weight: [[1, 0], [0, 1]], yTrue: [0] };
    const [along = NaN, across = NaN] = gradientOf('arcface', inputs, 'embeddings', { scale: 2 });
    // Across, only the other class pulls: its cosine grows by 1/2 for each unit.
    const other = 1 / (1 + Math.exp(2 * Math.cos(0.5)));
    expect(along).toBeCloseTo(0, 15);
    expect(across).toBeCloseTo(2 * other * 0.5, 14);
  });

  test('scores equal to the relevances are the optimum of ListNet', () => {
    const gradient = gradientOf('listnet', { scores: [[3, 1, 0]], yTrue: [[3, 1, 0]] }, 'scores');
    for (const entry of gradient) expect(entry).toBeCloseTo(0, 15);
  });

  test('the gradient of ListMLE sums to 0 among equal relevances, which stand as in the list', () => {
    const inputs = { scores: [[0, 0, 0]], yTrue: [[1, 1, 1]] };
    const [first = NaN, second = NaN, third = NaN] = gradientOf('listmle', inputs, 'scores');
    expect(first).toBeCloseTo(-2 / 3, 15);
    expect(second).toBeCloseTo(-1 / 6, 15);
    expect(third).toBeCloseTo(5 / 6, 15);
  });

  test.each<BuiltInLossId>(['ranknet', 'approx-ndcg'])('a list in which nothing is better than anything costs nothing: %s', (id) => {
    const inputs = { scores: [[1, 2, 3]], yTrue: [[0, 0, 0]] };
    expect(scalarIn(bind(id).value(pointOf(id, inputs)))).toBe(0);
    expect(gradientOf(id, inputs, 'scores').map(Math.abs)).toEqual([0, 0, 0]);
  });
});

describe('digits that a formula as it stands would lose', () => {
  test('the cosine distance of nearly equal directions', () => {
    const inputs = { yPred: [[1, 1e-10]], yTrue: [[1, 0]] };
    expect(scalarIn(bind('cosine').value(pointOf('cosine', inputs))) / 5e-21).toBeCloseTo(1, 12);
  });

  test.each<[BuiltInLossId, Inputs, number]>([
    ['info-nce', { queries: [[1, 0], [0, 1]], keys: [[1, 0], [0, 1]] }, 1],
    ['nt-xent', { firstView: [[1, 0], [0, 1]], secondView: [[1, 0], [0, 1]] }, 2],
  ])('a positive far above its negatives: %s', (id, inputs, others) => {
    const value = scalarIn(bind(id, { temperature: 0.01 }).value(pointOf(id, inputs)));
    expect(value / (others * Math.exp(-100))).toBeCloseTo(1, 12);
  });

  test('a list in its right order, far apart', () => {
    const inputs = { scores: [[80, 40, 0]], yTrue: [[2, 1, 0]] };
    expect(scalarIn(bind('listmle').value(pointOf('listmle', inputs))) / (2 * Math.exp(-40))).toBeCloseTo(1, 12);
    expect(scalarIn(bind('approx-ndcg').value(pointOf('approx-ndcg', inputs)))).toBeGreaterThan(1e-20);
  });

  test('a list in its wrong order has a gradient however far apart it is', () => {
    const gradient = gradientOf('approx-ndcg', { scores: [[0, 100]], yTrue: [[1, 0]] }, 'scores');
    expect(gradient[0]).toBeLessThan(-1e-45);
  });
});

describe('samples and clouds that meet', () => {
  const cloud = [
    [
      [0, 0],
      [0.25, 1],
      [1, 0.5],
    ],
  ];

  test('entries that are equal share what they got in their places, whichever has which', () => {
    const gradient = gradientOf('wasserstein-1', { yPred: [2, 2, 0], yTrue: [1, 5, 0] }, 'yPred');
    expect(gradient.map((entry) => entry * 3).toSorted()).toEqual([-1, 0, 1]);
  });

  test('the Sinkhorn divergence of a cloud from itself is 0 and no point is pushed', () => {
    const inputs = { yPred: cloud, yTrue: cloud };
    expect(scalarIn(bind('sinkhorn').value(pointOf('sinkhorn', inputs)))).toBeCloseTo(0, 9);
    for (const entry of gradientOf('sinkhorn', inputs, 'yPred')) expect(entry).toBeCloseTo(0, 4);
  });

  test('the Sinkhorn divergence is not negative after one iteration, and here more iterations raise it', () => {
    const moved = cloud.map((points) => points.map(([x = 0, y = 0]) => [y, 1 - x]));
    const after = (iterations: number): number =>
      scalarIn(bind('sinkhorn', { iterations, eps: 0.01 }).value(pointOf('sinkhorn', { yPred: cloud, yTrue: moved })));
    const values = [1, 2, 5, 20].map(after);
    expect(values[0]).toBeGreaterThan(0);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });

  test('a window much wider than its Gaussian still has weights', () => {
    const inputs = { yPred: [[[[1], [0]], [[0], [1]]]], yTrue: [[[[1], [1]], [[1], [1]]]] };
    const value = scalarIn(bind('ssim', { windowSize: 2, sigma: 0.001 }).value(pointOf('ssim', inputs)));
    expect(value).toBeCloseTo(scalarIn(bind('ssim', { windowSize: 2, sigma: 1e6 }).value(pointOf('ssim', inputs))), 12);
  });

  test('an image like its target costs 0 and has gradient 0', () => {
    const image = [[[[0.1], [0.9]], [[0.4], [0.3]]]];
    const inputs = { yPred: image, yTrue: image };
    expect(scalarIn(bind('ssim', { windowSize: 2 }).value(pointOf('ssim', inputs)))).toBe(0);
    for (const entry of gradientOf('ssim', inputs, 'yPred', { windowSize: 2 })) expect(entry).toBeCloseTo(0, 15);
  });
});

describe('CTC', () => {
  const logits = [
    [
      [1, 2, 3],
      [3, 2, 1],
    ],
  ];
  const tooLong = { logits, yTrue: [[1, 1]] };

  test('labels that do not fit in the steps cost Infinity, without a NaN in the gradient', () => {
    expect(scalarIn(bind('ctc').value(pointOf('ctc', tooLong)))).toBe(Infinity);
    expect(gradientOf('ctc', tooLong, 'logits').every((entry) => entry === 0)).toBe(true);
  });

  test('a label outside the classes makes the loss NaN', () => {
    expect(scalarIn(bind('ctc').value(pointOf('ctc', { logits, yTrue: [[3]] })))).toBeNaN();
  });

  test('a row filled up with blanks costs what its labels alone cost', () => {
    const [filled, alone] = [[[1, 0, 0]], [[1]]].map((yTrue) => bind('ctc').value(pointOf('ctc', { logits, yTrue })));
    if (filled === undefined || alone === undefined) throw new Error('there are two');
    expect(scalarIn(filled)).toBeCloseTo(scalarIn(alone), 14);
  });
});
