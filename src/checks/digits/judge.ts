import type { CheckContext } from '../../contracts/check.ts';
import { sizeOf as elementsOf, type Point, type TensorData } from '../../contracts/tensor.ts';
import { bitsLost, distance } from '../../numerics/precision.ts';
import { unluckyError, type Traces } from '../blame/lost-digits.ts';
import { furtherPlaces, movedPlace, narrowInputs, shakenPoints, type Place } from './points.ts';
import { bitsOf, errorOf, lowerMedian, readingAt, scaleOf, sizeOf, type Pair, type Quantity, type Reading } from './readings.ts';

/** Whether a loss loses digits: a first look at the samples, and a second one where that is suspicious. */

/** Half of the 24 bits: fewer than four decimal digits are left. */
const MOST_LOST = 12;
/** An edge is one point, and chosen to be hard: there fewer than three digits are left. */
const MOST_LOST_AT_EDGE = 14;
/** What the value itself must have lost where its terms have lost too much: more than half of all points say so. */
const LOST_IN_ALL = 8;
/** Right losses lose up to 5 bits. From here on a second look is worth its time. */
export const SUSPICIOUS = 6;
/** Float64 has 29 bits more. What it too knows only by its rounding is zero, and has no digits to lose. */
const NOTHING_TO_LOSE = 47;
/** Times what rounding of the inputs does: a stable formula rounds a few times more, an unstable one costs a hundredfold. */
const OF_ROUNDED_INPUTS = 32;
/** Points of a second look beside the samples. */
const FURTHER_POINTS = 8;
/** Elements times points: all samples of what is usual, one or two of half a million elements. */
const MAX_WORK = 2 ** 20;

/** How many of so many points the elements of the inputs allow, one at least. */
export function affordable({ samples }: CheckContext, wanted: number): number {
  const elements = Object.values(samples[0]?.point ?? {}).reduce((total, { shape }) => total + elementsOf(shape), 1);
  return Math.min(wanted, Math.max(1, Math.floor(MAX_WORK / elements)));
}

export interface Judged {
  readonly quantity: Quantity;
  /** Bits lost: all in all, or by the terms where those decide. */
  readonly bits: number;
  /** The point that shows best that digits are lost; null when they are not. */
  readonly worst: Lost | null;
}

export interface Lost {
  readonly at: Reading;
  readonly pair: Pair;
  readonly bits: number;
}

export type Tracer = (place: Place) => Traces;

/** Value and gradients, judged one by one. */
export function judgeAll(context: CheckContext, readings: readonly Reading[], traced: Tracer): readonly Judged[] {
  const quantities = [null, ...context.differentiable.filter((name) => readings.some(({ pairs }) => pairs.has(name)))];
  const looks = quantities.map((quantity) => firstLook(readings, quantity));
  const points = looks.some(({ suspicious }) => suspicious) ? secondLook(context, readings) : [];
  return looks.map(({ quantity, bits, suspicious }) => (suspicious ? judge(context, points, quantity, traced) : { quantity, bits, worst: null }));
}

function firstLook(readings: readonly Reading[], quantity: Quantity): { readonly quantity: Quantity; readonly bits: number; readonly suspicious: boolean } {
  const least = scaleOf(readings.filter(({ place }) => place.kind === 'sample'), quantity);
  const lost = readings.flatMap(({ place, pairs }) => {
    const pair = pairs.get(quantity);
    return pair === undefined ? [] : [{ kind: place.kind, bits: bitsOf(pair, least) }];
  });
  const atSamples = lost.filter(({ kind }) => kind === 'sample').map(({ bits }) => bits);
  return { quantity, bits: lowerMedian(atSamples), suspicious: lost.some(({ bits }) => bits > SUSPICIOUS) };
}

/** A point, and the same a short way off. */
interface Close {
  readonly at: Reading;
  readonly moved: Reading;
}

/**
 * More points, and one beside each. A loss that happens to be next to zero at the samples is not so everywhere,
 * and where float32 stands on the other side of a kink (`relu(x - y + 0.2)` at 0.1 and 0.3) it does not do so a
 * short way off.
 */
function secondLook(context: CheckContext, readings: readonly Reading[]): readonly Close[] {
  const further = furtherPlaces(context, affordable(context, FURTHER_POINTS + 1) - 1).map((place) => readingAt(context, place));
  const all = [...readings, ...further.filter(({ pairs }) => pairs.has(null))];
  return all.map((at) => ({ at, moved: readingAt(context, movedPlace(context, at.place)) }));
}

