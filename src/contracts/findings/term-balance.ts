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
    fix: 'Scale the terms to the same order of magnitude at the start (divide each by its initial value), lower the weight of the large one, or learn the weights (uncertainty weighting).',
  },
};
