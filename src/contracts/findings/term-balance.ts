import { brief, type WordsOf } from './words.ts';

export interface TermBalanceFindings {
  readonly 'dominant-term': {
    readonly largest: string;
    readonly smallest: string;
    readonly ratio: number;
    readonly measure: 'value' | 'gradient';
    readonly terms: Readonly<Record<string, number>>;
  };
}

export const termBalanceWords: WordsOf<TermBalanceFindings> = {
  'dominant-term': {
    title: 'one term drowns the others',
    message: (data) => `The ${data.measure} of "${data.largest}" is ${brief(data.ratio)} times that of "${data.smallest}" at the start.`,
    why: 'A term that is a hundred times larger decides the direction of every step; the smaller one has no effect until the first is almost zero.',
    fix: 'First see that each term converges when it is trained alone. Then scale the terms to one order of magnitude at the start (divide each by its initial value), and watch the components over the first epochs. Or bring the hard term in little by little, with the step as an input (built-in: adaptive-weighted), or learn the weights with the model (built-in: uncertainty-weighted).',
  },
};
