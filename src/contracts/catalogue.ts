import type { FailureCode, FindingCode, FindingData } from './findings.ts';

/**
 * The words of every finding. One entry for each code, exhaustive by type: a code without title, message,
 * why and fix does not compile. A longer text with an example stands in `docs/checks/<check>.md`.
 */

interface Words<D> {
  readonly title: string;
  /** Id of the check that finds it. */
  readonly check: string;
  readonly message: (data: D) => string;
  readonly why: string | ((data: D) => string);
  readonly fix: string | ((data: D) => string);
}

/** Four to six digits: enough to recognise a number in a sentence. */
function brief(value: number | null): string {
  if (value === null) return 'none';
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : String(Number(value.toPrecision(6)));
}

function percent(share: number): string {
  return `${brief(100 * share)} %`;
}

function place(input: string, index: readonly number[]): string {
  return index.length === 0 ? input : `${input}[${index.join(', ')}]`;
}

/** Operations that have a smooth stand-in a person would want. */
const SMOOTH_STAND_INS: Readonly<Record<string, string>> = {
  ArgMax: 'use tf.softmax as a soft choice, or compare with a one-hot target instead of an index',
  OneHot: 'leave the index out: compare with tf.softmax weights, or interpolate between neighbours with tf.relu(1 - |x - i|)',
  customGrad: 'let the gradFunc of the tf.customGrad return dy times the derivative of its value, not zeros',
  ArgMin: 'use tf.softmax of the negated values as a soft choice',
  Round: 'leave the rounding out of the loss (round in the metric)',
  Floor: 'leave the rounding out of the loss (round in the metric)',
  Ceil: 'leave the rounding out of the loss (round in the metric)',
  Sign: 'use tf.tanh(k * x) as a smooth sign, or tf.abs where |x| is meant',
  Step: 'use tf.sigmoid(k * x) as a smooth step, or a hinge: tf.relu(margin - x)',
  GreaterEqual: 'use tf.sigmoid(k * (a - b)) as a smooth comparison, or a hinge: tf.relu(b - a)',
};

/** What to write instead of an operation whose derivative TensorFlow.js does not know. */
function withoutGradient(op: string): string {
  if (/^(Less|Greater|LessEqual|Equal|NotEqual|Logical)/.test(op)) {
    return (
      'Do not compare predictions on the way to the loss. Write the pieces with operations that have a derivative: ' +
      'for Huber, const q = tf.minimum(r, delta) and then 0.5 * q^2 + delta * (r - q); in general tf.minimum, tf.maximum, ' +
      'tf.clipByValue, tf.relu or tf.abs. Or keep tf.where and compare with tf.greaterEqual (branches swapped), the one ' +
      'comparison that TensorFlow.js lets a gradient pass. A comparison of targets alone is fine.'
    );
  }
  if (op === 'TopK') return 'Use tf.topk only to choose, and gather the values: const i = tf.tensor1d(tf.topk(x, k).indices.dataSync(), "int32"); tf.gather(x, i). The gradient then flows through tf.gather.';
  if (op === 'Einsum') return 'Write it with tf.matMul, tf.mul and tf.sum, which have derivatives.';
  if (op === 'Cumprod') return 'Use tf.exp(tf.cumsum(tf.log(x))) for positive x.';
  if (op === 'GatherNd' || op === 'StridedSlice') return 'Use tf.gather, tf.slice, or a one-hot mask: tf.sum(tf.mul(x, tf.oneHot(index, n)), -1).';
  return 'Use other operations for this step, or give it a derivative with tf.customGrad.';
}

const EPSILON_ADVICE =
  'Keep the argument away from the edge in float32: tf.log(tf.clipByValue(p, 1e-7, 1 - 1e-7)) or tf.log(tf.add(p, 1e-7)); ' +
  'tf.sqrt(tf.add(x, 1e-12)) for roots; better still, work on logits (tf.logSoftmax, tf.softplus). ' +
  'Mind that 1 - 1e-8 is 1 in float32.';

