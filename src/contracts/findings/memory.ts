import type { OfInput, WordsOf } from './words.ts';

export interface MemoryFindings {
  readonly 'disposed-input': OfInput;
  readonly 'changed-input': OfInput & {
    /** How the numbers were reached: 'assign', 'dataSync', …; null when it was not seen. */
    readonly method: string | null;
  };
  readonly 'leaked-tensors': {
    /** What so many calls, each inside a `tf.tidy`, left behind together. */
    readonly tensors: number;
    readonly calls: number;
    /** How many of the tensors are variables. */
    readonly variables: number;
  };
  readonly 'untidied-tensors': {
    /** Intermediate tensors per call that only a `tf.tidy` around the call would free. */
    readonly tensors: number;
  };
}

function tensors(count: number): string {
  return `${count} ${count === 1 ? 'tensor' : 'tensors'}`;
}

export const memoryWords: WordsOf<MemoryFindings> = {
  'disposed-input': {
    title: 'the loss disposes an input',
    message: ({ input }) => `After one call of the loss, its input ${input} is disposed.`,
    why: 'The batch belongs to the caller: the next metric, the second loss or the next epoch finds a tensor that is gone and throws.',
    fix: 'Dispose only what the loss itself has made; tf.tidy does that.',
  },
  'changed-input': {
    title: 'the loss changes an input',
    message: ({ input, method }) => `After one call of the loss, the numbers in ${input} are others than before${method === null ? '' : ` (through ${method}())`}.`,
    why: 'dataSync() and bufferSync() hand out the live numbers of a tensor. What is written there changes the batch, or the weights, behind the back of the rest of the program, and autograd does not know.',
    fix: 'Copy before changing: const values = x.dataSync().slice(); better, compute the changed tensor with tf.* operations. Change variables in the training loop, not in the loss.',
  },
  'leaked-tensors': {
    title: 'the loss leaks tensors',
    message: ({ tensors: count, calls, variables }) => {
      const each = count / calls;
      const [what, they] = Number.isInteger(each) ? [`Each call leaves ${tensors(each)}`, 'it runs'] : [`${calls} calls leave ${tensors(count)}`, 'they run'];
      const made = variables === 0 ? '' : variables === count ? ' (made with tf.variable)' : ` (${variables} of ${count} made with tf.variable)`;
      return `${what} behind${made}, although ${they} inside tf.tidy.`;
    },
    why: 'tf.keep and tf.variable take a tensor out of the care of tidy. In a training loop the memory grows with every step until the process dies.',
    fix: 'Leave tf.keep out of the loss and make variables once, outside of it. What must outlive a call belongs to the training loop, which disposes the one before.',
  },
  'untidied-tensors': {
    title: 'called outside tf.tidy, the loss leaves its intermediate tensors behind',
    message: ({ tensors: count }) => `A call outside of tf.tidy leaves ${tensors(count)} behind beside its result.`,
    why: 'optimizer.minimize tidies up by itself. A validation loop or a metric that calls the loss directly does not, and fills the memory.',
    fix: 'Wrap the body: return tf.tidy(() => { ... }).',
  },
};
