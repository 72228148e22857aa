import { brief, type OfInput, type PointData, type WordsOf } from './words.ts';

interface Lost {
  /** Bits of the 24 of float32 that are wrong. */
  readonly bits: number;
  /** Decimal digits that are left. */
  readonly digits: number;
  readonly op: string | null;
  readonly at: string;
  readonly point: PointData;
}

export interface PrecisionFindings {
  readonly 'lost-value-digits': Lost & { readonly float32: number; readonly float64: number };
  readonly 'lost-gradient-digits': Lost & OfInput & { readonly index: readonly number[]; readonly float32: number; readonly float64: number };
}

function left({ bits, digits, op }: Lost): string {
  const remaining = digits <= 0 ? 'no correct digit is left' : `${brief(digits)} decimal digits are left`;
  return `${Math.round(bits)} of 24 bits are lost, ${remaining}${op === null ? '' : `; they are lost in ${op}`}`;
}

const CANCELLATION =
  'Subtract before squaring or adding up, not after: the variance as mean((x - mean(x))^2), softplus and logSoftmax instead of log and exp by hand, log1p(x) instead of log(1 + x), expm1(x) instead of exp(x) - 1. Take large constants out, and bring the data to zero mean and unit scale.';

export const precisionWords: WordsOf<PrecisionFindings> = {
  'lost-value-digits': {
    title: 'float32 loses the digits of the loss',
    message: (data) => `In float32 the loss is ${brief(data.float32)}, in float64 it is ${brief(data.float64)} (${data.at}): ${left(data)}.`,
    why: 'A difference of two large numbers keeps their rounding and loses their digits. The curve of the loss turns into noise, and early stopping follows the noise.',
    fix: CANCELLATION,
  },
  'lost-gradient-digits': {
    title: 'float32 loses the digits of the gradient',
    message: (data) =>
      `In float32 the gradient at ${data.input}${data.index.length === 0 ? '' : `[${data.index.join(', ')}]`} is ${brief(data.float32)}, in float64 it is ${brief(data.float64)} (${data.at}): ${left(data)}.`,
    why: 'The model follows rounding noise instead of the slope.',
    fix: CANCELLATION,
  },
};
