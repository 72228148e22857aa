import { describe, expect, it } from 'vitest';
import { formatDomain } from '../../src/contracts/domain.ts';
import type { Engine } from '../../src/contracts/engine.ts';
import { createReferenceEngine } from '../../src/engines/index.ts';
import type { InputOverrides } from '../../src/load/arguments.ts';
import { resolveInputs } from '../../src/load/arguments.ts';
import { discoverLosses, toCallable, type LoadedLoss } from '../../src/load/discover.ts';
import { inferInputs, type Inference } from '../../src/load/infer.ts';
import { createLocator } from '../../src/load/source-map.ts';
import type { Run, Sample } from '../../src/load/trial.ts';
import { isIntegerDomain, sampleDomain } from '../../src/numerics/domains.ts';
import { bundleIn, loadErrorOf, workspace } from './workspace.ts';

const engine: Engine = createReferenceEngine();

const sample: Sample = ({ domain, shape, classes }, random) => ({
  shape,
  dtype: isIntegerDomain(domain) ? 'int32' : 'float32',
  data: sampleDomain(domain, shape, classes, random),
});

/** One loss in a module of its own, with a way to run it. */
async function lossOf(body: string): Promise<{ loss: LoadedLoss; run: Run }> {
  const folder = workspace({ 'loss.ts': `import * as tf from '@tensorflow/tfjs';\n${body}` });
  const bundle = await bundleIn(folder, 'loss.ts');
  const locator = createLocator(bundle, folder);
  const module = await engine.evaluate(bundle, locator);
  const { losses, errors } = discoverLosses(module.exports, 'loss.ts', locator);
  const [loss] = losses;
  if (loss === undefined) throw new Error(errors.map(({ error }) => error.message).join('\n'));
  const run: Run = (specs, point) =>
    module
      .bind(
        toCallable(
          loss,
          specs.map(({ name }) => name),
        ),
      )
      .value(point);
  return { loss, run };
}

async function infer(body: string, overrides: InputOverrides = {}): Promise<Inference> {
  const { loss, run } = await lossOf(body);
  return inferInputs(loss, run, { overrides, sample });
}

const shown = ({ inputs }: Pick<Inference, 'inputs'>): readonly string[] =>
  inputs.map(({ name, role, shape, domain }) => `${name} ${role} [${shape.join(',')}] ${formatDomain(domain)}`);

