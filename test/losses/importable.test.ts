import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { BUILT_IN_LOSSES } from '../../src/losses/index.ts';
import * as losses from '../../src/losses.ts';
import { defineLoss } from '../../src/contracts/define-loss.ts';
import { sampleDomain } from '../../src/numerics/domains.ts';
import { createRandom } from '../../src/numerics/random.ts';
import { differentiableOf, exampleOf, flatten, IDS, inputsOf, shapeOf, type Nested } from './built-ins.ts';
import type { BuiltInLossId } from '../../src/losses/index.ts';

/** `losscheck/losses` as a training script uses it: with TensorFlow.js as it is published, outside of any check. */

const { bce, bceWithLogits, combined, crossEntropy, focal, forCompile, mse, sparseCrossEntropy, uncertaintyWeighted } = losses;

const camelCase = (id: string): string => id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function tensorOf(value: Nested, domain: unknown): tf.Tensor {
  return tf.tensor([...flatten(value)], [...shapeOf(value)], domain === 'class-index' ? 'int32' : 'float32');
}

/** The tensors of the worked example, in the order of the arguments. */
function exampleInputs(id: BuiltInLossId): readonly tf.Tensor[] {
  const { inputs } = exampleOf(id);
  return inputsOf(id).map(([name, { domain }]) => tensorOf(inputs[name] ?? [], domain));
}

function resultOf(id: BuiltInLossId, tensors: readonly tf.Tensor[]): unknown {
  const { params } = exampleOf(id);
  const options = Object.keys(params).length === 0 ? [] : [params];
  return Reflect.apply(BUILT_IN_LOSSES[id], undefined, [...tensors, ...options]);
}

function callExample(id: BuiltInLossId, tensors: readonly tf.Tensor[]): tf.Scalar {
  const result = resultOf(id, tensors);
  const total: unknown = Array.isArray(result) ? result[0] : result;
  if (!(total instanceof tf.Tensor)) throw new Error(`${id} returned no tensor`);
  return total.asScalar();
}

test('every built-in loss is exported by the camel case of its id, and forCompile', () => {
  expect(Object.keys(losses).toSorted()).toEqual([...IDS.map(camelCase), 'forCompile'].toSorted());
  for (const id of IDS) expect(Reflect.get(losses, camelCase(id))).toBe(BUILT_IN_LOSSES[id]);
});

describe.each(IDS)('%s as a function', (id) => {
  test('computes its worked example and a gradient', () => {
    const tensors = exampleInputs(id);
    const names = inputsOf(id).map(([name]) => name);
    const wanted = differentiableOf(id).map((name) => names.indexOf(name));
    const value = callExample(id, tensors).dataSync()[0] ?? NaN;
    const expected = exampleOf(id).value as number;
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(expected)));
    const gradients = tf.grads((...given: tf.Tensor[]) => {
      return callExample(id, tensors.map((tensor, index) => given[wanted.indexOf(index)] ?? tensor));
    })(wanted.flatMap((index) => tensors[index] ?? []));
    expect(gradients.map(({ shape }) => shape)).toEqual(wanted.map((index) => tensors[index]?.shape));
  });

  test('leaves no tensor behind but its result', () => {
    const tensors = exampleInputs(id);
    const before = tf.memory().numTensors;
    const result = resultOf(id, tensors);
    expect(tf.memory().numTensors - before).toBe(Array.isArray(result) ? 1 + Object.keys(result[1]).length : 1);
  });
});

