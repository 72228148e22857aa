import { brief, type OfInput, type PointData, type WordsOf } from './words.ts';

export interface DescentFindings {
  readonly 'gradient-uphill': OfInput & { readonly before: number; readonly after: number; readonly point: PointData };
  readonly 'worse-at-match': OfInput & {
    readonly target: string;
    readonly matched: number;
    readonly random: number;
    readonly samples: number;
    readonly of: number;
    readonly point: PointData;
  };
  readonly 'unbounded-below': OfInput & { readonly start: number; readonly end: number; readonly steps: number; readonly point: PointData };
  readonly 'negative-value': { readonly value: number; readonly at: string; readonly point: PointData };
  readonly 'not-zero-at-match': { readonly value: number; readonly point: PointData };
  readonly 'not-minimised-at-target': OfInput & { readonly matched: number; readonly lower: number; readonly point: PointData };
}

const SIGN = 'Look for a missing tf.neg or a pair of arguments in the wrong order: a likelihood, a similarity or an overlap is maximised, so the loss is its negative, or one minus it.';

export const descentWords: WordsOf<DescentFindings> = {
  'gradient-uphill': {
    title: 'a step against the gradient raises the loss',
    message: ({ input, before, after }) => `From ${brief(before)}, the smallest steps against the gradient of ${input} lead to ${brief(after)}.`,
    why: 'An optimizer that follows this gradient makes the model worse with every step.',
    fix: 'The gradient points uphill: look for a wrong sign in a tf.customGrad.',
  },
  'worse-at-match': {
    title: 'a perfect prediction is worse than a random one',
    message: ({ input, target, matched, random, samples, of }) =>
      `With ${input} equal to ${target} the loss is ${brief(matched)}; with random predictions it is ${brief(random)} (worse at ${samples} of ${of} samples).`,
    why: 'Training lowers this loss by leading the predictions away from the targets.',
    fix: SIGN,
  },
  'unbounded-below': {
    title: 'the loss has no minimum: predictions run away',
    message: ({ input, start, end, steps }) => `${steps} steps against the gradient of ${input} lead from ${brief(start)} to ${brief(end)}, and it goes on falling.`,
    why: 'The optimizer lowers the loss for ever by making the predictions larger, whatever the targets are.',
    fix: SIGN,
  },
  'negative-value': {
    title: 'the loss is negative',
    message: ({ value, at }) => `expect.nonNegative is declared, but the loss is ${brief(value)} (${at}).`,
    why: 'A distance or a divergence below zero has a term with a wrong sign, or inputs outside the domain that it is meant for.',
    fix: 'Mend the term with the wrong sign, or remove the expectation if negative values are meant.',
  },
  'not-zero-at-match': {
    title: 'the loss is not zero at a perfect prediction',
    message: ({ value }) => `expect.zeroAtMatch is declared, but with predictions equal to the targets the loss is ${brief(value)}.`,
    why: 'An offset hides how good the model is, and often it comes with a wrong gradient near the optimum.',
    fix: 'Remove the offset (an epsilon outside of its place, a missing normalisation), or the expectation.',
  },
  'not-minimised-at-target': {
    title: 'the loss is lower beside the target than at it',
    message: ({ input, matched, lower }) => `expect.minimisedAtTarget is declared, but from ${input} equal to the target, where the loss is ${brief(matched)}, a short descent leads to ${brief(lower)}.`,
    why: 'The optimum of the loss is somewhere else than the target: the model learns a biased prediction.',
    fix: 'Compare the formula with its source; look for a wrong sign, a swapped argument or a regulariser that pulls away. Or remove the expectation.',
  },
};
