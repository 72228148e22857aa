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
    ['ohem', { fraction: 0 }],
    ['p-norm-distance', { p: 0.5 }],
    ['generalized-cross-entropy', { q: 0 }],
    ['margin-ranking', { margin: -1 }],
    ['combined', { weights: { mae: 1 } }],
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

  test('labels agree with the same labels one-hot', () => {
    const sparse = scalarIn(
      bind('sparse-cross-entropy').value(pointOf('sparse-cross-entropy', { logits, yTrue: [1] })),
    );
    const oneHot = scalarIn(bind('cross-entropy').value(pointOf('cross-entropy', { logits, yTrue: [[0, 1, 0]] })));
    expect(sparse).toBe(oneHot);
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