/** Advice by the operation that broke, for values and gradients at the edges. */
function stabilise(op: string | null): string {
  switch (op) {
    case 'Exp':
    case 'Expm1':
    case 'Sinh':
    case 'Cosh':
      return 'Subtract the maximum first (tf.logSumExp, tf.logSoftmax, tf.softplus do it), or bound the argument with tf.clipByValue. If the input never gets this large, declare its domain, for instance { min: -20, max: 20 }.';
    case 'RealDiv':
    case 'Div':
    case 'DivNoNan':
    case 'Reciprocal':
      return 'Add a small positive number to the denominator, for instance tf.div(a, tf.add(b, 1e-7)), or guard both the numerator and the denominator.';
    case 'Pow':
      return 'Keep the base above 0: tf.pow(tf.add(x, 1e-7), q), or tf.exp(tf.mul(q, tf.log(tf.add(x, 1e-7)))). The derivative of a power below 1 is infinite at 0, and a negative base has none.';
    case 'Sqrt':
    case 'Rsqrt':
      return 'Add a small number under the root: tf.sqrt(tf.add(x, 1e-12)). The derivative of a root at 0 is infinite.';
    case 'Square':
    case 'Multiply':
    case 'Sum':
    case 'Add':
    case 'AddN':
    case 'Prod':
      return 'The numbers leave the range of float32 (3.4e38). Scale before multiplying, use a loss that grows slower (Huber, log-cosh), or declare the range that the input really has, for instance { min: -1000, max: 1000 }.';
    default:
      return EPSILON_ADVICE;
  }
}

const NESTED_ADVICE =
  'TensorFlow.js loses the derivative of a derivative through operations that save their output (exp, tanh, sigmoid, sqrt, ...). Write the inner derivative out as a formula instead of calling tf.grad.';

function edgeCount(data: { readonly points: number; readonly of: number }): string {
  return `${data.points} of ${data.of} edge points`;
}

