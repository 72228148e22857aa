import { NESTED_ADVICE } from './advice.ts';
import { brief, percent, place, type OfInput, type PointData, type WordsOf } from './words.ts';

export interface GradientMatchFindings {
  readonly 'gradient-mismatch': OfInput & {
    readonly index: readonly number[];
    readonly analytic: number;
    readonly numeric: number;
    readonly relativeError: number;
    readonly errorBound: number;
    readonly wrong: number;
    readonly coordinates: number;
    readonly blame: 'customGrad' | 'library' | 'cut' | 'nested-gradient' | null;
    readonly op: string | null;
    /** analytic / numeric, where it is the same for every coordinate. */
    readonly factor: number | null;
    /** What that factor is, in words ('the sign', '1/N of 8 rows'), when it is recognised. */
    readonly factorMeaning: string | null;
    /** 'sample', 'edge' (given by the user), or a name of the special point. */
    readonly at: string;
    readonly point: PointData;
  };
  readonly 'invalid-subgradient': OfInput & {
    readonly index: readonly number[];
    readonly analytic: number;
    readonly left: number;
    readonly right: number;
    readonly at: string;
    readonly point: PointData;
  };
  readonly 'tied-gradient': OfInput & {
    readonly indices: readonly (readonly number[])[];
    readonly analytic: number;
    readonly left: number;
    readonly right: number;
    readonly op: string | null;
    readonly at: string;
    readonly point: PointData;
  };
  readonly discontinuous: OfInput & {
    readonly index: readonly number[];
    readonly jump: number;
    readonly at: string;
    readonly point: PointData;
  };
  readonly kink: OfInput & { readonly coordinates: number; readonly at: string };
  readonly unresolved: OfInput & {
    readonly unresolved: number;
    readonly coordinates: number;
    readonly share: number;
    readonly smallestDetectable: number;
  };
}

export const gradientMatchWords: WordsOf<GradientMatchFindings> = {
  'gradient-mismatch': {
    title: 'autograd disagrees with finite differences',
    message: (data) =>
      `The gradient is wrong in ${data.wrong} of ${data.coordinates} coordinates of ${data.input}. At ${place(data.input, data.index)}: ` +
      `analytic ${brief(data.analytic)}, numeric ${brief(data.numeric)} ± ${brief(data.errorBound)}, relative error ${brief(data.relativeError)}.` +
      (data.factor === null ? '' : ` Everywhere analytic = ${brief(data.factor)} × numeric${data.factorMeaning === null ? '' : `: ${data.factorMeaning}`}.`) +
      (data.blame === 'library' ? ` The derivative of ${data.op} in TensorFlow.js itself is wrong here.` : '') +
      (data.blame === 'customGrad' ? ' The gradient that your tf.customGrad returns is not the derivative of its value.' : '') +
      (data.blame === 'nested-gradient' ? ' The loss differentiates inside itself, and that derivative has a wrong derivative.' : '') +
      (data.blame === 'cut' ? ' Part of the gradient is cut at the line shown.' : ''),
    why: 'The model follows the analytic gradient. When it is not the slope of the loss, training goes somewhere else, without any error.',
    fix: ({ blame, op }) => {
      if (blame === 'customGrad') return 'Derive the gradFunc of the tf.customGrad again: it must return dy times the derivative of the value, for each input.';
      if (blame === 'library') return `Write this step without ${op}: TensorFlow.js returns a wrong derivative for it with these arguments. Another formula for the same value has a right one.`;
      if (blame === 'nested-gradient') return NESTED_ADVICE;
      if (blame === 'cut') return 'Replace the read, copy or cast at the line shown by tf.* operations on the tensors.';
      return 'Compare the formula with its derivative step by step; start with tf.customGrad, casts and nested tf.grad calls.';
    },
  },
  'invalid-subgradient': {
    title: 'the gradient at a kink lies outside the slopes on both sides',
    message: (data) => `At the kink ${place(data.input, data.index)} autograd says ${brief(data.analytic)}, but the slopes are ${brief(data.left)} on the left and ${brief(data.right)} on the right.`,
    why: 'At a kink any value between the two slopes is a valid subgradient. A value outside them, or NaN, points in no direction that the loss has.',
    fix: 'Use a form whose subgradient is valid: tf.abs, tf.relu, tf.minimum; or smooth the kink: tf.sqrt(tf.add(tf.square(x), 1e-12)) instead of tf.norm(x).',
  },
  'tied-gradient': {
    title: 'the gradient counts a tie more than once',
    message: (data) => `With ${data.indices.length} tied entries of ${data.input} moved together the loss has a slope between ${brief(Math.min(data.left, data.right))} and ${brief(Math.max(data.left, data.right))}, but autograd adds up to ${brief(data.analytic)}.`,
    why: 'TensorFlow.js gives every entry that ties for a maximum or minimum the full gradient instead of sharing it. Each entry alone looks right; together they are too large.',
    fix: 'Ties are common at the start of training (all outputs equal). Use tf.logSumExp as a smooth maximum, or pick one entry with a one-hot mask.',
  },
  discontinuous: {
    title: 'the loss jumps',
    message: (data) => `The value of the loss jumps by ${brief(data.jump)} at ${place(data.input, data.index)}.`,
    why: 'At a jump there is no slope, and gradient descent does not see the step.',
    fix: 'Make the pieces meet: the parts of a piecewise loss must have the same value where they join.',
  },
  kink: {
    title: 'a kink with a valid subgradient',
    message: (data) => `${data.coordinates} ${data.coordinates === 1 ? 'coordinate' : 'coordinates'} of ${data.input} stand on a kink (${data.at}); the gradient there lies between the slopes on both sides.`,
    why: 'At a kink the derivative does not exist. A value between the slopes of both sides is what gradient descent needs.',
    fix: 'Nothing to do.',
  },
  unresolved: {
    title: 'finite differences cannot decide',
    message: (data) => `${data.unresolved} of ${data.coordinates} coordinates of ${data.input} could not be resolved; they carry ${percent(data.share)} of its gradient. The smallest relative error that could have been seen is ${brief(data.smallestDetectable)}.`,
    why: 'The differences drown in rounding noise: a gradient that cannot be checked is not a gradient that is right.',
    fix: 'Give a domain in which the loss is not almost constant, or scale its terms to similar size.',
  },
};
