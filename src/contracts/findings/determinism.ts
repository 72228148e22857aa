import { brief, type PointData, type WordsOf } from './words.ts';

interface Differs {
  /** What differs between two calls with the same inputs. */
  readonly what: 'value' | 'gradient';
  readonly before: number;
  readonly after: number;
  readonly point: PointData;
}

export interface DeterminismFindings {
  readonly 'unseeded-randomness': Differs;
  readonly 'clock-dependence': Differs;
  readonly 'hidden-state': Differs & {
    /** From one call to the next, or between a module that has been used and one that is fresh. */
    readonly between: 'calls' | 'fresh and used';
  };
}

function differing({ what, before, after }: Differs): string {
  return `The same inputs gave the ${what} ${brief(before)} and then ${brief(after)}`;
}

export const determinismWords: WordsOf<DeterminismFindings> = {
  'unseeded-randomness': {
    title: 'the loss draws random numbers without a seed',
    message: (data) => `${differing(data)}; with Math.random held they agree.`,
    why: 'A loss that is noise on top of a value cannot be compared between runs, a gradient check measures the noise, and a bug in training cannot be reproduced. Value and gradient of one step may even belong to different draws.',
    fix: 'Draw outside the loss and pass the numbers in as an input, or give the operation a seed that is set for each step: tf.randomNormal(shape, 0, 1, "float32", seed), tf.dropout(x, rate, undefined, seed).',
  },
  'clock-dependence': {
    title: 'the loss depends on the time of day',
    message: (data) => `${differing(data)}; with the clock stopped they agree.`,
    why: 'The same batch gives another loss at another time: no run can be repeated.',
    fix: 'Leave Date.now() and performance.now() out of the loss. Pass a schedule in as an input.',
  },
  'hidden-state': {
    title: 'the loss keeps state between calls',
    message: (data) =>
      data.between === 'calls'
        ? `${differing(data)}, though Math.random and the clock were held.`
        : `At the same inputs, a module that has been used says ${brief(data.before)} and a fresh one says ${brief(data.after)} (${data.what}): something is kept from earlier calls.`,
    why: 'A counter, a running average or a cache inside the loss makes its value depend on what was computed before: evaluation steps change training, a resumed run differs from one that was not stopped, and the gradient belongs to a function that is already gone.',
    fix: 'Make the loss a function of its arguments. Keep counters and averages in the training loop and pass them in; compute from the batch what depends on the batch.',
  },
};
