/**
 * Trains two tasks at once, and with them the weights of their losses.
 *
 *   node examples/learned-weights.mjs
 *
 * Both tasks are read off the same four numbers; the targets of the second are noise for the most part. Nobody tells
 * the model: `uncertaintyWeighted` gives each task a log-variance, which is trained like a weight of the model, and
 * ends at the logarithm of what is left of the task's loss. The noisy task then pulls with a smaller weight.
 */
import * as tf from '@tensorflow/tfjs';
import { mse, uncertaintyWeighted } from 'losscheck/losses';

const EXAMPLES = 256;
const NOISE = [0.1, 2];
const STEPS = 400;

const x = tf.randomNormal([EXAMPLES, 4], 0, 1, 'float32', 1);
const truth = tf.tensor2d([[1, -1], [0.5, 2], [-2, 0], [0, 1]]);
const noise = tf.mul(tf.randomNormal([EXAMPLES, 2], 0, 1, 'float32', 2), tf.tensor1d(NOISE));
const y = tf.add(tf.matMul(x, truth), noise);

const weights = tf.variable(tf.zeros([4, 2]), true, 'weights');
const logVars = tf.variable(tf.zeros([2]), true, 'logVars');
const optimizer = tf.train.adam(0.05);

const ofTask = (tensor, task) => tf.slice(tensor, [0, task], [EXAMPLES, 1]);
const taskLosses = () => {
  const predicted = tf.matMul(x, weights);
  return tf.stack([0, 1].map((task) => mse(ofTask(predicted, task), ofTask(y, task))));
};

const total = () => uncertaintyWeighted(taskLosses(), logVars);
const first = tf.tidy(() => total().dataSync()[0]);
for (let step = 0; step < STEPS; step++) optimizer.minimize(total);

const shown = (values) => Array.from(values, (value) => value.toFixed(3)).join(', ');
console.log(`total      ${first.toFixed(3)} at the start, ${tf.tidy(() => total().dataSync()[0]).toFixed(3)} at the end`);
console.log(`losses     ${shown(tf.tidy(taskLosses).dataSync())}`);
console.log(`variances  ${shown(tf.exp(logVars).dataSync())}, learned; the noise has ${shown(NOISE.map((sigma) => sigma ** 2))}`);
console.log(`weights    ${shown(tf.mul(tf.exp(tf.neg(logVars)), 0.5).dataSync())} of the two losses`);
