/**
 * What a loss of `losscheck/losses` costs over the same formula written by hand.
 *
 *   node bench/importable.mjs [rounds]
 *
 * Value and gradient on the CPU backend, both in turn within a round, each for the same number of calls; the ratio is
 * the median over the rounds. What is added are the checks of the arguments, the parameters and `tf.tidy`.
 */
import * as tf from '@tensorflow/tfjs';
import { crossEntropy, dice, huber, mse } from 'losscheck/losses';

const ROUNDS = Number(process.argv[2] ?? 31);
const ROUND_MS = 60;

const BY_HAND = {
  mse: (p, t) => tf.mean(tf.square(tf.sub(p, t))),
  huber: (p, t) => {
    const residual = tf.sub(p, t);
    const clipped = tf.clipByValue(residual, -1, 1);
    return tf.mean(tf.mul(clipped, tf.sub(residual, tf.mul(clipped, 0.5))));
  },
  'cross-entropy': (z, t) => tf.mean(tf.neg(tf.sum(tf.mul(t, tf.logSoftmax(z)), -1))),
  dice: (p, g) => {
    const overlap = tf.sum(tf.mul(p, g));
    return tf.sub(1, tf.div(tf.add(tf.mul(overlap, 2), 1), tf.add(tf.add(tf.sum(p), tf.sum(g)), 1)));
  },
};
const IMPORTED = { mse, huber, 'cross-entropy': crossEntropy, dice };
const OPTIONS = { huber: { delta: 1, reduction: 'mean' } };

const SHAPES = [[8, 4], [64, 16], [256, 64]];

function timeOf(loss, p, t, calls) {
  const gradient = tf.valueAndGrad((x) => loss(x, t));
  const started = performance.now();
  for (let call = 0; call < calls; call++) tf.tidy(() => void gradient(p).value);
  return performance.now() - started;
}

const medianOf = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Calls that take about the time of a round. */
function callsFor(loss, p, t) {
  timeOf(loss, p, t, 200);
  return Math.max(1, Math.round((20 * ROUND_MS) / timeOf(loss, p, t, 20)));
}

process.stdout.write('| loss | shape | by hand | imported | with options |\n| --- | --- | --- | --- | --- |\n');
for (const [id, byHand] of Object.entries(BY_HAND)) {
  for (const shape of SHAPES) {
    const p = tf.randomUniform(shape, 0.05, 0.95, 'float32', 1);
    const t = tf.cast(tf.greater(tf.randomUniform(shape, 0, 1, 'float32', 2), 0.5), 'float32');
    const contestants = [byHand, IMPORTED[id], (x, y) => IMPORTED[id](x, y, OPTIONS[id] ?? {})];
    for (const loss of contestants) callsFor(loss, p, t);
    const calls = callsFor(byHand, p, t);
    const rounds = Array.from({ length: ROUNDS }, () => contestants.map((loss) => timeOf(loss, p, t, calls)));
    const perCall = medianOf(rounds.map(([hand]) => hand)) / calls;
    const ratios = [1, 2].map((index) => medianOf(rounds.map((times) => times[index] / times[0])).toFixed(3));
    process.stdout.write(`| ${id} | [${shape.join(', ')}] | ${(1000 * perCall).toFixed(0)} µs | ${ratios.join(' | ')} |\n`);
  }
}
