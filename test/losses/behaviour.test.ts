import { describe, expect, test } from 'vitest';
import { createReferenceEngine } from '../../src/engines/index.ts';
import { BUILT_IN_LOSSES, type BuiltInLossId } from '../../src/losses/index.ts';
import { openBuiltIns, pointOf, type Nested } from './built-ins.ts';
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
      'content-style',
      { generated: [[[[1]]]], content: [[[[1]]]], style: [[[[1, 2]]]] },
      {},
      'with the same N and C for the style',
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