describe('arguments', () => {
  const p = tf.tensor2d([[0.5, 0.9]]);
  const t = tf.tensor2d([[1, 0]]);
  const called = (loss: (...given: never[]) => unknown, ...given: unknown[]) => () => Reflect.apply(loss, undefined, given);

  test('parameters that are not given have their defaults', () => {
    expect(focal(p, t).dataSync()).toEqual(focal(p, t, { gamma: 2, alpha: 0.25 }).dataSync());
    expect(focal(p, t, { gamma: 3 }).dataSync()).not.toEqual(focal(p, t).dataSync());
  });

  test.each([
    ['an array', called(focal, [0.5], t), 'Focal loss: yPred must be a tensor, found an array: wrap it in tf.tensor(…).'],
    ['a missing target', called(focal, p), 'Focal loss: yTrue is missing.'],
    ['a refused parameter', called(focal, p, t, { gamma: -1 }), 'Focal loss: options.gamma: found -1; '],
    ['an unknown parameter', called(focal, p, t, { gama: 1 }), 'Unrecognized key: "gama"'],
    ['too many', called(mse, p, t, {}, 1), 'Mean squared error: it takes (yPred, yTrue, options), found 4 arguments.'],
    ['options of a loss without', called(uncertaintyWeighted, p, t, {}), 'it takes (losses, logVars), found 3 arguments.'],
  ])('%s is refused with what to mend', (_, call, message) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });

  test('a loss of a user is called in the same way', () => {
    const own = defineLoss({
      inputs: { yPred: { domain: 'real' }, yTrue: { domain: 'real', role: 'target' } },
      loss: (yPred, yTrue) => tf.mean(tf.squaredDifference(yPred, yTrue)),
    });
    expect(own(p, t).dataSync()[0]).toBeCloseTo(0.53, 6);
  });
});

test('a loss of a user that declares no inputs takes as many tensors as it is given', () => {
  const own = defineLoss({ loss: (...tensors) => tf.mean(tf.addN(tensors)) });
  const [one, two] = [tf.tensor1d([1, 3]), tf.tensor1d([3, 5])];
  expect([own(one).dataSync()[0], own(one, two).dataSync()[0]]).toEqual([2, 6]);
  expect(() => Reflect.apply(own, undefined, [one, [3, 5]])).toThrow('found 2 arguments');
});

describe('target and prediction in the order of Keras', () => {
  const x = tf.tensor2d([[1], [2]]);
  const y = tf.tensor2d([[1], [0]]);
  const weight = tf.variable(tf.tensor2d([[0.5]]));
  const predict = () => tf.sigmoid(tf.matMul(x, weight));

  test('are refused while a gradient is taken', () => {
    expect(() => tf.variableGrads(() => bce(y, predict()))).toThrow(
      'yTrue is what the model predicts and yPred is not: the order is (yPred, yTrue). model.compile passes the target first',
    );
  });

  test.each([
    ['in order', () => bce(predict(), y)],
    ['with a target that is computed', () => bce(predict(), tf.square(y))],
    ['with both from the model', () => mse(predict(), tf.matMul(x, weight))],
  ])('%s they pass', (_, loss) => {
    expect(tf.variableGrads(loss).value.shape).toEqual([]);
  });

  test('a prediction that is an input of the gradient passes', () => {
    expect(tf.grad((given) => mse(given, tf.square(y)))(y).shape).toEqual([2, 1]);
  });
});

/** Losses of one prediction and one target of the same shape: those that `model.compile` can call. */
const PAIRS = IDS.filter((id) => {
  const inputs = Object.values(BUILT_IN_LOSSES[id].inputs ?? {});
  const target = inputs.find(({ role }) => role === 'target');
  return inputs.length === 2 && target !== undefined && target.domain !== 'class-index';
});

/** Which last layer makes predictions in the domain; any numbers do for the others. */
const ACTIVATIONS: Readonly<Record<string, 'sigmoid' | 'softmax' | 'softplus'>> = {
  probability: 'sigmoid',
  distribution: 'softmax',
  positive: 'softplus',
  nonnegative: 'softplus',
};

interface Task {
  readonly model: tf.Sequential;
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

/** A model of one layer for predictions of the shape and domain that the loss declares, with targets. */
function taskOf(id: BuiltInLossId): Task {
  const [prediction, target] = Object.values(BUILT_IN_LOSSES[id].inputs ?? {});
  if (prediction?.shape === undefined || target?.domain === undefined) throw new Error(`${id} declares too little`);
  const [samples = 1, ...rest] = prediction.shape;
  const width = rest.reduce((product, length) => product * length, 1);
  const drawn = sampleDomain(target.domain, prediction.shape, target.classes ?? null, createRandom(id));
  const activation = typeof prediction.domain === 'string' ? ACTIVATIONS[prediction.domain] : undefined;
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: width, inputShape: [3], kernelInitializer: tf.initializers.randomNormal({ stddev: 0.1, seed: 1 }) }),
      tf.layers.reshape({ targetShape: rest }),
      ...(activation === undefined ? [] : [tf.layers.activation({ activation })]),
    ],
  });
  if (prediction.domain === 'boxes') model.layers[0]?.setWeights([tf.mul(tf.randomNormal([3, 4], 0, 1, 'float32', 1), 0.1), tf.tensor1d([0, 0, 1, 1])]);
  return { model, x: tf.randomNormal([samples, 3], 0, 1, 'float32', 2), y: tf.tensor([...drawn], prediction.shape) };
}