export const CATALOGUE: { readonly [C in FindingCode]: Words<FindingData[C]> } = {
  'not-scalar': {
    title: 'missing reduction: the loss is not a scalar',
    check: 'scalar-output',
    message: ({ shape }) => `The loss returned a tensor of shape [${shape.join(', ')}]; training needs one number (rank 0).`,
    why: 'Without a reduction, TensorFlow.js either refuses to train or silently sums the entries, so the gradient grows with the batch size.',
    fix: 'Reduce before returning: tf.mean(loss) for the average over the batch, tf.sum(loss) for the total.',
  },
  'shape-one': {
    title: 'the loss has shape [1] instead of being a scalar',
    check: 'scalar-output',
    message: ({ shape }) => `The loss returned a tensor of shape [${shape.join(', ')}]: one element, but not rank 0.`,
    why: 'optimizer.minimize and tf.variableGrads accept rank 0 only and throw on anything else.',
    fix: 'Use tf.mean or tf.sum without keepDims, or end with .asScalar() / tf.reshape(loss, []).',
  },
  'returned-number': {
    title: 'the loss returned a JavaScript number',
    check: 'scalar-output',
    message: ({ value }) => `The loss returned the number ${brief(value)}, not a tensor.`,
    why: 'A number has left the graph: no gradient can flow back through it. In PyTorch this is `.item()` inside the loss.',
    fix: 'Return the tensor itself and call dataSync(), arraySync() or data() only outside the loss, for logging.',
  },
  'returned-promise': {
    title: 'the loss returned a Promise',
    check: 'scalar-output',
    message: () => 'The loss returned a Promise: it is an async function, or it returned the result of an async call.',
    why: 'TensorFlow.js records gradients only while a synchronous function runs; it cannot wait for a Promise.',
    fix: 'Make the loss synchronous: remove async/await, and compute what must be awaited (data(), array(), booleanMaskAsync) before the loss is called.',
  },
  'returned-nothing': {
    title: 'the loss returned nothing',
    check: 'scalar-output',
    message: ({ found }) => `The loss returned ${found}.`,
    why: 'There is no value to minimise. Often a `return` is missing, or the braces of an arrow function swallow the expression.',
    fix: 'Return the scalar tensor: `return tf.mean(...)`, or an arrow function without braces.',
  },
  'returned-other': {
    title: 'the loss returned something that is not a tensor',
    check: 'scalar-output',
    message: ({ found }) => `The loss returned a value of type ${found}; accepted are a scalar tensor, [total, components] or { total, components }.`,
    why: 'Arrays and objects of plain numbers have no gradient.',
    fix: 'Compute with tensors from end to end (tf.sub, tf.square, tf.mean) and return the scalar tensor.',
  },
  'integer-result': {
    title: 'the loss is an integer tensor',
    check: 'scalar-output',
    message: ({ dtype }) => `The loss has dtype ${dtype}; gradients need float32.`,
    why: 'Integers change in steps: their derivative is zero wherever it exists.',
    fix: 'Keep the computation in float32. A count or an accuracy is a metric, not a loss.',
  },
  'loss-threw': {
    title: 'the loss threw an error',
    check: 'scalar-output',
    message: ({ error }) => `The loss threw: ${error}`,
    why: 'A loss that throws on ordinary values in its domain cannot be trained on.',
    fix: 'Look at the line shown. Inputs are tensors, not arrays: use tf.* operations, not .map, indexing or arithmetic signs. If the shapes or the order of the arguments were guessed wrong, declare `inputs` in `export const losscheck`.',
  },
  'nan-value': {
    title: 'the loss is NaN inside its domain',
    check: 'scalar-output',
    message: ({ samples, of }) => `The loss is NaN at ${samples} of ${of} random points of its domain.`,
    why: 'One NaN in a batch turns every weight of the model into NaN with the next step.',
    fix: 'If the inputs are meant to be probabilities or positive numbers, declare that domain. Otherwise guard the operation at the line shown.',
  },
  'infinite-value': {
    title: 'the loss is infinite inside its domain',
    check: 'scalar-output',
    message: ({ samples, of, value }) => `The loss is ${brief(value)} at ${samples} of ${of} random points of its domain.`,
    why: 'An infinite loss has no usable gradient.',
    fix: 'Guard the operation at the line shown, or declare the domain that the inputs really have.',
  },

  'data-read': {
    title: 'a read of the numbers cuts the gradient',
    check: 'gradient-flow',
    message: ({ input, method }) => `${method}() takes the numbers out of the graph, and the loss is computed from them: the gradient with respect to ${input} stops here.`,
    why: 'dataSync(), arraySync() and data() return plain numbers. What is computed from them is a constant to autograd, as `.item()` or `.detach()` is in PyTorch. The model trains on part of the gradient, or on none.',
    fix: 'Stay with tensors: replace the arithmetic on the numbers by tf.* operations, and read numbers only outside the loss.',
  },
  'data-dependent-branch': {
    title: 'the loss branches on the values of its input',
    check: 'gradient-flow',
    message: ({ input, method, before, after }) =>
      `The loss reads ${input} with ${method}() and takes another course depending on the numbers` +
      (before === null || after === null ? '.' : `: where it switches, its value goes from ${brief(before)} to ${brief(after)}.`),
    why: 'A JavaScript `if` on tensor data is invisible to autograd. The loss can jump where the branch changes, its gradient never says so, and each read stops the pipeline of the backend.',
    fix: 'Write both pieces with tensors and blend them with operations that have a derivative: tf.minimum, tf.maximum, tf.relu, or tf.where with a condition on the targets.',
  },
  'no-gradient-function': {
    title: 'TensorFlow.js has no derivative for an operation on the way',
    check: 'gradient-flow',
    message: ({ input, op }) => `TensorFlow.js throws "gradient function not found for ${op}": ${op} stands between ${input} and the loss.`,
    why: 'Autograd walks back through every operation that connects a prediction with the loss, the condition of tf.where included. One without a registered derivative stops training with an error.',
    fix: ({ op }) => withoutGradient(op),
  },
  'gradient-threw': {
    title: 'computing the gradient threw an error',
    check: 'gradient-flow',
    message: ({ error }) => `The gradient could not be computed: ${error}`,
    why: 'The forward pass works, but training fails at the first step.',
    fix: 'A tf.customGrad must return one gradient for each input, as float32 and in the shape of that input. For other operations, use a form whose derivative TensorFlow.js implements.',
  },
  'disposed-tensor': {
    title: 'the gradient needs a tensor that is gone',
    check: 'gradient-flow',
    message: ({ op }) => `The derivative${op === null ? '' : ` of ${op}`} uses a tensor that was disposed when the forward pass ended.`,
    why: 'TensorFlow.js frees intermediate tensors after the forward pass. A gradFunc that takes them from the surrounding code, instead of from `save`, finds nothing there, and training stops with an error.',
    fix: 'Save what the gradient needs: tf.customGrad((x, save) => { save([x]); return { value, gradFunc: (dy, [x]) => ... }; }). If the line calls tf.logSigmoid, the mistake is in TensorFlow.js 4.22: write tf.neg(tf.softplus(tf.neg(x))).',
  },
  'zero-gradient-operation': {
    title: 'an operation has the derivative zero everywhere',
    check: 'gradient-flow',
    message: ({ input, op }) => `${op} turns the gradient with respect to ${input} into zero.`,
    why: 'A step function is flat wherever it has a derivative. The loss moves, but no gradient tells the model in which direction.',
    fix: ({ op }) => `Take a smooth stand-in: ${SMOOTH_STAND_INS[op] ?? 'use an operation whose derivative is not zero at this step'}.`,
  },
  'detached-copy': {
    title: 'a copy leaves the gradient behind',
    check: 'gradient-flow',
    message: ({ input }) => `A variable takes over the value and not its history (tf.variable, assign): the gradient with respect to ${input} stops here.`,
    why: 'A variable made from an intermediate tensor is a new leaf, as a detached tensor is in PyTorch. Everything computed from it is constant to autograd.',
    fix: 'Use the tensor itself. Only targets and labels may be detached.',
  },
  'integer-cast': {
    title: 'a cast to integers cuts the gradient',
    check: 'gradient-flow',
    message: ({ input, dtype }) => `${input} is cast to ${dtype} on the way to the loss.`,
    why: 'Integers and booleans change in steps; there is no direction in which a small change of the prediction lowers the loss.',
    fix: 'Keep predictions in float32. Cast targets, not predictions.',
  },
  'unused-input': {
    title: 'the loss does not depend on an input',
    check: 'gradient-flow',
    message: ({ input }) => `The loss has the same value whatever ${input} is, and no operation connects the two.`,
    why: 'A loss that does not look at a prediction cannot improve it. Often a variable name is mistaken, for instance the target compared with itself.',
    fix: 'Use the input in the loss. If it is data rather than a prediction, give it the role target or weight in `inputs`.',
  },
  'dead-gradient': {
    title: 'the gradient is zero everywhere',
    check: 'gradient-flow',
    message: ({ input, op }) => `The gradient with respect to ${input} is exactly zero at every sample${op === null ? '' : `; it becomes zero at ${op}`}.`,
    why: 'A gradient of zero leaves the weights as they are: the model does not train, and nothing says why.',
    fix: 'Look at the line shown: a clip, a relu or a hinge may be saturated over the whole domain, or a product may contain a constant zero.',
  },
  'lost-gradient': {
    title: 'the gradient does not arrive',
    check: 'gradient-flow',
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
    check: 'gradient-flow',
    message: ({ input, op }) => `The gradient with respect to ${input} is NaN at an ordinary point${op === null ? '' : `; it becomes NaN in the derivative of ${op}`}.`,
    why: 'One NaN in a gradient turns every weight of the model into NaN with the next step.',
    fix: ({ op }) => stabilise(op),
  },
  'infinite-gradient': {
    title: 'the gradient is infinite inside the domain',
    check: 'gradient-flow',
    message: ({ input, op }) => `The gradient with respect to ${input} is infinite at an ordinary point${op === null ? '' : `; it becomes infinite in the derivative of ${op}`}.`,
    why: 'An infinite gradient destroys the weights with the next step.',
    fix: ({ op }) => stabilise(op),
  },

  'nan-at-edge': {
    title: 'the loss is NaN at an edge of its domain',
    check: 'edge-stability',
    message: (data) => `The loss is NaN at the edge "${data.edge}" (${edgeCount(data)})${data.op === null ? '' : `; ${data.op} made the first NaN or infinity`}.`,
    why: 'Predictions do reach the edges in float32: a sigmoid returns exactly 0 and 1. One NaN ends the training run.',
    fix: ({ op }) => stabilise(op),
  },
  'infinity-at-edge': {
    title: 'the loss is infinite at an edge of its domain',
    check: 'edge-stability',
    message: (data) => `The loss is ${brief(data.value)} at the edge "${data.edge}" (${edgeCount(data)})${data.op === null ? '' : `; ${data.op} made the first infinity`}.`,
    why: 'Predictions do reach the edges in float32. An infinite loss makes NaN weights with the next step.',
    fix: ({ op }) => stabilise(op),
  },
  'nan-gradient-at-edge': {
    title: 'the gradient is NaN at an edge of the domain',
    check: 'edge-stability',
    message: (data) => `The gradient with respect to ${data.input} is NaN at the edge "${data.edge}" (${edgeCount(data)})${data.op === null ? '' : `; it comes from the derivative of ${data.op}`}.`,
    why: 'The value may look fine while its gradient is NaN: the weights are lost with the next step.',
    fix: ({ op }) => stabilise(op),
  },
  'infinite-gradient-at-edge': {
    title: 'the gradient is infinite at an edge of the domain',
    check: 'edge-stability',
    message: (data) => `The gradient with respect to ${data.input} is infinite at the edge "${data.edge}" (${edgeCount(data)})${data.op === null ? '' : `; it comes from the derivative of ${data.op}`}.`,
    why: 'The value may look fine while its gradient is infinite: the weights are lost with the next step.',
    fix: ({ op }) => stabilise(op),
  },
  'double-where': {
    title: 'tf.where hides the value but not the gradient',
    check: 'edge-stability',
    message: (data) => `At the edge "${data.edge}" (${edgeCount(data)}) tf.where picks the safe branch, yet the gradient with respect to ${data.input} is NaN: ${data.op} in the branch that was not picked has an infinite derivative, and 0 * Infinity is NaN.`,
    why: 'tf.where computes both branches and their gradients. Masking the result comes too late.',
    fix: 'Make the argument safe before the operation as well (the double where): const safe = tf.where(ok, x, tf.onesLike(x)); tf.where(ok, tf.log(safe), 0).',
  },
  'threw-at-edge': {
    title: 'the loss throws at an edge of its domain',
    check: 'edge-stability',
    message: (data) => `The loss threw at the edge "${data.edge}" (${edgeCount(data)}): ${data.error}`,
    why: 'A training run that meets such values ends with an exception.',
    fix: 'Handle these values in the loss, or declare the smaller domain in which it is meant to work.',
  },

  'gradient-mismatch': {
    title: 'autograd disagrees with finite differences',
    check: 'gradient-match',
    message: (data) =>
      `The gradient is wrong in ${data.wrong} of ${data.coordinates} coordinates of ${data.input}. Worst at ${place(data.input, data.index)}: ` +
      `analytic ${brief(data.analytic)}, numeric ${brief(data.numeric)} ± ${brief(data.errorBound)}, relative error ${brief(data.relativeError)}.` +
      (data.factor === null ? '' : ` Everywhere analytic = ${brief(data.factor)} × numeric${data.factorMeaning === null ? '' : `: ${data.factorMeaning}`}.`) +
      (data.blame === 'library' ? ` The derivative of ${data.op} in TensorFlow.js itself is wrong here.` : '') +
      (data.blame === 'customGrad' ? ' The gradient that your tf.customGrad returns is not the derivative of its value.' : '') +
      (data.blame === 'nested-gradient' ? ' The loss differentiates inside itself, and that derivative has a wrong derivative.' : '') +
      (data.blame === 'cut' ? ' Part of the gradient is cut at the line shown.' : ''),
    why: 'The model follows the analytic gradient. When it is not the slope of the loss, training goes somewhere else, without any error.',
    fix: ({ blame, op }) => {
      if (blame === 'customGrad') return 'Derive the gradFunc of the tf.customGrad again: it must return dy times the derivative of the value, for each input.';
      if (blame === 'library') return `Write this step without ${op}: TensorFlow.js returns a wrong derivative for it with these arguments. Another formula for the same value has a right one.`;
      if (blame === 'nested-gradient') return NESTED_ADVICE;
      if (blame === 'cut') return 'Replace the read, copy or cast at the line shown by tf.* operations on the tensors.';
      return 'Compare the formula with its derivative step by step; start with tf.customGrad, casts and nested tf.grad calls.';
    },
  },
  'invalid-subgradient': {
    title: 'the gradient at a kink lies outside the slopes on both sides',
    check: 'gradient-match',
    message: (data) => `At the kink ${place(data.input, data.index)} autograd says ${brief(data.analytic)}, but the slopes are ${brief(data.left)} on the left and ${brief(data.right)} on the right.`,
    why: 'At a kink any value between the two slopes is a valid subgradient. A value outside them, or NaN, points in no direction that the loss has.',
    fix: 'Use a form whose subgradient is valid: tf.abs, tf.relu, tf.minimum; or smooth the kink: tf.sqrt(tf.add(tf.square(x), 1e-12)) instead of tf.norm(x).',
  },
  'tied-gradient': {
    title: 'the gradient counts a tie more than once',
    check: 'gradient-match',
    message: (data) => `With ${data.indices.length} tied entries of ${data.input} moved together the loss has a slope between ${brief(Math.min(data.left, data.right))} and ${brief(Math.max(data.left, data.right))}, but autograd adds up to ${brief(data.analytic)}.`,
    why: 'TensorFlow.js gives every entry that ties for a maximum or minimum the full gradient instead of sharing it. Each entry alone looks right; together they are too large.',
    fix: 'Ties are common at the start of training (all outputs equal). Use tf.logSumExp as a smooth maximum, or pick one entry with a one-hot mask.',
  },
  discontinuous: {
    title: 'the loss jumps',
    check: 'gradient-match',
    message: (data) => `The value of the loss jumps by ${brief(data.jump)} at ${place(data.input, data.index)}.`,
    why: 'At a jump there is no slope, and gradient descent does not see the step.',
    fix: 'Make the pieces meet: the parts of a piecewise loss must have the same value where they join.',
  },
  kink: {
    title: 'a kink with a valid subgradient',
    check: 'gradient-match',
    message: (data) => `${data.coordinates} ${data.coordinates === 1 ? 'coordinate' : 'coordinates'} of ${data.input} stand on a kink (${data.at}); the gradient there lies between the slopes on both sides.`,
    why: 'At a kink the derivative does not exist. A value between the slopes of both sides is what gradient descent needs.',
    fix: 'Nothing to do.',
  },
  unresolved: {
    title: 'finite differences cannot decide',
    check: 'gradient-match',
    message: (data) => `${data.unresolved} of ${data.coordinates} coordinates of ${data.input} could not be resolved; they carry ${percent(data.share)} of its gradient. The smallest relative error that could have been seen is ${brief(data.smallestDetectable)}.`,
    why: 'The differences drown in rounding noise: a gradient that cannot be checked is not a gradient that is right.',
    fix: 'Give a domain in which the loss is not almost constant, or scale its terms to similar size.',
  },

  'dominant-term': {
    title: 'one term drowns the others',
    check: 'term-balance',
    message: (data) => `The ${data.measure} of "${data.largest}" is ${brief(data.ratio)} times that of "${data.smallest}" at the start.`,
    why: 'A term that is a hundred times larger decides the direction of every step; the smaller one has no effect until the first is almost zero.',
    fix: 'Scale the terms to the same order of magnitude at the start (divide each by its initial value), lower the weight of the large one, or learn the weights (uncertainty weighting).',
  },
};

