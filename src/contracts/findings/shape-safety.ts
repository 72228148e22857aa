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
    /** The shape in which prediction and target were given, where that is not the one shown. */
    readonly given: Shape | null;
  };
  readonly 'accepts-other-shape': OfInput & { readonly declared: Shape; readonly accepted: Shape; readonly other: string };
}

export const shapeSafetyWords: WordsOf<ShapeSafetyFindings> = {
  'silent-broadcast': {
    title: 'two shapes broadcast to a larger one',
    message: ({ op, left, right, result, given }) =>
      `${given === null ? '' : `With prediction and target of shape ${shapeText(given)}, as a layer with one unit gives them, `}${op} combines ${shapeText(left)} with ${shapeText(right)} and makes ${shapeText(result)}: every entry meets every other instead of its own.`,
    why: 'Nothing throws, and the loss still falls: a mean over all pairs is lowest where every prediction is the mean of the targets, so the model learns to predict a constant.',
    fix: 'Give both sides the same rank before they meet: tf.squeeze(yPred, [-1]), tf.reshape(yTrue, yPred.shape), or keepDims on both sides or on neither. If all pairs are meant, say so on both sides: tf.expandDims(a, 1) and tf.expandDims(b, 0).',
  },
  'accepts-other-shape': {
    title: 'the loss also accepts an input of another rank',
    message: ({ input, declared, accepted, other }) =>
      `The loss takes ${input} as ${shapeText(accepted)} as well as ${shapeText(declared)} beside ${other}, and gives another value for the same numbers.`,
    why: 'A data pipeline that adds or drops an axis of one element would go unnoticed: the two sides would broadcast.',
    fix: "tf.util.assertShapesMatch(yPred.shape, yTrue.shape, 'my loss: ') at the top of the loss turns the mistake into an error.",
  },
};
