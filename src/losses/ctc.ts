import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../contracts/define-loss.ts';
import { entriesAlong } from './support/grid.ts';
import { oneHotRows } from './support/labels.ts';
import { LOG_ZERO, logSumExp } from './support/log-space.ts';
import { reduce, reductionSchema } from './support/reduction.ts';
import { batchSize, classCount, formatShape } from './support/shapes.ts';
import { descending, takeInRows } from './support/sorted-rows.ts';
import { withGradient } from './support/stable-math.ts';

const params = z.strictObject({
  blank: z.int().nonnegative().default(0),
  zeroInfinity: z.boolean().default(false),
  reduction: reductionSchema,
});

/** The labels as a path passes through them, for each row; all from data, without a gradient. */
interface Path {
  /** blank, label, blank, label, ..., blank as rows of 0 and 1, [N, S, C]. */
  readonly states: Tensor;
  /** Where the blank in between may be left out: log 1 or log 0, [N, S, 1]. */
  readonly skip: Tensor;
  /** Log 1 at the last label and the blank after it, log 0 elsewhere, [N, S, 1]. */
  readonly end: Tensor;
  /** Number of labels, [N]. */
  readonly length: Tensor;
}

/** Log 1 where true and log 0 where false, [..., 1]. */
function logOf(condition: Tensor): Tensor {
  return tf.expandDims(tf.where(condition, tf.zeros(condition.shape), tf.fill(condition.shape, LOG_ZERO)), -1);
}

/** The labels of each row in their order, blanks among them moved behind. */
function withoutBlanks(labels: Tensor, isLabel: Tensor): Tensor {
  const places = classCount(labels);
  const key = tf.sub(tf.mul(isLabel, places), tf.range(0, places));
  return takeInRows(labels, descending(key).indices);
}

function pathOf(yTrue: Tensor, classes: number, blank: number): Path {
  const [rows, places] = [batchSize(yTrue), classCount(yTrue)];
  const given = tf.cast(yTrue, 'int32');
  const isLabel = tf.cast(tf.notEqual(given, blank), 'float32');
  const labels = withoutBlanks(given, isLabel);
  const before = tf.fill(labels.shape, blank, 'int32');
  const between = tf.reshape(tf.stack([before, labels], 2), [rows, 2 * places]);
  const states = tf.pad(between, [[0, 0], [0, 1]], blank);
  const twoBack = tf.slice(tf.pad(states, [[0, 0], [2, 0]], blank), [0, 0], states.shape);
  const length = tf.sum(isLabel, 1);
  const last = tf.expandDims(tf.mul(length, 2), 1);
  const place = tf.expandDims(tf.range(0, 2 * places + 1), 0);
  return {
    // A label outside of the classes becomes NaN: as a row of zeros it would be certain at no cost.
    states: oneHotRows(states, classes),
    skip: logOf(tf.logicalAnd(tf.notEqual(states, blank), tf.notEqual(states, twoBack))),
    end: logOf(tf.logicalOr(tf.equal(place, last), tf.equal(place, tf.sub(last, 1)))),
    length,
  };
}

/** log of the sum over all paths of their probability, [N], from the log-probabilities [N, T, C]. */
function logLikelihood(logProbabilities: Tensor, { states, skip, end }: Path): Tensor {
  const [first, ...steps] = entriesAlong(tf.matMul(states, logProbabilities, false, true), 2);
  if (first === undefined) throw new Error('entriesAlong returned no time step');
  let alpha = tf.add(first, logOf(tf.less(tf.range(0, first.shape[1] ?? 1), 2)));
  for (const step of steps) {
    const padded = tf.pad(alpha, [[0, 0], [2, 0], [0, 0]], LOG_ZERO);
    const fromLast = tf.slice(padded, [0, 1, 0], alpha.shape);
    const fromTwoBack = tf.add(tf.slice(padded, [0, 0, 0], alpha.shape), skip);
    alpha = tf.add(step, logSumExp(tf.concat([alpha, fromLast, fromTwoBack], 2)));
  }
  return tf.squeeze(logSumExp(tf.squeeze(tf.add(alpha, end), [2])), [1]);
}

/** Infinite losses made 0. */
function zeroWhereInfinite(losses: Tensor): Tensor {
  const keep = (kept: Tensor, where: Tensor): Tensor => tf.where(tf.isInf(where), tf.zerosLike(kept), kept);
  return withGradient(losses, { value: (input) => keep(input, input), gradient: (dy, input) => keep(dy, input) });
}

function requireSequences(logits: Tensor, yTrue: Tensor, blank: number): void {
  if (logits.rank !== 3 || yTrue.rank !== 2 || batchSize(logits) !== batchSize(yTrue)) {
    throw new Error(
      'logits have shape [N, T, C] and yTrue [N, L], with the same N; they are ' +
        `${formatShape(logits.shape)} and ${formatShape(yTrue.shape)}.`,
    );
  }
  if (blank < classCount(logits)) return;
  throw new Error(`blank is class ${blank}, but the logits have ${classCount(logits)} classes, from 0.`);
}

/**
 * Connectionist temporal classification: `-log sum_A prod_t softmax(z_t)_(A_t)` over all alignments A of T classes that
 * give the labels, once repetitions are merged and then blanks removed.
 *
 * As in PyTorch the mean is that of the losses divided by the number of labels. A row of labels that does not fit
 * in T steps (two equal labels need a blank in between) has probability 0 and loss Infinity; its gradient is 0,
 * PyTorch's is NaN.
 *
 * Shapes: z [N, T, C]; labels [N, L]. Domain: z any logit, labels whole numbers 0 to C-1. A blank among the labels is
 * left out, so that shorter rows can be filled up with it. A label outside makes the loss NaN.
 * Parameters: `blank`, the class of the blank (0 by default); `zeroInfinity` makes infinite losses 0 (false by
 * default); `reduction` mean (default), sum or none.
 *
 * @throws Error when the shapes are not those above, or `blank` is no class
 * @example z = 0 for T = 2, C = 2, label 1: the alignments 11, 01, 10 of 4, so -log(3/4) = 0.2877
 */
export const ctc = defineLoss({
  name: 'CTC loss',
  description: 'Sequence labels without times: speech and handwriting, where the alignment is unknown.',
  formula: '-log sum_A prod_t softmax(z_t)_(A_t) over all alignments A that give the labels',
  reference: 'Graves, Fernández, Gomez, Schmidhuber, CTC, 2006; torch.nn.CTCLoss',
  example: {
    inputs: { logits: [[[0, 0], [0, 0]]], yTrue: [[1]] },
    value: 0.2876820724517809,
  },
  inputs: {
    logits: { shape: [2, 6, 4], domain: 'logit' },
    yTrue: { shape: [2, 3], domain: 'class-index', classes: 4, role: 'target' },
  },
  expect: { nonNegative: true },
  params,
  loss(logits: Tensor, yTrue: Tensor, { blank, zeroInfinity, reduction }: z.infer<typeof params>) {
    requireSequences(logits, yTrue, blank);
    return tf.tidy(() => {
      const path = pathOf(yTrue, classCount(logits), blank);
      const costs = tf.neg(logLikelihood(tf.logSoftmax(logits), path));
      const losses = zeroInfinity ? zeroWhereInfinite(costs) : costs;
      return reduce(reduction === 'mean' ? tf.div(losses, tf.maximum(path.length, 1)) : losses, reduction);
    });
  },
});
