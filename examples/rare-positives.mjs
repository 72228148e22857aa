/**
 * Trains a small classifier with focal loss on data in which one example of twenty is positive.
 *
 *   node examples/rare-positives.mjs
 *
 * The data are generated: points of a plane, positive within a ring. The loss goes to tfjs-layers by `forCompile`,
 * which turns the order of the arguments round: `model.compile` passes the target first.
 */
import * as tf from '@tensorflow/tfjs';
import { focal, forCompile } from 'losscheck/losses';

const SEED = 7;
const EXAMPLES = 1024;

/** 1 where the distance from the middle is between 0.9 and 1: about one point of twenty. */
function ring(count, seed) {
  return tf.tidy(() => {
    const points = tf.randomUniform([count, 2], -1.6, 1.6, 'float32', seed);
    const distance = tf.sqrt(tf.sum(tf.square(points), 1, true));
    const inside = tf.logicalAnd(tf.greater(distance, 0.9), tf.less(distance, 1.0));
    return { x: points, y: tf.cast(inside, 'float32') };
  });
}

function dense(units, activation, seed, inputShape) {
  const kernelInitializer = { className: 'HeNormal', config: { seed } };
  return tf.layers.dense({ units, activation, kernelInitializer, ...(inputShape && { inputShape }) });
}

const { x, y } = ring(EXAMPLES, SEED);
const model = tf.sequential({ layers: [dense(32, 'relu', 1, [2]), dense(32, 'relu', 2), dense(1, 'sigmoid', 3)] });
model.compile({ optimizer: tf.train.adam(0.01), loss: forCompile(focal, { gamma: 2, alpha: 0.75 }) });

const { history } = await model.fit(x, y, { epochs: 150, batchSize: 128, shuffle: false, verbose: 0, yieldEvery: 'never' });

/** Of the true positives, and of what is called positive. */
function recallAndPrecision() {
  return tf.tidy(() => {
    const called = tf.cast(tf.greater(model.predict(x), 0.5), 'float32');
    const hits = tf.sum(tf.mul(called, y)).dataSync()[0];
    return { recall: hits / tf.sum(y).dataSync()[0], precision: hits / Math.max(1, tf.sum(called).dataSync()[0]) };
  });
}

const { recall, precision } = recallAndPrecision();
const shown = (value) => value.toPrecision(3);
console.log(`positives  ${shown(tf.mean(y).dataSync()[0])} of ${EXAMPLES} examples`);
console.log(`focal loss ${shown(history.loss[0])} in the first epoch, ${shown(history.loss.at(-1))} in the last`);
console.log(`recall     ${shown(recall)}, precision ${shown(precision)}`);
