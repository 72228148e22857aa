import { sizeOf } from '../../contracts/tensor.ts';
import { isFactor, repeatedAxes, scalingOf, type TwoParts } from '../../numerics/scaling.ts';
import type { Blamed } from './non-finite.ts';
import { behind, type Twin, type TwinOperation, type Twins } from './twins.ts';

/**
 * Where the loss of a batch comes to differ from that of the same batch twice.
 *
 * Every tensor of the one run has a twin in the other. Most are the same numbers, repeated; some are twice as
 * large (a sum over the rows) or half as large (a second division). The factor of the result is followed back
 * to the operation that made it: none of its operands has it.
 */

const COPIES = 2;

function factorOf({ first, second }: Twin): number | null {
  return scalingOf(first.value, second.value, COPIES);
}

function isScalar({ first }: Twin): boolean {
  return sizeOf(first.value.shape) === 1;
}

/** The operation that gave the result its factor. */
export function blameFactor(twins: Twins, factor: number): Blamed {
  const start = twins.result === null ? null : carrierOf(twins, twins.result, factor);
  return start === null ? blamed(null) : blamed(originOf(twins, start, factor));
}

/** Whether one operation can be named for a factor: all that it took followed the batch in a plain way. */
export function isPlainFactor(twins: Twins, factor: number): boolean {
  const start = twins.result === null ? null : carrierOf(twins, twins.result, factor);
  const origin = start === null ? null : originOf(twins, start, factor);
  return origin === null || varying(twins, origin).every((operand) => factorOf(operand) !== null);
}

function blamed(origin: TwinOperation | null): Blamed {
  return { op: origin?.operation.kernel ?? null, location: origin?.operation.location ?? null };
}

/** The first tensor behind a result that has a factor: what is left when constants have been added to it. */
function carrierOf(twins: Twins, from: Twin, factor: number): Twin | null {
  for (const twin of behind(twins, from)) if (twins.sourcesOf(twin).size > 0 && isFactor(factorOf(twin), factor)) return twin;
  return null;
}

/** The operation at which a tensor got its factor; null where the runs took different ways. */
function originOf(twins: Twins, from: Twin, factor: number): TwinOperation | null {
  const maker = twins.makerOf(from);
  if (maker === null) return null;
  const operands = varying(twins, maker).filter(({ first }) => first.id !== from.first.id);
  const same = operands.find((operand) => isFactor(factorOf(operand), factor) && (isScalar(operand) || !isFactor(factor, 1)));
  if (same !== undefined) return originOf(twins, same, factor);
  // A root or a square of what has grown: the growth came before it.
  const [only] = operands;
  const grown = maker.operands.length === 1 && only !== undefined ? factorOf(only) : null;
  return only !== undefined && grown !== null && !isFactor(grown, 1) ? originOf(twins, only, grown) : maker;
}

/** The operands that are no constants. */
function varying(twins: Twins, { operands }: TwinOperation): readonly Twin[] {
  return operands.filter((operand) => twins.sourcesOf(operand).size > 0);
}

/** Whether the result is a root, or another function, of something that one division too many made half as large. */
export function hasHalfInside(twins: Twins): boolean {
  let twin = twins.result;
  while (twin !== null && !isFactor(factorOf(twin), 1 / COPIES)) {
    const operands: readonly Twin[] = twins.makerOf(twin)?.operands ?? [];
    twin = operands.length === 1 && operands[0]?.first.id !== twin.first.id ? (operands[0] ?? null) : null;
  }
  return twin !== null;
}

/** Axes of a tensor that grow with the batch: one holds rows, two hold pairs of rows. */
function growingAxes({ first, second }: Twin): number {
  return repeatedAxes(first.value, second.value, COPIES)?.length ?? 0;
}

/** Whether something was computed from comparisons of every row with every other. */
function comesFromPairs(twins: Twins, from: Twin): boolean {
  for (const twin of behind(twins, from)) if (growingAxes(twin) > 1) return true;
  return false;
}

