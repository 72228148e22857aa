import { NESTED_ADVICE, SMOOTH_STAND_INS, stabilise, withoutGradient } from './advice.ts';
import { brief, type OfInput, type PointData, type WordsOf } from './words.ts';

export interface GradientFlowFindings {
  readonly 'data-read': OfInput & { readonly method: string };
  readonly 'data-dependent-branch': OfInput & {
    readonly method: string;
    /** Values on both sides of a place where the loss changes course; null when none was found. */
    readonly before: number | null;
    readonly after: number | null;
  };
  readonly 'no-gradient-function': OfInput & { readonly op: string };
  readonly 'gradient-threw': { readonly error: string };
  readonly 'disposed-tensor': { readonly op: string | null };
  readonly 'zero-gradient-operation': OfInput & { readonly op: string };
  readonly 'detached-copy': OfInput;
  readonly 'integer-cast': OfInput & { readonly dtype: string };
  readonly 'unused-input': OfInput;
  readonly 'dead-gradient': OfInput & { readonly op: string | null };
  readonly 'lost-gradient': OfInput & { readonly numeric: number; readonly by: 'nested-gradient' | 'closure' | null };
  readonly 'nan-gradient': OfInput & { readonly op: string | null; readonly point: PointData };
  readonly 'infinite-gradient': OfInput & { readonly op: string | null; readonly point: PointData };
}

