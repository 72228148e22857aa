import type { Finding } from '../../contracts/check.ts';
import type { Point } from '../../contracts/tensor.ts';
import { fitTwoParts, isFactor, partsOf, type TwoParts } from '../../numerics/scaling.ts';
import { exchanged, repeated } from './batch.ts';
import { rowsOf, type Look } from './batch-look.ts';
import { blameFactor, findMixture, hasHalfInside, isPlainFactor, looksAtPairs } from '../blame/scaling.ts';
import { finding } from '../finding.ts';
import { isAdditive } from './row-order.ts';

/** How a loss follows the size of its batch, from its value on several copies of the same rows. */
export interface Reduction {
  readonly findings: readonly Finding[];
  readonly summary: string;
}

/** @param isOrdered whether the order of the rows matters, as along a grid or a series */
export function reductionOf(look: Look, isOrdered: boolean): Reduction {
  if (isFactor(look.factor, 1)) return asMean(look, 'a mean over the batch: the same rows twice give the same loss');
  return look.factor === null ? withoutFactor(look, isOrdered) : withFactor(look, look.factor, isOrdered);
}

function asMean(look: Look, summary: string): Reduction {
  return { findings: look.context.expectations.reduction === 'sum' ? [unexpected(look, 'sum', 1)] : [], summary };
}

function unexpected(look: Look, declared: 'mean' | 'sum', factor: number): Finding {
  return finding('unexpected-reduction', { declared, factor }, { severity: 'warning', ...blameFactor(look.twins(), factor) });
}

/**
 * Growth with the batch, as a power of its size: 1 is a sum, 0 a mean, -1 a mean divided once more. In between
 * lie roots (0.5), beyond it sums over pairs (2); a correction such as N - 1 for N moves it by a few hundredths.
 */
const NEAR_POWER = 0.25;

function withFactor(look: Look, factor: number, isOrdered: boolean): Reduction {
  const isRound = isFactor(factor, 2) || isFactor(factor, 0.5);
  // Weights that decay along a series have a factor of their own, which says nothing about a batch.
  if (isOrdered && !isRound) return withoutRule(look);
  const power = isFactor(factor, 2) ? 1 : powerOf(look);
  const is = (expected: number): boolean => Math.abs(power - expected) < NEAR_POWER;
  const isPairs = !is(0) && !is(1) && looksAtPairs(look.twins());
  const summary = isFactor(factor, 2) ? 'a sum over the batch: the same rows twice give twice the loss' : `the same rows twice give ${short(factor)} times the loss`;
  if (power < NEAR_POWER - 1 || (power < 0 && hasHalfInside(look.twins()))) {
    return isPairs || !isPlainFactor(look.twins(), factor) ? withoutRule(look) : { findings: dividedTwice(look, factor), summary };
  }
  const { reduction } = look.context.expectations;
  if (reduction === 'mean' && !is(0)) return { findings: [unexpected(look, 'mean', factor)], summary };
  if (reduction === 'sum' && !is(1) && !isPairs) return { findings: [unexpected(look, 'sum', factor)], summary };
  return { findings: reduction === 'sum' && is(1) ? [] : [scaling(look, factor)], summary };
}

function powerOf({ context, batch, seen: [{ point, twice }] }: Look): number {
  return Math.log2(context.reference.scalar(repeated(point, batch, 4)) / twice);
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function dividedTwice(look: Look, factor: number): readonly Finding[] {
  const { batch, context } = look;
  const where = blameFactor(look.twins(), factor);
  const found = finding('divided-twice', { factor, rows: batch.rows }, { severity: 'warning', ...where });
  return context.expectations.reduction === 'sum' ? [found, unexpected(look, 'sum', factor)] : [found];
}

function scaling(look: Look, factor: number): Finding {
  // Information is not worth two recorded runs of a large loss.
  const where = look.isLarge ? {} : blameFactor(look.twins(), factor);
  return finding('batch-scaling', { factor }, { severity: 'info', ...where });
}

/** The factor differs from sample to sample: the rows act on each other, unless the loss is additive after all. */
function withoutRule(look: Look): Reduction {
  const factors = look.seen.map(({ once, twice }) => twice / once);
  const range = `the same rows twice give ${short(Math.min(...factors))} to ${short(Math.max(...factors))} times the loss`;
  if (isAdditive(rowsOf(look))) return { findings: [], summary: `neither a mean nor a sum: ${range}` };
  return { findings: [finding('coupled-examples', { factors }, { severity: 'info' })], summary: `the rows act on each other: ${range}` };
}

/** Copies of the batch at which a loss of two parts must agree with them. */
const MOST_COPIES = 4;

function withoutFactor(look: Look, isOrdered: boolean): Reduction {
  const { context, batch, seen } = look;
  const values = seen.map(({ point, once, twice }) => [
    once,
    twice,
    ...Array.from({ length: MOST_COPIES - 2 }, (_, index) => context.reference.scalar(repeated(point, batch, index + 3))),
  ]);
  const fits = values.map(fitTwoParts);
  const kind = fits.every((fit) => fit !== null && fit.kind === fits[0]?.kind) ? (fits[0]?.kind ?? null) : null;
  // A batch of one, such as an image that is painted, never grows.
  const mixture = batch.rows < 2 ? null : findMixture(look.twins(), { withRows: batch.names, kind, isOrdered });
  if (mixture !== null) {
    const { part, op, location } = mixture;
    const data = { rows: batch.rows, values: values[0]?.slice(0, 3) ?? [], part };
    return { findings: [finding('mixed-reduction', data, { severity: 'warning', op, location })], summary: 'parts that follow the batch differently' };
  }
  if (kind === null) return withoutRule(look);
  if (!dependsOnRows(look, kind, 'part')) return asMean(look, 'a mean over the batch, beside a part that no row changes');
  return dependsOnRows(look, kind, 'fixed') ? withoutRule(look) : besideConstant(look, kind);
}

/** Whether one of two parts changes with the rows: a constant or a prior does not. */
function dependsOnRows(look: Look, kind: TwoParts['kind'], which: 'fixed' | 'part'): boolean {
  const { context, batch, point, others, rounding } = rowsOf(look);
  const value = (at: Point): number =>
    partsOf(kind, context.reference.scalar(at), context.reference.scalar(repeated(at, batch, 2)))[which];
  return others.some((other) => Math.abs(value(exchanged(point, other, batch, () => true)) - value(point)) > rounding);
}

/** A sum, or a mean divided once more, beside a constant or a prior. */
function besideConstant(look: Look, kind: TwoParts['kind']): Reduction {
  if (kind === 'divided twice') {
    if (looksAtPairs(look.twins())) return withoutRule(look);
    return { findings: dividedTwice(look, 0.5), summary: 'a constant, and a part that shrinks as the batch grows' };
  }
  const { reduction } = look.context.expectations;
  const summary = 'a sum over the batch, beside a constant';
  if (reduction === 'mean') return { findings: [unexpected(look, 'mean', 2)], summary };
  return { findings: reduction === 'sum' ? [] : [scaling(look, 2)], summary };
}