/** The same for a whole loss. */
export function looksAtPairs(twins: Twins): boolean {
  return twins.result !== null && comesFromPairs(twins, twins.result);
}

/** Operations that put terms together; the others are followed through. */
const MEETINGS: ReadonlySet<string> = new Set(['Add', 'AddN', 'Sub', 'Pack', 'Concat']);

/** A quotient such as Dice, smoothed by 1, hardly moves when the batch is repeated: less than this. */
const HARDLY = 0.1;

export interface Mixture extends Blamed {
  readonly part: TwoParts['kind'];
}

export interface MixtureOptions {
  /** The inputs that have rows; a term of parameters only (a prior) may have a scale of its own. */
  readonly withRows: readonly string[];
  /** Which of the two terms is odd, where the values of the loss say so. */
  readonly kind: TwoParts['kind'] | null;
  /** Along a grid or a series, neighbours at the seam of two copies move a mean a little. */
  readonly isOrdered: boolean;
}

/**
 * Two terms that meet although the one has been summed over the batch and the other averaged, or the one
 * divided once more than the other.
 */
export function findMixture(twins: Twins, options: MixtureOptions): Mixture | null {
  if (twins.result === null) return null;
  for (const twin of behind(twins, twins.result)) {
    const maker = twins.makerOf(twin);
    if (maker === null || !MEETINGS.has(maker.operation.kernel)) continue;
    const found = unequalTerms(twins, maker, options);
    if (found === null) continue;
    const part = options.kind ?? partOf(found);
    const odd = part === 'summed' ? found.larger : found.smaller;
    return { part, ...blamed(originOf(twins, odd.twin, odd.factor)) };
  }
  return null;
}

interface Term {
  readonly twin: Twin;
  readonly factor: number;
}

interface UnequalTerms {
  readonly larger: Term;
  readonly smaller: Term;
}

function partOf({ larger }: UnequalTerms): TwoParts['kind'] {
  return isFactor(larger.factor, COPIES) ? 'summed' : 'divided twice';
}

function unequalTerms(twins: Twins, meeting: TwinOperation, { withRows, isOrdered }: MixtureOptions): UnequalTerms | null {
  const terms = varying(twins, meeting).flatMap((twin): Term[] => {
    const factor = factorOf(twin);
    const isTerm = factor !== null && factor !== 0 && !comesFromPairs(twins, twin) && !isShareOfBatch(twins, twin, factor);
    return isTerm ? [{ twin, factor }] : [];
  });
  const hasRows = ({ twin }: Term): boolean => withRows.some((name) => twins.sourcesOf(twin).has(name));
  for (const larger of terms) {
    const smaller = terms.find((term) => isUnequal(larger, term, isOrdered) && hasRows(term));
    // What is summed may be a parameter, once for each row; a parameter divided by the batch is a prior shared out.
    if (smaller !== undefined && (hasRows(larger) || isFactor(larger.factor, COPIES))) return { larger, smaller };
  }
  return null;
}

/** Rows that were divided by a sum over all of them, as a softmax along the batch does: shares shrink by nature. */
function isShareOfBatch(twins: Twins, twin: Twin, factor: number): boolean {
  if (growingAxes(twin) === 0 || isFactor(factor, 1)) return false;
  const origin = originOf(twins, twin, factor);
  return origin !== null && varying(twins, origin).length === origin.operands.length;
}

function isUnequal(larger: Term, smaller: Term, isOrdered: boolean): boolean {
  const ratio = larger.factor / smaller.factor;
  if (isFactor(ratio, COPIES) || isFactor(ratio, COPIES ** 2)) return true;
  if (isOrdered) return false;
  const isExact = isFactor(larger.factor, COPIES) && isScalar(smaller.twin) && Math.abs(smaller.factor - 1) < HARDLY;
  const isShare = isFactor(smaller.factor, 1 / COPIES) && isScalar(larger.twin) && Math.abs(larger.factor - 1) < HARDLY;
  return isExact || isShare;
}