describe('inferInputs without metadata', () => {
  it.each([
    [
      'mean squared error',
      'export const f = (yPred, yTrue) => tf.mean(tf.square(tf.sub(yPred, yTrue)));',
      ['yPred prediction [8,4] real', 'yTrue target [8,4] real'],
    ],
    [
      'a target called real',
      'export const f = (yPred, yReal) => tf.mean(tf.square(tf.sub(yPred, yReal)));',
      ['yPred prediction [8,4] real', 'yReal target [8,4] real'],
    ],
    [
      'names that say nothing',
      'export const f = (a, b) => tf.mean(tf.abs(tf.sub(a, b)));',
      ['a prediction [8,4] real', 'b target [8,4] real'],
    ],
    [
      'the order of Keras',
      'export const f = (yTrue, yPred) => tf.losses.meanSquaredError(yTrue, yPred);',
      ['yTrue target [8,4] real', 'yPred prediction [8,4] real'],
    ],
    [
      'tfjs softmax cross-entropy',
      'export const f = (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits);',
      ['labels target [8,4] one-hot', 'logits prediction [8,4] logit'],
    ],
    [
      'tfjs sigmoid cross-entropy',
      'export const f = (labels, logits) => tf.losses.sigmoidCrossEntropy(labels, logits);',
      ['labels target [8,4] binary', 'logits prediction [8,4] logit'],
    ],
    [
      'binary cross-entropy',
      'export const f = (p, t) => tf.neg(tf.mean(tf.add(tf.mul(t, tf.log(p)), tf.mul(tf.sub(1, t), tf.log(tf.sub(1, p))))));',
      ['p prediction [8,4] probability', 't target [8,4] binary'],
    ],
    [
      'the same without telling names',
      'export const f = (a, b) => tf.neg(tf.mean(tf.add(tf.mul(b, tf.log(a)), tf.mul(tf.sub(1, b), tf.log(tf.sub(1, a))))));',
      ['a prediction [8,4] probability', 'b target [8,4] binary'],
    ],
    [
      'clipped binary cross-entropy',
      'export const f = (yPred, yTrue) => { const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7); return tf.neg(tf.mean(tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p)))))); };',
      ['yPred prediction [8,4] probability', 'yTrue target [8,4] binary'],
    ],
    [
      'softplus form on logits',
      'export const f = (yPred, yTrue) => tf.mean(tf.sub(tf.softplus(yPred), tf.mul(yPred, yTrue)));',
      ['yPred prediction [8,4] logit', 'yTrue target [8,4] binary'],
    ],
    [
      'log-sum-exp cross-entropy',
      'export const f = (yPred, yTrue) => tf.mean(tf.sub(tf.logSumExp(yPred, -1), tf.sum(tf.mul(yPred, yTrue), -1)));',
      ['yPred prediction [8,4] logit', 'yTrue target [8,4] one-hot'],
    ],
    [
      'a bilinear critic',
      'export const f = (scores, labels) => tf.mean(tf.mul(scores, labels));',
      ['scores prediction [8,4] real', 'labels target [8,4] real'],
    ],
    [
      'Kullback-Leibler',
      'export const f = (a, b) => tf.mean(tf.sum(tf.mul(b, tf.log(tf.div(b, a))), -1));',
      ['a prediction [8,4] distribution', 'b target [8,4] distribution'],
    ],
    [
      'Poisson',
      'export const f = (rate, count) => tf.mean(tf.sub(rate, tf.mul(count, tf.log(rate))));',
      ['rate prediction [8,4] positive', 'count target [8,4] positive'],
    ],
    [
      'squared logarithmic error',
      'export const f = (a, b) => tf.mean(tf.square(tf.sub(tf.log1p(a), tf.log1p(b))));',
      ['a prediction [8,4] positive', 'b target [8,4] positive'],
    ],
    [
      'class indices for logits',
      'export const f = (logits, labels) => tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(labels, 4), tf.logSoftmax(logits)), -1)));',
      ['logits prediction [8,4] logit', 'labels target [8] class-index'],
    ],
    [
      'class indices for probabilities',
      'export const f = (yPred, yTrue) => tf.neg(tf.mean(tf.log(tf.sum(tf.mul(tf.oneHot(yTrue, yPred.shape[1]), yPred), -1))));',
      ['yPred prediction [8,4] distribution', 'yTrue target [8] class-index'],
    ],
    [
      'hinge by name',
      'export const hinge = (yPred, yTrue) => tf.mean(tf.relu(tf.sub(1, tf.mul(yTrue, yPred))));',
      ['yPred prediction [8,4] real', 'yTrue target [8,4] sign'],
    ],
    [
      'dice by name',
      'export const dice = (yPred, yTrue) => tf.sub(1, tf.div(tf.add(tf.mul(2, tf.sum(tf.mul(yPred, yTrue))), 1), tf.add(tf.add(tf.sum(yPred), tf.sum(yTrue)), 1)));',
      ['yPred prediction [8,4] probability', 'yTrue target [8,4] binary'],
    ],
    [
      'boxes by name',
      'export const f = (predBoxes, trueBoxes) => tf.mean(tf.abs(tf.sub(predBoxes, trueBoxes)));',
      ['predBoxes prediction [8,4] boxes', 'trueBoxes target [8,4] boxes'],
    ],
    [
      'triplets',
      'export const f = (anchor, positive, negative) => tf.mean(tf.relu(tf.add(0.2, tf.sub(tf.squaredDifference(anchor, positive), tf.squaredDifference(anchor, negative)))));',
      [
        'anchor prediction [8,4] unit-vector',
        'positive prediction [8,4] unit-vector',
        'negative prediction [8,4] unit-vector',
      ],
    ],
    [
      'mean and log-variance',
      'export const f = (mu, logVar) => tf.mean(tf.sub(tf.add(tf.square(mu), tf.exp(logVar)), tf.add(logVar, 1)));',
      ['mu prediction [8,4] real', 'logVar prediction [8,4] real'],
    ],
    [
      'mean and variance',
      'export const f = (mu, variance, y) => tf.mean(tf.add(tf.log(variance), tf.div(tf.square(tf.sub(y, mu)), variance)));',
      ['mu prediction [8,4] real', 'variance prediction [8,4] positive', 'y target [8,4] real'],
    ],
    [
      'soft labels that must not be 0',
      'export const f = (a, b) => { const part = (p, t) => tf.mul(t, tf.sub(tf.log(p), tf.log(t))); return tf.neg(tf.mean(tf.add(part(a, b), part(tf.sub(1, a), tf.sub(1, b))))); };',
      ['a prediction [8,4] probability', 'b target [8,4] probability'],
    ],
    [
      'weights for each sample',
      'export const f = (yPred, yTrue, weights) => tf.mean(tf.mul(tf.sum(tf.square(tf.sub(yPred, yTrue)), -1), tf.reshape(weights, [8])));',
      ['yPred prediction [8,4] real', 'yTrue target [8,4] real', 'weights weight [8] positive'],
    ],
    [
      'a mask',
      'export const f = (yPred, yTrue, mask) => tf.mean(tf.mul(tf.square(tf.sub(yPred, yTrue)), mask));',
      ['yPred prediction [8,4] real', 'yTrue target [8,4] real', 'mask weight [8,4] binary'],
    ],
    [
      'optional arguments left out',
      'export const f = (yPred, yTrue, weights = 1, gamma = 2) => tf.mean(tf.mul(weights, tf.pow(tf.sub(yPred, yTrue), gamma)));',
      ['yPred prediction [8,4] real', 'yTrue target [8,4] real'],
    ],
    [
      'one dimension only',
      'export const f = (a, b) => { if (a.rank !== 1) throw new Error("rank 1 only"); return tf.mean(tf.square(tf.sub(a, b))); };',
      ['a prediction [8] real', 'b target [8] real'],
    ],
    [
      'columns only',
      'export const f = (a, b) => { if (a.shape[1] !== 1) throw new Error("[N, 1] only"); return tf.mean(tf.square(tf.sub(a, b))); };',
      ['a prediction [8,1] real', 'b target [8,1] real'],
    ],
    [
      'images only',
      'export const f = (a, b) => tf.mean(tf.square(tf.sub(tf.avgPool(a, 2, 1, "valid"), tf.avgPool(b, 2, 1, "valid"))));',
      ['a prediction [2,8,8,1] real', 'b target [2,8,8,1] real'],
    ],
    [
      'NaN only for some reals',
      'export const f = (a, b) => tf.mean(tf.square(tf.sub(tf.log(tf.add(a, 3)), b)));',
      ['a prediction [8,4] probability', 'b target [8,4] binary'],
    ],
    ['one argument', 'export const f = (weights) => tf.sum(tf.square(weights));', ['weights prediction [8,4] real']],
    [
      'any number of arguments',
      'export const f = (...all) => tf.mean(tf.square(tf.sub(all[0], all[1])));',
      ['yPred prediction [8,4] real', 'yTrue target [8,4] real'],
    ],
    [
      'a method of a class with variables',
      'export class F { s = tf.variable(tf.zeros([2])); call(yPred, yTrue) { return tf.add(tf.mean(tf.square(tf.sub(yPred, yTrue))), tf.sum(this.s)); } }',
      ['yPred prediction [8,4] real', 'yTrue target [8,4] real'],
    ],
    [
      'a vector as result',
      'export const f = (a, b) => tf.mean(tf.square(tf.sub(a, b)), -1);',
      ['a prediction [8,4] real', 'b target [8,4] real'],
    ],
    [
      'a number as result',
      'export const f = (a, b) => tf.mean(tf.square(tf.sub(a, b))).dataSync()[0];',
      ['a prediction [8,4] real', 'b target [8,4] real'],
    ],
    ['a promise as result', 'export const f = async (a, b) => 1;', ['a prediction [8,4] real', 'b target [8,4] real']],
    [
      'NaN everywhere',
      'export const f = (a, b) => tf.mul(tf.sum(a), NaN);',
      ['a prediction [8,4] real', 'b target [8,4] real'],
    ],
  ])('%s', async (_, body, expected) => {
    expect(shown(await infer(body))).toEqual(expected);
  });

  it('says what it inferred and why', async () => {
    const keras = await infer('export const f = (yTrue, yPred) => tf.neg(tf.mean(tf.mul(yTrue, tf.log(yPred))));');
    expect(keras.notes).toEqual([
      'argument order: yTrue, yPred; the target comes first, as in Keras and tf.losses',
      'yTrue: shape [8, 4], domain binary, because real numbers gave NaN or infinity and this did not',
      'yPred: shape [8, 4], domain probability, because real numbers gave NaN or infinity and this did not',
    ]);
    const rates = await infer('export const f = (rate, count) => tf.mean(tf.sub(rate, tf.mul(count, tf.log(rate))));');
    expect(rates.notes).toContain('rate: shape [8, 4], domain positive, because its name says so');
    expect(rates.notes).toContain('count: shape [8, 4], domain positive, because it goes with the other inputs');
    const flat = await infer(
      'export const f = (a, b) => { if (a.rank !== 1) throw new Error("rank 1 only"); return tf.mean(tf.square(tf.sub(a, b))); };',
    );
    expect(flat.notes).toContainEqual(expect.stringContaining('shape [8] (because [8, 4] made the loss throw)'));
    expect(flat.notes).toContain('role of b: target, because it is the second argument');
    const nan = await infer('export const f = (a, b) => tf.mul(tf.sum(a), NaN);');
    expect(nan.notes).toContainEqual(expect.stringContaining('domain real, because nothing gave a finite result and this did not throw'));
  });

  it('is the same every time', async () => {
    const body = 'export const f = (a, b) => tf.mean(tf.square(tf.sub(tf.log(a), b)));';
    expect(await infer(body)).toEqual(await infer(body));
  });

  it('gives up when the loss throws at every guess, with a block to paste', async () => {
    const body =
      'export const focal = (yPred, yTrue, options) => { if (!options.gamma) throw new Error("options.gamma is missing"); return tf.mean(yPred); };';
    const error = await loadErrorOf(() => infer(body), 'inputs-not-inferred');
    expect(error.message).toContain('options.gamma is missing');
    expect(error.message).toContain('[8, 4], [8], [8, 1], [2, 8, 8, 1]');
    expect(error.fix).toContain(`    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },`);
  });
});

