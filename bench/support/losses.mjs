import path from 'node:path';
import { ROOT } from './machine.mjs';

/** The losses that are measured, at any number of elements that is a power of two from 64. */

const side = (count) => 2 ** Math.floor(Math.log2(count) / 2);
const oblong = (count) => [side(count), count / side(count)];

export const LOSSES = {
  huber: {
    kind: 'separable',
    target: 'huber',
    shape: oblong,
    domains: { yPred: 'real', yTrue: 'real' },
  },
  'cross-entropy': {
    kind: 'row-wise, 16 classes',
    target: 'cross-entropy',
    shape: (count) => [count / 16, 16],
    domains: { logits: 'logit', yTrue: 'one-hot' },
  },
  'info-nce': {
    kind: 'coupled, rows x rows',
    target: path.join(ROOT, 'bench', 'losses', 'info-nce.ts'),
    shape: oblong,
    domains: { anchors: 'real', positives: 'real' },
  },
  dice: {
    kind: 'coupled by two sums',
    target: 'dice',
    shape: (count) => [count / 64, 8, 8, 1],
    domains: { yPred: 'probability', yTrue: 'binary' },
  },
};

/** The `input` option of `verify`: the first input is the prediction, the second the target. */
export function inputsOf({ domains }, shape) {
  const roles = ['prediction', 'target'];
  return Object.fromEntries(Object.entries(domains).map(([name, domain], index) => [name, { shape, domain, role: roles[index] }]));
}

/** Plain numbers of a domain, for evaluations outside of a check. */
export function drawPoint({ domains }, shape, seed) {
  const random = generator(seed);
  const size = shape.reduce((total, length) => total * length, 1);
  return Object.fromEntries(
    Object.entries(domains).map(([name, domain]) => [name, { shape, dtype: 'float32', data: draw(domain, size, shape.at(-1), random) }]),
  );
}

function draw(domain, size, width, random) {
  if (domain === 'one-hot') {
    const data = new Float64Array(size);
    for (let row = 0; row < size; row += width) data[row + Math.floor(random() * width)] = 1;
    return data;
  }
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const one = {
    real: normal,
    logit: () => 2 * normal(),
    probability: () => 0.05 + 0.9 * random(),
    binary: () => (random() < 0.5 ? 0 : 1),
  }[domain];
  return Float64Array.from({ length: size }, one);
}

/** Mulberry32, by Tommy Ettinger: numbers in [0, 1) that depend on the seed alone. */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