/** Every finding code, in the order of the checks. */
export const FINDING_CODES = Object.keys(CATALOGUE) as [FindingCode, ...FindingCode[]];

/** Titles of what keeps a loss from being checked; message and fix come with the error. */
export const FAILURES: { readonly [C in FailureCode]: { readonly title: string; readonly why: string } } = {
  'file-not-found': { title: 'no such file', why: 'Nothing was checked.' },
  'no-files': { title: 'no files', why: 'A gate that checks nothing must not pass.' },
  'unsupported-file': { title: 'not a TypeScript or JavaScript file', why: 'Nothing was checked.' },
  'syntax-error': { title: 'syntax error', why: 'The module cannot be read, so no loss in it was checked.' },
  'missing-import': { title: 'an import cannot be found', why: 'The module cannot be loaded, so no loss in it was checked.' },
  'import-threw': { title: 'the module throws while it is imported', why: 'The module cannot be loaded, so no loss in it was checked.' },
  'no-loss': { title: 'no loss in this module', why: 'A gate that checks nothing must not pass.' },
  'export-not-found': { title: 'no such export', why: 'Nothing was checked.' },
  'invalid-metadata': { title: 'the metadata is wrong', why: 'A loss checked in another domain than it is meant for proves nothing.' },
  'unknown-loss': { title: 'no such built-in loss', why: 'Nothing was checked.' },
  'inputs-not-inferred': { title: 'the inputs of the loss are not known', why: 'Without inputs that it accepts, a loss cannot be checked.' },
  timeout: { title: 'the loss took too long', why: 'A loss or a gradient that does not return stops training.' },
  crashed: { title: 'the process of the loss ended early', why: 'The rest of its checks could not be run.' },
  'out-of-memory': { title: 'the loss ran out of memory', why: 'The rest of its checks could not be run.' },
};

/** The prose of one finding. */
export function describe<C extends FindingCode>(
  code: C,
  data: FindingData[C],
): { readonly title: string; readonly message: string; readonly why: string; readonly fix: string } {
  const words: Words<FindingData[C]> = CATALOGUE[code];
  const text = (part: string | ((data: FindingData[C]) => string)): string => (typeof part === 'string' ? part : part(data));
  return { title: words.title, message: words.message(data), why: text(words.why), fix: text(words.fix) };
}
