import { shapeText, type OfInput, type WordsOf } from './words.ts';

type Shape = readonly number[];

export interface ShapeSafetyFindings {
  readonly 'silent-broadcast': {
    readonly op: string;
    readonly left: Shape;
    readonly right: Shape;
    readonly result: Shape;
    /** Inputs that the two sides were computed from. */
    readonly inputs: readonly string[];
  };
  readonly 'accepts-other-shape': OfInput & { readonly declared: Shape; readonly accepted: Shape; readonly other: string };
}

export const shapeSafetyWords: WordsOf<ShapeSafetyFindings> = {
  'silent-broadcast': {
    title: 'two shapes broadcast to a larger one',
    message: ({ op, left, right, result }) =>
      `${op} combines ${shapeText(left)} with ${shapeText(right)} and makes ${shapeText(result)}: every entry meets every other instead of its own.`,
    why: 'Nothing throws, and the loss still falls: a mean over all pairs is lowest where every prediction is the mean of the targets, so the model learns to predict a constant.',
    fix: 'Give both sides the same rank before they meet: tf.squeeze(yPred, [-1]) or tf.reshape(yTrue, yPred.shape), and tf.sum(x, axis, true) on both sides or on neither. If all pairs are meant, say so on both sides: tf.expandDims(a, 1) and tf.expandDims(b, 0).',
  },
  'accepts-other-shape': {
    title: 'the loss also accepts a target of another rank',
    message: ({ input, declared, accepted, other }) =>
      `The loss takes ${input} as ${shapeText(accepted)} as well as ${shapeText(declared)} beside ${other}, and its value is another one: the two broadcast.`,
    why: 'A data pipeline that adds or drops an axis of one would not be noticed.',
    fix: 'tf.util.assertShapesMatch(yPred.shape, yTrue.shape, "my loss: ") at the top of the loss turns the mistake into an error.',
  },
};
