import { brief, type PointData, type WordsOf } from './words.ts';

export interface ScalarOutputFindings {
  readonly 'not-scalar': { readonly shape: readonly number[] };
  readonly 'shape-one': { readonly shape: readonly number[] };
  readonly 'returned-number': { readonly value: number | null; readonly method: string | null };
  readonly 'returned-promise': Readonly<Record<string, never>>;
  readonly 'returned-nothing': { readonly found: string };
  readonly 'returned-other': { readonly found: string };
  readonly 'integer-result': { readonly dtype: string };
  readonly 'loss-threw': { readonly error: string; readonly point: PointData };
  readonly 'nan-value': { readonly samples: number; readonly of: number; readonly point: PointData };
  readonly 'infinite-value': { readonly samples: number; readonly of: number; readonly value: number; readonly point: PointData };
}

export const scalarOutputWords: WordsOf<ScalarOutputFindings> = {
  'not-scalar': {
    title: 'missing reduction: the loss is not a scalar',
    message: ({ shape }) => `The loss returned a tensor of shape [${shape.join(', ')}]; training needs one number (rank 0).`,
    why: 'Without a reduction, TensorFlow.js either refuses to train or silently sums the entries, so the gradient grows with the batch size.',
    fix: 'Reduce before returning: tf.mean(loss) for the average over the batch, tf.sum(loss) for the total.',
  },
  'shape-one': {
    title: 'the loss has shape [1] instead of being a scalar',
    message: ({ shape }) => `The loss returned a tensor of shape [${shape.join(', ')}]: one element, but not rank 0.`,
    why: 'optimizer.minimize and tf.variableGrads accept rank 0 only and throw on anything else.',
    fix: 'Use tf.mean or tf.sum without keepDims, or end with .asScalar() / tf.reshape(loss, []).',
  },
  'returned-number': {
    title: 'the loss returned a JavaScript number',
    message: ({ value }) => `The loss returned the number ${brief(value)}, not a tensor.`,
    why: 'A number has left the graph: no gradient can flow back through it. In PyTorch this is `.item()` inside the loss.',
    fix: 'Return the tensor itself and call dataSync(), arraySync() or data() only outside the loss, for logging.',
  },
  'returned-promise': {
    title: 'the loss returned a Promise',
    message: () => 'The loss returned a Promise: it is an async function, or it returned the result of an async call.',
    why: 'TensorFlow.js records gradients only while a synchronous function runs; it cannot wait for a Promise.',
    fix: 'Make the loss synchronous: remove async/await, and compute what must be awaited (data(), array(), booleanMaskAsync) before the loss is called.',
  },
  'returned-nothing': {
    title: 'the loss returned nothing',
    message: ({ found }) => `The loss returned ${found}.`,
    why: 'There is no value to minimise. Often a `return` is missing, or the braces of an arrow function swallow the expression.',
    fix: 'Return the scalar tensor: `return tf.mean(...)`, or an arrow function without braces.',
  },
  'returned-other': {
    title: 'the loss returned something that is not a tensor',
    message: ({ found }) => `The loss returned a value of type ${found}; accepted are a scalar tensor, [total, components] or { total, components }.`,
    why: 'Arrays and objects of plain numbers have no gradient.',
    fix: 'Compute with tensors from end to end (tf.sub, tf.square, tf.mean) and return the scalar tensor.',
  },
  'integer-result': {
    title: 'the loss is an integer tensor',
    message: ({ dtype }) => `The loss has dtype ${dtype}; gradients need float32.`,
    why: 'Integers change in steps: their derivative is zero wherever it exists.',
    fix: 'Keep the computation in float32. A count or an accuracy is a metric, not a loss.',
  },
  'loss-threw': {
    title: 'the loss threw an error',
    message: ({ error }) => `The loss threw: ${error}`,
    why: 'A loss that throws on ordinary values in its domain cannot be trained on.',
    fix: 'Look at the line shown. Inputs are tensors, not arrays: use tf.* operations, not .map, indexing or arithmetic signs. If the shapes or the order of the arguments were guessed wrong, declare `inputs` in `export const losscheck`.',
  },
  'nan-value': {
    title: 'the loss is NaN inside its domain',
    message: ({ samples, of }) => `The loss is NaN at ${samples} of ${of} random points of its domain.`,
    why: 'One NaN in a batch turns every weight of the model into NaN with the next step.',
    fix: 'If the inputs are meant to be probabilities or positive numbers, declare that domain. Otherwise guard the operation at the line shown.',
  },
  'infinite-value': {
    title: 'the loss is infinite inside its domain',
    message: ({ samples, of, value }) => `The loss is ${brief(value)} at ${samples} of ${of} random points of its domain.`,
    why: 'An infinite loss has no usable gradient.',
    fix: 'Guard the operation at the line shown, or declare the domain that the inputs really have.',
  },
};
