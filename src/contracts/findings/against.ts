import { brief, place, type PointData, type WordsOf } from './words.ts';

interface OfRival {
  /** Id of the built-in loss. */
  readonly against: string;
}

/** One entry of a gradient, in this loss and in the other. */
interface GradientPair {
  readonly input: string;
  readonly index: readonly number[];
  readonly mine: number;
  readonly theirs: number;
}

export interface AgainstFindings {
  readonly 'different-loss': OfRival & {
    readonly differs: 'value' | 'gradient' | 'value and gradient';
    readonly mine: number;
    readonly theirs: number;
    /** Where the gradients are furthest apart; null where they agree or one has none. */
    readonly gradient: GradientPair | null;
    readonly relativeError: number;
    readonly point: PointData;
  };
  readonly 'nearly-same': OfRival & { readonly relativeError: number; readonly measure: 'value' | 'gradient'; readonly point: PointData };
  readonly 'constant-factor': OfRival & { readonly factor: number; readonly meaning: string | null };
  readonly 'constant-offset': OfRival & { readonly offset: number };
  readonly 'different-at-edge': OfRival & {
    readonly edge: string;
    readonly edges: number;
    readonly of: number;
    readonly measure: 'value' | 'gradient';
    readonly mine: number;
    readonly theirs: number;
    readonly point: PointData;
  };
  readonly 'not-comparable': OfRival & { readonly reason: string };
}

function gradientWords(gradient: GradientPair | null, against: string): string {
  if (gradient === null) return '';
  return ` Its gradient with respect to ${place(gradient.input, gradient.index)} is ${brief(gradient.mine)}, that of ${against} ${brief(gradient.theirs)}.`;
}

export const againstWords: WordsOf<AgainstFindings> = {
  'different-loss': {
    title: 'another loss than the built-in one',
    message: ({ against, differs, mine, theirs, gradient }) =>
      differs === 'gradient'
        ? `At this point the value is that of ${against}, ${brief(mine)}, but the gradient is not.${gradientWords(gradient, against)}`
        : `At this point the loss is ${brief(mine)}, and ${against} is ${brief(theirs)}.${gradientWords(gradient, against)}`,
    why: 'No constant factor and no constant offset turns one into the other: they have other minima, or weigh examples otherwise.',
    fix: ({ against, differs }) =>
      differs === 'gradient'
        ? 'Compute the loss with operations that have a derivative, and see gradient-match for the one that is wrong.'
        : `Compare the formulas: losscheck list ${against} shows the one of ${against} with its parameters, and --param name=value sets them (gamma, alpha, delta, the reduction). If another loss is meant, leave out --against.`,
  },
  'nearly-same': {
    title: 'almost the built-in loss',
    message: ({ against, measure, relativeError }) => `The ${measure} differs from that of ${against} by up to ${brief(relativeError)} of itself, at points far from any edge.`,
    why: 'So much comes from an epsilon inside a logarithm or a denominator, or from a constant that was rounded.',
    fix: ({ against }) => `Nothing to do if the epsilon is meant. ${against} needs none: it bounds the logarithm or the denominator instead of shifting it.`,
  },
  'constant-factor': {
    title: 'the built-in loss times a constant',
    message: ({ against, factor, meaning }) => `Value and gradient are ${brief(factor)} times those of ${against} at every point${meaning === null ? '' : `: ${meaning}`}.`,
    why: ({ factor }) =>
      factor < 0
        ? 'Gradient descent on it climbs the loss that is meant.'
        : 'The minimum is the same. The steps are longer or shorter by this factor, which acts like another learning rate with plain gradient descent.',
    fix: ({ factor }) =>
      factor < 0 ? 'Turn the sign round.' : 'Nothing to do if the scale is meant. Otherwise divide by the factor, and mind it when a learning rate or a weight is carried over.',
  },
  'constant-offset': {
    title: 'the built-in loss plus a constant',
    message: ({ against, offset }) => `The value is that of ${against} plus ${brief(offset)} at every point; the gradients agree.`,
    why: 'Training is the same. Only the number on the curve differs.',
    fix: 'Nothing to do, but compare curves with the offset in mind.',
  },
  'different-at-edge': {
    title: 'another loss than the built-in one at an edge of the domain',
    message: ({ against, edge, edges, of, measure, mine, theirs }) =>
      `At ${edge} the ${measure} is ${brief(mine)}, that of ${against} ${brief(theirs)}${edges > 1 ? `; ${edges} of ${of} edges differ` : ''}. Away from the edges they agree.`,
    why: ({ measure }) =>
      measure === 'value'
        ? 'The two guard the edge in another way: an epsilon inside a logarithm or a clip bounds the loss of a prediction that is certain and wrong, and a clip stops its gradient.'
        : 'At a kink several gradients are valid, and a clip has none beyond its bounds.',
    fix: ({ against }) => `Nothing to do if the bound is meant. ${against} keeps value and gradient finite and right there: see its formula in losscheck list.`,
  },
  'not-comparable': {
    title: 'cannot be compared with this built-in loss',
    message: ({ against, reason }) => `Against ${against}: ${reason}.`,
    why: 'Two losses are compared at the same points: each input of one has to stand for an input of the other.',
    fix: 'Name another built-in loss (losscheck list), give the inputs roles and domains with --input or in the metadata, or compare a function that calls this loss with the same inputs.',
  },
};
