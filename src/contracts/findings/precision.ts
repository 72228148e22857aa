import { withoutWrongKernel } from './advice.ts';
import { brief, listed, onEach, place, type BackendNumbers, type OfInput, type PointData, type WordsOf } from './words.ts';

interface Lost {
  /** Bits of the 24 of float32 that are wrong. */
  readonly bits: number;
  /** Decimal digits that are left. */
  readonly digits: number;
  /** The operation that loses them; null when no single one does. */
  readonly op: string | null;
  /** The two precisions run different operations, so that none can be named. */
  readonly diverged: boolean;
  readonly float32: number;
  readonly float64: number;
  readonly at: string;
  readonly point: PointData;
}

export interface PrecisionFindings {
  readonly 'lost-value-digits': Lost;
  readonly 'lost-gradient-digits': Lost & OfInput & { readonly index: readonly number[] };
  readonly 'backend-loses-digits': Omit<Lost, 'float32'> & {
    /** Null for the value. */
    readonly input: string | null;
    readonly index: readonly number[];
    /** One that loses the digits: the operation is seen there. */
    readonly backend: string;
    readonly lost: readonly string[];
    readonly fine: readonly string[];
    readonly numbers: BackendNumbers;
    /** The operation makes other numbers of the same inputs than on a backend that is fine. */
    readonly isOtherResult: boolean;
  };
  readonly 'coarse-input': OfInput & {
    readonly min: number;
    readonly max: number;
    /** Distance between neighbouring float32 numbers at the far end. */
    readonly spacing: number;
  };
}

/** Both numbers with as many digits as it takes to tell them apart. */
function both({ float32, float64 }: Lost): readonly [string, string] {
  const short = [brief(float32), brief(float64)] as const;
  return short[0] === short[1] ? [String(float32), String(float64)] : short;
}

function left({ bits, digits, op, diverged }: Omit<Lost, 'float32'>): string {
  const lost = `lost ${Math.min(24, Math.round(bits))} of 24 bits${op === null ? '' : ` in ${op}`}`;
  const remaining = digits < 0.05 ? 'no decimal digit is left' : `${digits.toFixed(1)} decimal digits are left`;
  const unnamed = op === null && diverged ? '. The two precisions take different courses through the code, so no operation can be named' : '';
  return `${lost}: ${remaining}${unnamed}.`;
}

const CANCELLATION =
  'Subtract before squaring or adding up, not after: the variance as mean((x - mean(x))^2), a squared distance as sum((a - b)^2). Write differences from 1 in closed form: expm1(x) for exp(x) - 1, 2 sin^2(x/2) for 1 - cos(x), x^2 / (sqrt(1 + x^2) + 1) for sqrt(1 + x^2) - 1, sigmoid(-x) for 1 - sigmoid(x). Leave out large constants, and bring the data to zero mean and unit scale.';
const LOGARITHM =
  'Close to 1 a number has lost the digits that its logarithm consists of. Use log1p(x) for log(1 + x), softplus(x) for log(1 + exp(x)), logSoftmax for log(softmax(x)).';
const ANGLE = 'Close to its ends the inverse cosine has an infinite slope. Take the angle of unit vectors from their difference, 2 asin(|a - b| / 2), or compare the cosines themselves.';
const PERIODIC = 'Reduce the argument to one period before it becomes a float32 number: next to 1e5 these are 0.008 apart.';
const SATURATION =
  'Where it is saturated its derivative is the difference of 1 and a number next to 1. Compute the loss from the logits: sigmoidCrossEntropy, softmaxCrossEntropy, or softplus and logSoftmax by hand.';

/** What helps depends on the operation that loses the digits. */
const FIXES: Readonly<Record<string, string>> = {
  Log: LOGARITHM,
  Acos: ANGLE,
  Asin: ANGLE,
  Sin: PERIODIC,
  Cos: PERIODIC,
  Sigmoid: SATURATION,
  Tanh: SATURATION,
  Softmax: SATURATION,
};

function fix({ op }: Pick<Lost, 'op'>): string {
  return FIXES[op ?? ''] ?? CANCELLATION;
}

export const precisionWords: WordsOf<PrecisionFindings> = {
  'lost-value-digits': {
    title: 'float32 loses the digits of the loss',
    message: (data) => {
      const [single, exact] = both(data);
      return `In float32 the loss is ${single}, in float64 it is ${exact} (${data.at}). Its terms have ${left(data)}`;
    },
    why: 'Every operation rounds. Where a result is small beside the numbers that it is made of, it consists of their rounding: the curve of the loss turns into noise, and early stopping follows the noise.',
    fix,
  },
  'lost-gradient-digits': {
    title: 'float32 loses the digits of the gradient',
    message: (data) => {
      const [single, exact] = both(data);
      return `In float32 the gradient at ${place(data.input, data.index)} is ${single}, in float64 it is ${exact} (${data.at}). The gradient of ${data.input} has ${left(data)}`;
    },
    why: 'Every operation rounds. A slope that is small beside the numbers that it is made of consists of their rounding, and the model follows that instead of the slope.',
    fix,
  },
  'backend-loses-digits': {
    title: 'one backend loses the digits that another keeps',
    message: (data) => {
      const what = data.input === null ? 'the loss' : `the gradient at ${place(data.input, data.index)}`;
      const whose = data.input === null ? 'the loss' : `the gradient of ${data.input}`;
      return `In float64 ${what} is ${brief(data.float64)} (${data.at}); in float32 it is ${onEach(data.numbers, [...data.lost, ...data.fine])}. On ${data.backend} ${whose} has ${left(data)}${data.isOtherResult ? ` For the same inputs ${data.op} makes other numbers there.` : ''}`;
    },
    why: ({ lost }) => `The kernels of each backend are written anew, and some are wrong or round much coarser than others. A model that is trained on ${listed(lost)} follows other numbers than those that are tested elsewhere.`,
    fix: (data) => `${data.op !== null && data.isOtherResult ? withoutWrongKernel(data.op) : fix(data)} Or train on ${listed(data.fine)}.`,
  },
  'coarse-input': {
    title: 'float32 cannot tell the values of an input apart',
    message: ({ input, min, max, spacing }) =>
      `${input} lies between ${brief(min)} and ${brief(max)}, where neighbouring float32 numbers are ${brief(spacing)} apart: it can take about ${brief(Math.round((max - min) / spacing))} values.`,
    why: 'The digits are gone before the loss sees the number, so no formula brings them back. losscheck rounds inputs to float32 first and does not count this loss of digits against the loss.',
    fix: 'Subtract the offset where the numbers are still exact, before they become a tensor: seconds since the start of the data instead of since 1970.',
  },
};