describe('model.compile', () => {
  test.each(PAIRS)('%s is the loss of a call, and goes down', async (id) => {
    const { model, x, y } = taskOf(id);
    const loss = BUILT_IN_LOSSES[id];
    model.compile({ optimizer: tf.train.adam(0.01), loss: Reflect.apply(forCompile, undefined, [loss]) });
    const predicted = model.predict(x);
    const result: unknown = Reflect.apply(loss, undefined, [predicted, y]);
    const total = (Array.isArray(result) ? result[0] : result) as tf.Tensor;
    const expected = total.dataSync()[0] ?? NaN;
    const { history } = await model.fit(x, y, { epochs: 20, batchSize: x.shape[0] ?? 1, shuffle: false, verbose: 0, yieldEvery: 'never' });
    const losses = history['loss']?.map(Number) ?? [];
    expect(Math.abs((losses[0] ?? NaN) - expected)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(expected)));
    expect(losses.at(-1)).toBeLessThan(expected);
  });

  test.each([
    ['more than a pair', () => forCompile(uncertaintyWeighted), 'takes (losses, logVars): model.compile gives a loss one target and one prediction'],
    ['class indices', () => forCompile(sparseCrossEntropy), 'takes class indices'],
  ])('a loss of %s is refused at once', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('gives a value for each sample, whose mean is the loss, so that sample weights act', () => {
    const p = tf.tensor2d([[0.5, 0.9], [0.2, 0.1], [0.3, 0.3]]);
    const t = tf.tensor2d([[1, 0], [0, 0], [1, 1]]);
    const values = forCompile(focal, { gamma: 1 })(t, p);
    expect(values.shape).toEqual([3]);
    expect(tf.mean(values).dataSync()[0]).toBeCloseTo(focal(p, t, { gamma: 1 }).dataSync()[0] ?? NaN, 6);
  });

  test('class weights of model.fit act on samples', async () => {
    const { model, x } = taskOf('cross-entropy');
    const labels = [0, 1, 2, 3, 0, 1, 2, 3];
    const y = tf.oneHot(labels, 4).toFloat();
    model.compile({ optimizer: 'sgd', loss: forCompile(crossEntropy) });
    const each = crossEntropy(model.predict(x) as tf.Tensor, y, { reduction: 'none' }).dataSync();
    const expected = labels.reduce((sum, label, index) => sum + label * (each[index] ?? NaN), 0) / labels.length;
    const classWeight = { 0: 0, 1: 1, 2: 2, 3: 3 };
    const { history } = await model.fit(x, y, { epochs: 1, batchSize: 8, classWeight, verbose: 0, yieldEvery: 'never' });
    expect(Number(history['loss']?.[0])).toBeCloseTo(expected, 5);
  });

  test.each([
    ['a reduction that is given', (p: tf.Tensor, t: tf.Tensor) => [forCompile(bceWithLogits, { reduction: 'sum' })(t, p), bceWithLogits(p, t, { reduction: 'sum' })]],
    ['components', (p: tf.Tensor, t: tf.Tensor) => [forCompile(combined)(t, p), combined(p, t)[0]]],
  ] as const)('%s gives the value of a call', (_, values) => {
    const [compiled, called] = values(tf.tensor2d([[0.5, -1], [2, 1]]), tf.tensor2d([[1, 0], [0, 1]]));
    expect(compiled?.shape).toEqual([]);
    expect(compiled?.dataSync()).toEqual(called?.dataSync());
  });
});