export const gradientFlowWords: WordsOf<GradientFlowFindings> = {
  'data-read': {
    title: 'a read of the numbers cuts the gradient',
    message: ({ input, method }) => `${method}() takes the numbers out of the graph, and the loss is computed from them: the gradient with respect to ${input} stops here.`,
    why: 'dataSync(), arraySync() and data() return plain numbers. What is computed from them is a constant to autograd, as `.item()` or `.detach()` is in PyTorch. The model trains on part of the gradient, or on none.',
    fix: 'Stay with tensors: replace the arithmetic on the numbers by tf.* operations, and read numbers only outside the loss.',
  },
  'data-dependent-branch': {
    title: 'the loss branches on the values of its input',
    message: ({ input, method, before, after }) =>
      `The loss reads ${input} with ${method}() and takes another course depending on the numbers` +
      (before === null || after === null ? '.' : `: where it switches, its value goes from ${brief(before)} to ${brief(after)}.`),
    why: 'A JavaScript `if` on tensor data is invisible to autograd. The loss can jump where the branch changes, its gradient never says so, and each read stops the pipeline of the backend.',
    fix: 'Write both pieces with tensors and blend them with operations that have a derivative: tf.minimum, tf.maximum, tf.relu, or tf.where with a condition on the targets.',
  },
  'no-gradient-function': {
    title: 'TensorFlow.js has no derivative for an operation on the way',
    message: ({ input, op }) => `TensorFlow.js throws "gradient function not found for ${op}": ${op} stands between ${input} and the loss.`,
    why: 'Autograd walks back through every operation that connects a prediction with the loss, the condition of tf.where included. One without a registered derivative stops training with an error.',
    fix: ({ op }) => withoutGradient(op),
  },
  'gradient-threw': {
    title: 'computing the gradient threw an error',
    message: ({ error }) => `The gradient could not be computed: ${error}`,
    why: 'The forward pass works, but training fails at the first step.',
    fix: 'A tf.customGrad must return one gradient for each input, as float32 and in the shape of that input. For other operations, use a form whose derivative TensorFlow.js implements.',
  },
  'disposed-tensor': {
    title: 'the gradient needs a tensor that is gone',
    message: ({ op }) => `The derivative${op === null ? '' : ` of ${op}`} uses a tensor that was disposed when the forward pass ended.`,
    why: 'TensorFlow.js frees intermediate tensors after the forward pass. A gradFunc that takes them from the surrounding code, instead of from `save`, finds nothing there, and training stops with an error.',
    fix: 'Save what the gradient needs: tf.customGrad((x, save) => { save([x]); return { value, gradFunc: (dy, [x]) => ... }; }). If the line calls tf.logSigmoid, the mistake is in TensorFlow.js 4.22: write tf.neg(tf.softplus(tf.neg(x))).',
  },
  'zero-gradient-operation': {
    title: 'an operation has the derivative zero everywhere',
    message: ({ input, op }) => `${op} turns the gradient with respect to ${input} into zero.`,
    why: 'A step function is flat wherever it has a derivative. The loss moves, but no gradient tells the model in which direction.',
    fix: ({ op }) => `Take a smooth stand-in: ${SMOOTH_STAND_INS[op] ?? 'use an operation whose derivative is not zero at this step'}.`,
  },
  'detached-copy': {
    title: 'a copy leaves the gradient behind',
    message: ({ input }) => `A variable takes over the value and not its history (tf.variable, assign): the gradient with respect to ${input} stops here.`,
    why: 'A variable made from an intermediate tensor is a new leaf, as a detached tensor is in PyTorch. Everything computed from it is constant to autograd.',
    fix: 'Use the tensor itself. Only targets and labels may be detached.',
  },
  'integer-cast': {
    title: 'a cast to integers cuts the gradient',
    message: ({ input, dtype }) => `${input} is cast to ${dtype} on the way to the loss.`,
    why: 'Integers and booleans change in steps; there is no direction in which a small change of the prediction lowers the loss.',
    fix: 'Keep predictions in float32. Cast targets, not predictions.',
  },
  'unused-input': {
    title: 'the loss does not depend on an input',
    message: ({ input }) => `The loss has the same value whatever ${input} is, and no operation connects the two.`,
    why: 'A loss that does not look at a prediction cannot improve it. Often a variable name is mistaken, for instance the target compared with itself.',
    fix: 'Use the input in the loss. If it is data rather than a prediction, give it the role target or weight in `inputs`.',
  },
  'dead-gradient': {
    title: 'the gradient is zero everywhere',
    message: ({ input, op }) => `The gradient with respect to ${input} is exactly zero at every sample${op === null ? '' : `; it becomes zero at ${op}`}.`,
    why: 'A gradient of zero leaves the weights as they are: the model does not train, and nothing says why.',
    fix: 'Look at the line shown: a clip, a relu or a hinge may be saturated over the whole domain, or a product may contain a constant zero.',
  },
  'lost-gradient': {
    title: 'the gradient does not arrive',
    message: ({ input, numeric }) => `The loss changes with ${input} (slope ${brief(numeric)} by finite differences), but autograd returns no gradient for it.`,
    why: 'Some step between the input and the loss is outside the graph. The model trains without this input, or not at all.',
    fix: ({ by }) => {
      if (by === 'nested-gradient') return NESTED_ADVICE;
      if (by === 'closure') return 'A tf.customGrad differentiates its arguments only. Pass the input to it as an argument instead of using it from the surrounding code.';
      return 'Use tf.* operations on the tensors that the loss receives from the first line to the last; make no new tensors from their numbers.';
    },
  },
  'nan-gradient': {
    title: 'the gradient is NaN inside the domain',
    message: ({ input, op }) => `The gradient with respect to ${input} is NaN at an ordinary point${op === null ? '' : `; it becomes NaN in the derivative of ${op}`}.`,
    why: 'One NaN in a gradient turns every weight of the model into NaN with the next step.',
    fix: ({ op }) => stabilise(op),
  },
  'infinite-gradient': {
    title: 'the gradient is infinite inside the domain',
    message: ({ input, op }) => `The gradient with respect to ${input} is infinite at an ordinary point${op === null ? '' : `; it becomes infinite in the derivative of ${op}`}.`,
    why: 'An infinite gradient destroys the weights with the next step.',
    fix: ({ op }) => stabilise(op),
  },
};
