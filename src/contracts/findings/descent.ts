import { brief, type OfInput, type PointData, type WordsOf } from './words.ts';

/** How a prediction says what its target says. */
export type PerfectForm = 'itself' | 'sure' | 'score' | 'logarithm' | 'log-odds';

export interface DescentFindings {
  readonly 'gradient-uphill': OfInput & { readonly before: number; readonly after: number; readonly point: PointData };
  readonly 'worse-at-match': OfInput & {
    readonly target: string;
    readonly form: PerfectForm;
    /** The only label for which this is so; null when it is so for all. */
    readonly label: number | null;
    readonly matched: number;
    readonly random: number;
    /** Random points at which the perfect prediction is worse; at the others it makes no difference. */
    readonly samples: number;
    readonly of: number;
    readonly point: PointData;
  };
  readonly 'unbounded-below': OfInput & { readonly start: number; readonly end: number; readonly distance: number; readonly point: PointData };
  readonly 'negative-value': { readonly value: number; readonly at: string; readonly point: PointData };
  readonly 'not-zero-at-match': { readonly value: number; readonly point: PointData };
  readonly 'not-minimised-at-target': OfInput & { readonly matched: number; readonly lower: number; readonly point: PointData };
}

const PERFECT: Readonly<Record<PerfectForm, (input: string, target: string) => string>> = {
  itself: (input, target) => `${input} equal to ${target}`,
  sure: (input, target) => `${input} sure of the right label in ${target}`,
  score: (input, target) => `high scores in ${input} for what ${target} says`,
  logarithm: (input, target) => `${input} the logarithm of ${target}`,
  'log-odds': (input, target) => `${input} the log-odds of ${target}`,
};

const SIGN =
  'Look for a missing tf.neg, a missing "1 -", or two arguments in the wrong order: a likelihood, a similarity or an overlap is to be maximised, so the loss is its negative, or one minus it.';

export const descentWords: WordsOf<DescentFindings> = {
  'gradient-uphill': {
    title: 'a step against the gradient raises the loss',
    message: ({ input, before, after }) => `A tiny step against the gradient of ${input} raises the loss from ${brief(before)} by ${brief(after - before)}.`,
    why: 'An optimizer that follows this gradient makes the model worse with every step.',
    fix: 'The gradient points uphill. Look for a wrong sign in a tf.customGrad.',
  },
  'worse-at-match': {
    title: 'a perfect prediction is worse than a random one',
    message: ({ input, target, form, label, matched, random, samples, of }) =>
      `With ${PERFECT[form](input, target)}${label === null ? '' : ` wherever that is ${label},`} the loss is ${brief(matched)}; with a random prediction it is ${brief(random)}. The perfect one is worse at ${samples} of ${of} random points, and better at none.`,
    why: 'Training lowers this loss by leading the predictions away from the targets.',
    fix: `${SIGN} If the loss is meant to lead away from them, say so: expect: { minimisedAtTarget: false }.`,
  },
  'unbounded-below': {
    title: 'the loss has no minimum: predictions run away',
    message: ({ input, start, end, distance }) =>
      `Against the gradient of ${input}, ${brief(distance)} further on, the loss has fallen from ${brief(start)} to ${brief(end)}, and it goes on falling. So it does for every element by itself.`,
    why: 'The optimizer lowers the loss for ever by making the predictions larger, whatever the targets are.',
    fix: `${SIGN} If that is meant, say so: expect: { minimisedAtTarget: false }.`,
  },
  'negative-value': {
    title: 'the loss is negative',
    message: ({ value, at }) => `expect.nonNegative is declared, but the loss is ${brief(value)} ${at}.`,
    why: 'A distance or a divergence below zero has a term with a wrong sign, or gets inputs outside the domain that it is meant for.',
    fix: 'Mend the term with the wrong sign, or remove the expectation if negative values are meant.',
  },
  'not-zero-at-match': {
    title: 'the loss is not zero at a perfect prediction',
    message: ({ value }) => `expect.zeroAtMatch is declared, but with predictions equal to the targets the loss is ${brief(value)}.`,
    why: 'An offset hides how good the model is, and often it comes with a wrong gradient near the optimum.',
    fix: 'Remove the offset (an epsilon in the wrong place, a missing "1 -", a missing normalisation), or the expectation.',
  },
  'not-minimised-at-target': {
    title: 'the loss is lower beside the target than at it',
    message: ({ input, matched, lower }) =>
      `expect.minimisedAtTarget is declared, but with predictions equal to the targets the loss is ${brief(matched)}, and with another ${input} it is ${brief(lower)}.`,
    why: 'The optimum of the loss is somewhere else than the target, so the model learns a biased prediction.',
    fix: 'Compare the formula with its source. Look for a wrong sign, a swapped argument, or a regulariser that pulls away from the target. Or remove the expectation.',
  },
};
