import { brief, type WordsOf } from './words.ts';

export interface BatchInvarianceFindings {
  readonly 'divided-twice': { readonly factor: number; readonly rows: number };
  readonly 'mixed-reduction': {
    readonly rows: number;
    /** Loss of the batch once, twice and three times. */
    readonly values: readonly number[];
    /** How the part that grows or shrinks goes with the batch. */
    readonly part: 'summed' | 'divided twice';
  };
  readonly 'unexpected-reduction': { readonly declared: 'mean' | 'sum'; readonly factor: number | null };
  readonly 'order-dependence': { readonly before: number; readonly after: number };
  readonly 'batch-scaling': { readonly factor: number };
  readonly 'coupled-examples': { readonly factors: readonly number[] };
}

export const batchInvarianceWords: WordsOf<BatchInvarianceFindings> = {
  'divided-twice': {
    title: 'the loss is divided by the batch size twice',
    message: ({ factor, rows }) => `The same ${rows} rows twice give ${brief(factor)} times the loss: it shrinks as the batch grows.`,
    why: 'tf.mean has already divided by the number of rows. A second division makes the gradient smaller the larger the batch, and the learning rate that worked for 32 rows does nothing for 1024.',
    fix: 'Divide once: tf.mean alone, or tf.sum and one division.',
  },
  'mixed-reduction': {
    title: 'one part of the loss is a mean over the batch, another is not',
    message: ({ values, part }) =>
      `The batch once, twice and three times gives ${values.map(brief).join(', ')}: one part stays as it is and another is ${part}.`,
    why: 'The balance between the terms changes with the batch size, and the last, smaller batch of an epoch is weighted differently.',
    fix: 'Reduce every term over the batch in the same way: tf.mean for all of them.',
  },
  'unexpected-reduction': {
    title: 'the reduction is not the one that was declared',
    message: ({ declared, factor }) =>
      `expect.reduction is '${declared}', but the same rows twice give ${factor === null ? 'no constant multiple of' : `${brief(factor)} times`} the loss; a ${declared} gives ${declared === 'mean' ? '1' : '2'}.`,
    why: 'A sum where a mean is meant multiplies the gradient, and with it the learning rate, by the batch size.',
    fix: ({ declared }) => (declared === 'mean' ? 'Use tf.mean over the batch, or declare the reduction that is meant.' : 'Use tf.sum over the batch, or declare the reduction that is meant.'),
  },
  'order-dependence': {
    title: 'the loss depends on the order of the rows',
    message: ({ before, after }) => `The same rows in another order give ${brief(after)} instead of ${brief(before)}.`,
    why: 'The rows of a batch come in random order. A loss that looks at some of them only, or weighs them by their place, trains on chance.',
    fix: 'Reduce over all rows alike. Weights for rows come in as an input, in the order of the rows.',
  },
  'batch-scaling': {
    title: 'the loss grows with the batch',
    message: ({ factor }) => `The same rows twice give ${brief(factor)} times the loss${Math.abs(factor - 2) < 1e-6 ? ': a sum over the batch' : ''}.`,
    why: 'The gradient grows with the batch size, so learning rate and batch size must be changed together.',
    fix: 'Use tf.mean over the batch, or declare expect: { reduction: "sum" } if the sum is meant.',
  },
  'coupled-examples': {
    title: 'the loss couples the examples of a batch',
    message: ({ factors }) => `The same rows twice change the loss by ${factors.map(brief).join(', ')}: no constant factor, so the rows act on each other.`,
    why: 'Contrastive and ranking losses are made so. Elsewhere it means that the batch is looked at as a whole, and the result depends on how it was put together.',
    fix: 'Nothing to do for a contrastive, ranking or overlap loss. Otherwise compute a loss for each row and average it.',
  },
};