function judge(context: CheckContext, points: readonly Close[], quantity: Quantity, traced: Tracer): Judged {
  const random = points.filter(({ at }) => at.place.kind !== 'edge');
  const least = scaleOf(random.flatMap(({ at, moved }) => [at, moved]), quantity);
  const bits = lowerMedian(random.flatMap((point) => bitsAround(point, quantity, least)));
  if (bits >= NOTHING_TO_LOSE) return { quantity, bits: 0, worst: null };
  if (bits > SUSPICIOUS && isConditioned(context, random, quantity)) return { quantity, bits, worst: null };
  const samples = lostAt(points, 'sample', quantity, least);
  const decisive = quantity === null && bits > LOST_IN_ALL ? bitsOfTerms(context, samples, least, traced, bits) : bits;
  const [worst] = samples;
  // All samples tell of the same loss: shown is the one where most of it can be seen.
  if (decisive > MOST_LOST && worst !== undefined) return { quantity, bits: decisive, worst: { ...worst, at: worst.point.at, bits: decisive } };
  const edge = lostAt(points, 'edge', quantity, least).find((one) => one.bits > MOST_LOST_AT_EDGE && !isHeld(context, one, quantity, traced));
  return { quantity, bits: Math.min(bits, decisive), worst: edge === undefined ? null : { ...edge, at: edge.point.at } };
}

/** Whether the error at an edge is for the most part one that is always the same. */
function isHeld({ differentiable }: CheckContext, { point, pair }: LostAt, quantity: Quantity, traced: Tracer): boolean {
  if (quantity !== null) return false;
  const terms = unluckyError(traced(point.at.place), traced(point.moved.place), differentiable);
  return terms !== null && terms.held > errorOf(pair) / 2;
}

/**
 * Whether the error is no more than the rounding of the inputs brings with it: 20.1 to 20.2 degrees in kelvin
 * are 293.25 to 293.35 in steps of 0.00003, and no formula makes their deviation from the mean any finer.
 */
function isConditioned(context: CheckContext, points: readonly Close[], quantity: Quantity): boolean {
  const narrow = narrowInputs(context);
  if (narrow.length === 0) return false;
  const seen = points.flatMap(({ at: { place, pairs } }) => {
    const pair = pairs.get(quantity);
    if (pair === undefined) return [];
    const shaken = shakenPoints(context, place, narrow).flatMap((point) => exactAt(context, point, quantity) ?? []);
    return [{ error: errorOf(pair), rounding: Math.max(0, ...shaken.map(({ data }) => distance(data, pair.exact.data))) }];
  });
  const [error, rounding] = [lowerMedian(seen.map((one) => one.error)), lowerMedian(seen.map((one) => one.rounding))];
  return error <= OF_ROUNDED_INPUTS * rounding;
}

function exactAt({ reference, differentiable }: CheckContext, point: Point, quantity: Quantity): TensorData | null {
  const { evaluation, gradients } = reference.gradient(point, differentiable);
  if (quantity !== null) return gradients?.[quantity] ?? null;
  return evaluation.kind === 'tensor' ? evaluation.tensor : null;
}

interface LostAt {
  readonly point: Close;
  readonly pair: Pair;
  readonly bits: number;
}

/** The points of one kind with the bits lost there as well as a short way off, most lost first. */
function lostAt(points: readonly Close[], kind: Place['kind'], quantity: Quantity, least: number): readonly LostAt[] {
  return points
    .flatMap((point) => {
      const pair = point.at.pairs.get(quantity);
      if (point.at.place.kind !== kind || pair === undefined) return [];
      return [{ point, pair, bits: Math.min(...bitsAround(point, quantity, least)) }];
    })
    .toSorted((a, b) => b.bits - a.bits);
}

/** Bits lost at a point and beside it: two numbers, or one where the other has no finite value. */
function bitsAround(point: Close, quantity: Quantity, least: number): readonly number[] {
  const scale = scaleAround(point, quantity, least);
  return pairsAround(point, quantity).map((pair) => bitsOf(pair, scale));
}

function pairsAround({ at, moved }: Close, quantity: Quantity): readonly Pair[] {
  return [at, moved].flatMap(({ pairs }) => pairs.get(quantity) ?? []);
}

/**
 * A loss that is zero where it is asked to be (a penalty on vectors that have length 1) has no digits there.
 * At random points it is measured by what it is a short way off; an edge is measured by the random points.
 */
function scaleAround(point: Close, quantity: Quantity, least: number): number {
  return point.at.place.kind === 'edge' ? least : Math.max(least, ...pairsAround(point, quantity).map(sizeOf));
}

/**
 * Bits that the terms of the value have lost, whether or not their errors happen to cancel: at the worst
 * sample and at the one in the middle, which stand for all. No fewer than the value has lost `inAll`, unless a
 * part of that is an error that is always the same.
 */
function bitsOfTerms({ differentiable }: CheckContext, samples: readonly LostAt[], least: number, traced: Tracer, inAll: number): number {
  const chosen = samples.filter((_, index) => index === 0 || index === Math.floor(samples.length / 2));
  const lost = chosen.map(({ point, pair }) => {
    const scale = scaleAround(point, null, least);
    const terms = unluckyError(traced(point.at.place), traced(point.moved.place), differentiable) ?? { all: 0, held: 0 };
    const bits = bitsLost(Math.max(0, Math.max(errorOf(pair), terms.all) - terms.held), scale);
    return terms.held > 0 ? bits : Math.max(bits, inAll);
  });
  return Math.min(...lost);
}