describe('what is declared', () => {
  const ce = 'export const f = (a, b) => tf.mean(tf.square(tf.sub(a, b)));';
  const withInputs = (inputs: string, body = ce): string => `${body}\nexport const losscheck = { inputs: ${inputs} };`;

  it('is taken as it stands, without a run', async () => {
    const { loss } = await lossOf(
      withInputs(
        `{ p: { shape: [2, 3], domain: 'logit' }, yTrue: { shape: [2], classes: 3 }, w: { shape: [], domain: { min: 0, max: 1 }, role: 'weight' } }`,
        'export const f = (...all) => all[0];',
      ),
    );
    const inputs = resolveInputs(loss);
    expect(shown({ inputs: inputs ?? [] })).toEqual([
      'p prediction [2,3] logit',
      'yTrue target [2] class-index',
      'w weight [] { min: 0, max: 1 }',
    ]);
    expect(inputs?.map(({ classes, inferred }) => [classes, inferred])).toEqual([
      [null, false],
      [3, false],
      [null, false],
    ]);
    const never: Run = () => {
      throw new Error('ran');
    };
    expect(inferInputs(loss, never, { sample })).toEqual({ inputs, notes: [] });
  });

  it('stays when the rest is inferred', async () => {
    expect(shown(await infer(withInputs(`{ a: { shape: [5, 2] } }`)))).toEqual([
      'a prediction [5,2] real',
      'b target [5,2] real',
    ]);
    expect(shown(await infer(withInputs(`{ b: { domain: 'binary' } }`)))).toEqual([
      'a prediction [8,4] logit',
      'b target [8,4] binary',
    ]);
    expect(shown(await infer(withInputs(`{ x: {}, y: {} }`)))).toEqual([
      'x prediction [8,4] real',
      'y target [8,4] real',
    ]);
    const partly = await infer(withInputs(`{ a: { shape: [5, 2], domain: 'real' }, b: { domain: 'real' } }`));
    expect(partly.inputs.map(({ inferred }) => inferred)).toEqual([false, true]);
  });

  it('gives way to flags, which may also name an optional argument', async () => {
    expect(
      shown(await infer(withInputs(`{ a: { domain: 'logit' } }`), { a: { domain: 'probability', shape: [3] } })),
    ).toEqual(['a prediction [3] probability', 'b target [3] binary']);
    const optional = 'export const f = (a, b, w = 1) => tf.mean(tf.mul(w, tf.square(tf.sub(a, b))));';
    expect(shown(await infer(optional, { w: { domain: 'positive', shape: [8, 4], role: 'weight' } }))).toEqual([
      'a prediction [8,4] real',
      'b target [8,4] real',
      'w weight [8,4] positive',
    ]);
  });

  it('takes the classes from the prediction, else 4', async () => {
    const both = await lossOf(
      withInputs(`{ p: { shape: [6, 10], domain: 'logit' }, yTrue: { shape: [6], domain: 'class-index' } }`),
    );
    expect(resolveInputs(both.loss)?.[1]?.classes).toBe(10);
    const alone = await lossOf(
      withInputs(`{ p: { shape: [6], domain: 'logit' }, yTrue: { shape: [6], domain: 'class-index' } }`),
    );
    expect(resolveInputs(alone.loss)?.[1]?.classes).toBe(4);
  });

  it('takes samplers, also when the shape is to be found', async () => {
    const found = await infer(
      withInputs(`{ a: { domain: (random, shape) => Array.from({ length: 8 }, random) }, b: {} }`),
    );
    expect(shown(found)).toEqual(['a prediction [8] sampler', 'b target [8] real']);
  });

  it.each([
    [`{ b: {}, a: {} }`, /inputs: the order is b, a, but the loss takes a, b; key order is argument order$/],
    [`{ a: {}, b: {}, c: {} }`, /inputs: declares 3 inputs \(a, b, c\); the loss takes 2 \(a, b\)$/],
    [`{ aa: {} }`, /inputs\.aa: no argument has this name \(did you mean "a"\?\); the loss takes a, b$/],
    [
      `{ a: { shape: [8, 3], domain: 'boxes' }, b: {} }`,
      /inputs\.a\.shape: found \[8,3\]; boxes need 4 as the last axis/,
    ],
    [
      `{ a: { shape: [], domain: 'one-hot' }, b: {} }`,
      /inputs\.a\.shape: found \[\]; the domain "one-hot" needs at least one axis/,
    ],
    [
      `{ a: { classes: 3, domain: 'real' }, b: {} }`,
      /inputs\.a\.classes: belongs to the domain class-index; found the domain "real"/,
    ],
  ])('%s is refused', async (inputs, message) => {
    expect((await loadErrorOf(() => infer(withInputs(inputs)), 'invalid-metadata')).message).toMatch(message);
  });

  it('refuses an edge for an input that does not exist', async () => {
    const body = `${ce}\nexport const losscheck = { edges: [{ aa: 1, b: 2 }] };`;
    expect((await loadErrorOf(() => infer(body), 'invalid-metadata')).message).toBe(
      'losscheck.edges[0].aa: no input has this name (did you mean "a"?); accepted: a, b',
    );
  });
});
