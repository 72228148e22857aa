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
  readonly 'unexpected-reduction': { readonly declared: 'mean' | 'sum'; readonly factor: number };
  readonly 'order-dependence': { readonly before: number; readonly after: number };
  readonly 'batch-scaling': { readonly factor: number };
  readonly 'coupled-examples': { readonly factors: readonly number[] };
}

export const batchInvarianceWords: WordsOf<BatchInvarianceFindings> = {
  'divided-twice': {
    title: 'the loss is divided by the batch size twice',
    message: ({ factor, rows }) => `The same ${rows} rows twice give ${brief(factor)} times the loss: it shrinks as the batch grows.`,
    why: 'A mean has been divided by the number of rows already. A second division makes the gradient smaller the larger the batch, and the learning rate that worked for 32 rows does nothing for 1024.',
    fix: 'Divide once: tf.mean alone, or tf.sum and one division.',
  },
  'mixed-reduction': {
    title: 'one part of the loss is a mean over the batch, another is not',
    message: ({ values, part }) =>
      `The batch once, twice and three times gives ${values.map(brief).join(', ')}: beside a mean, this part is ${part === 'summed' ? 'a sum over the rows' : 'divided by the batch size once more'}.`,
    why: 'The balance between the terms changes with the batch size: weights that were tuned for one size are wrong for another, and for the last, smaller batch of an epoch.',
    fix: 'Reduce every term over the batch in the same way. Sum over the entries of a row first if they belong together, tf.sum(x, -1), then take tf.mean over the rows.',
  },
  'unexpected-reduction': {
    title: 'the reduction is not the one that was declared',
    message: ({ declared, factor }) =>
      `expect.reduction is '${declared}', but the same rows twice give ${brief(factor)} times the loss; a ${declared} gives ${declared === 'mean' ? '1' : '2'}.`,
    why: ({ declared }) =>
      declared === 'mean'
        ? 'A sum where a mean is meant multiplies the gradient, and with it the step, by the batch size.'
        : 'A mean where a sum is meant divides the gradient by the batch size: terms that are added to it weigh more than they should.',
    fix: ({ declared }) => `Use tf.${declared} over the batch, or declare the reduction that is meant.`,
  },
  'order-dependence': {
    title: 'the loss depends on the order of the rows',
    message: ({ before, after }) => `The same rows in another order give ${brief(after)} instead of ${brief(before)}.`,
    why: 'The rows of a batch come in random order. A loss that looks at some of them only, or weighs them by their place, trains on chance.',
    fix: 'Reduce over all rows alike, and let weights for rows come in as an input. Where the leading axis is time or a grid, there is nothing to mend.',
  },
  'batch-scaling': {
    title: 'the loss follows the size of the batch',
    message: ({ factor }) => `The same rows twice give ${brief(factor)} times the loss${Math.abs(factor - 2) < 1e-6 ? ': it is a sum over the batch' : ''}.`,
    why: 'So does the gradient: learning rate and batch size must be changed together.',
    fix: ({ factor }) =>
      Math.abs(factor - 2) < 1e-6
        ? "Use tf.mean over the batch, or declare expect: { reduction: 'sum' } if the sum is meant."
        : 'Nothing to do if it is meant, as for a norm or a sum over pairs. Otherwise take tf.mean over the rows.',
  },
  'coupled-examples': {
    title: 'the rows of the batch act on each other',
    message: ({ factors }) => `The same rows twice give ${factors.map(brief).join(', ')} times the loss: no constant factor, so it is neither a mean nor a sum over the rows.`,
    why: 'Contrastive, ranking and overlap losses are made so. Elsewhere the result depends on which rows happen to be together.',
    fix: 'Nothing to do for a loss that compares rows or counts over all of them. Otherwise compute a loss for each row, and average it.',
  },
};
