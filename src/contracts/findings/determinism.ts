import { brief, place, type PointData, type WordsOf } from './words.ts';

interface Differs {
  /** What differs between two calls with the same inputs. */
  readonly what: 'value' | 'gradient';
  /** The input or parameter whose gradient differs; null for the value. */
  readonly input: string | null;
  /** Which entry of the value or the gradient is shown. */
  readonly index: readonly number[];
  /** The two numbers; null where there is none: the loss threw an error, or autograd gave no gradient. */
  readonly before: number | null;
  readonly after: number | null;
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

function subject({ what, input, index }: Differs): string {
  if (what === 'gradient' && input !== null) return `the gradient with respect to ${place(input, index)}`;
  return index.length === 0 ? 'the value' : `entry [${index.join(', ')}] of the result`;
}

function shown({ what }: Differs, value: number | null): string {
  if (value !== null) return brief(value);
  return what === 'value' ? 'an error' : 'none';
}

function twice(data: Differs): string {
  return `The same inputs were given twice, and ${subject(data)} was ${shown(data, data.before)}, then ${shown(data, data.after)}`;
}

export const determinismWords: WordsOf<DeterminismFindings> = {
  'unseeded-randomness': {
    title: 'the loss draws random numbers without a seed',
    message: (data) => `${twice(data)}: it follows Math.random, from which unseeded operations take their numbers.`,
    why: 'A loss that is noise on top of a value cannot be compared between runs, a gradient check measures the noise, and a fault that shows up in training cannot be produced again.',
    fix: 'Draw outside of the loss and pass the numbers in as an input. Where the same numbers may serve at every call, give the operation a seed: tf.dropout(x, rate, undefined, seed), tf.randomNormal(shape, 0, 1, "float32", seed); not 0, which tf.randomNormal takes for none. If noise is meant, allow the finding and give the reason.',
  },
  'clock-dependence': {
    title: 'the loss depends on the clock',
    message: (data) => `${twice(data)}: it follows the clock.`,
    why: 'The same batch has another loss at another time, or on a faster machine. No run can be repeated.',
    fix: 'Leave Date and performance.now() out of what the loss computes. Pass a schedule in as an input, counted in steps.',
  },
  'hidden-state': {
    title: 'the loss keeps state between calls',
    message: (data) =>
      data.between === 'calls'
        ? `${twice(data)}, though random numbers and clock were held: something is carried from call to call.`
        : `At the same inputs ${subject(data)} is ${shown(data, data.before)} in a module that has been used and ${shown(data, data.after)} in one that is fresh: something is kept from earlier calls.`,
    why: 'A counter, a running average or a cache in the loss makes its value depend on what was computed before: a validation pass changes the training after it, a resumed run differs from one that was not stopped, and the gradient belongs to a function that is already gone.',
    fix: 'Make the loss a function of its arguments: compute from the batch what depends on the batch, and keep counters and averages in the training loop, which passes them in. What other checks say about this loss may be a consequence: mend this first.',
  },
};
