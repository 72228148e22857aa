import { stabilise, withoutKernel, withoutWrongKernel } from './advice.ts';
import { brief, listed, onEach, type BackendNumbers, type OfInput, type PointData, type WordsOf } from './words.ts';

interface AtEdge {
  readonly edge: string;
  readonly point: PointData;
  /** How many of the edge points show the same. */
  readonly points: number;
  readonly of: number;
}

function edgeCount(data: { readonly points: number; readonly of: number }): string {
  return `${data.points} of ${data.of} edge points`;
}

export interface EdgeStabilityFindings {
  readonly 'nan-at-edge': AtEdge & { readonly op: string | null };
  readonly 'infinity-at-edge': AtEdge & { readonly op: string | null; readonly value: number };
  readonly 'nan-gradient-at-edge': AtEdge & OfInput & { readonly op: string | null };
  readonly 'infinite-gradient-at-edge': AtEdge & OfInput & { readonly op: string | null };
  readonly 'double-where': AtEdge & OfInput & { readonly op: string };
  readonly 'threw-at-edge': AtEdge & { readonly error: string };
  readonly 'backends-disagree': AtEdge & {
    readonly part: 'value' | 'gradient';
    /** Of a gradient that is not finite. */
    readonly input: string | null;
    /** One on which it breaks: the numbers and the operation are seen there. */
    readonly backend: string;
    readonly fine: readonly string[];
    readonly broken: readonly string[];
    readonly numbers: BackendNumbers;
    readonly op: string | null;
    /** The operation makes other numbers of the same inputs than on a backend that is fine. */
    readonly isOtherResult: boolean;
  };
  readonly 'missing-kernel': {
    readonly kernel: string;
    readonly backend: string;
    /** What could not be computed without it. */
    readonly part: 'loss' | 'gradient';
    readonly points: number;
    readonly of: number;
    readonly point: PointData;
  };
}

export const edgeStabilityWords: WordsOf<EdgeStabilityFindings> = {
  'nan-at-edge': {
    title: 'the loss is NaN at an edge of its domain',
    message: (data) => `The loss is NaN at the edge "${data.edge}" (${edgeCount(data)})${data.op === null ? '' : `; ${data.op} made the first NaN or infinity`}.`,
    why: 'Predictions do reach the edges in float32: a sigmoid returns exactly 0 and 1. One NaN ends the training run.',
    fix: ({ op }) => stabilise(op),
  },
  'infinity-at-edge': {
    title: 'the loss is infinite at an edge of its domain',
    message: (data) => `The loss is ${brief(data.value)} at the edge "${data.edge}" (${edgeCount(data)})${data.op === null ? '' : `; ${data.op} made the first infinity`}.`,
    why: 'Predictions do reach the edges in float32. An infinite loss makes NaN weights with the next step.',
    fix: ({ op }) => stabilise(op),
  },
  'nan-gradient-at-edge': {
    title: 'the gradient is NaN at an edge of the domain',
    message: (data) => `The gradient with respect to ${data.input} is NaN at the edge "${data.edge}" (${edgeCount(data)})${data.op === null ? '' : `; it comes from the derivative of ${data.op}`}.`,
    why: 'The value may look fine while its gradient is NaN: the weights are lost with the next step.',
    fix: ({ op }) => stabilise(op),
  },
  'infinite-gradient-at-edge': {
    title: 'the gradient is infinite at an edge of the domain',
    message: (data) => `The gradient with respect to ${data.input} is infinite at the edge "${data.edge}" (${edgeCount(data)})${data.op === null ? '' : `; it comes from the derivative of ${data.op}`}.`,
    why: 'The value may look fine while its gradient is infinite: the weights are lost with the next step.',
    fix: ({ op }) => stabilise(op),
  },
  'double-where': {
    title: 'tf.where hides the value but not the gradient',
    message: (data) => `At the edge "${data.edge}" (${edgeCount(data)}) tf.where picks the safe branch, yet the gradient with respect to ${data.input} is NaN: ${data.op} in the branch that was not picked has an infinite derivative, and 0 * Infinity is NaN.`,
    why: 'tf.where computes both branches and their gradients. Masking the result comes too late.',
    fix: 'Make the argument safe before the operation as well (the double where): const safe = tf.where(ok, x, tf.onesLike(x)); tf.where(ok, tf.log(safe), 0).',
  },
  'threw-at-edge': {
    title: 'the loss throws at an edge of its domain',
    message: (data) => `The loss threw at the edge "${data.edge}" (${edgeCount(data)}): ${data.error}`,
    why: 'A training run that meets such values ends with an exception.',
    fix: 'Handle these values in the loss, or declare the smaller domain in which it is meant to work.',
  },
  'backends-disagree': {
    title: 'the loss breaks on one backend and not on another',
    message: (data) => {
      const what = data.part === 'value' ? 'the loss' : data.input === null ? 'the gradient' : `the gradient with respect to ${data.input}`;
      const blamed = data.op === null ? '' : data.isOtherResult ? `; on ${data.backend} ${data.op} makes other numbers of the same inputs` : data.part === 'value' ? `; on ${data.backend} ${data.op} made the first NaN or infinity` : `; on ${data.backend} it comes from the derivative of ${data.op}`;
      return `At the edge "${data.edge}" (${edgeCount(data)}) ${what} is finite on ${listed(data.fine)}, and not on ${listed(data.broken)}: ${onEach(data.numbers, [...data.broken, ...data.fine])}${blamed}.`;
    },
    why: ({ broken }) => `The kernels of each backend are written anew: they flush tiny numbers, swallow NaN, add up and overflow in ways of their own. The loss cannot be trained on ${listed(broken)}, whatever another backend makes of it.`,
    fix: ({ op, broken, isOtherResult }) => `${op !== null && isOtherResult ? withoutWrongKernel(op) : stabilise(op)} If nobody ever trains on ${listed(broken)}, name the backend that counts: --backend.`,
  },
  'missing-kernel': {
    title: 'the backend has no kernel for an operation of the loss',
    message: ({ kernel, backend, part, points, of }) => `The ${part} needs the kernel ${kernel}, which TensorFlow.js does not have on ${backend}: it throws at ${edgeCount({ points, of })}.`,
    why: ({ backend, part }) => (part === 'loss' ? `On ${backend} the loss throws wherever this operation is reached.` : `On ${backend} the loss has a value and no gradient: training throws at its first step.`),
    fix: ({ kernel, backend }) => `${withoutKernel(kernel)} Or do not train on ${backend}.`,
  },
};
