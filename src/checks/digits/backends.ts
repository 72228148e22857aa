import type { CheckContext } from '../../contracts/check.ts';
import type { LossProbe } from '../../contracts/engine.ts';
import { judgeAll, SUSPICIOUS, type Judged, type Lost, type Tracer } from './judge.ts';
import type { Place } from './points.ts';
import { bitsOf, readingAt, scaleOf, type Quantity, type Reading } from './readings.ts';
import { tracer } from './tracer.ts';

/** The digits of one loss on each of several backends, read at the same places. */

export interface OnBackend {
  readonly probe: LossProbe;
  readonly readings: readonly Reading[];
  readonly traced: Tracer;
  /** Null where no sample has a finite value there. */
  readonly judged: readonly Judged[] | null;
}

export function digitsOn(context: CheckContext, probe: LossProbe, places: readonly Place[]): OnBackend {
  const there = { ...context, production: probe };
  const traced = tracer(there);
  const readings = places.map((place) => readingAt(there, place)).filter(({ pairs }) => pairs.has(null));
  const isReadable = readings.some(({ place }) => place.kind === 'sample');
  return { probe, readings, traced, judged: isReadable ? judgeAll(there, readings, traced) : null };
}

/**
 * Bits that one backend has lost beside another, from which on it is the backend's doing. Right losses lose up to 5 on
 * whichever backend, by the order in which it adds up and by how it rounds: two that both compute rightly are no further
 * apart. And what it has lost must be too much by itself: a long sum in float32 may lose 8 bits where one in float64 loses
 * none, and trains as well.
 */
const CLEARLY_FEWER = SUSPICIOUS;

/** A quantity that is ruined on some backends, and is not on others. */
export interface Difference {
  readonly quantity: Quantity;
  /** The first of them is the one to show. */
  readonly lost: readonly [LostOn, ...LostOn[]];
  readonly fine: readonly OnBackend[];
}

interface LostOn {
  readonly on: OnBackend;
  readonly worst: Lost;
}

export function differencesOf(backends: readonly OnBackend[]): readonly Difference[] {
  const quantities = new Set(backends.flatMap(({ judged }) => (judged ?? []).map(({ quantity }) => quantity)));
  return [...quantities].flatMap((quantity) => {
    const [first, ...others] = backends.flatMap((on): LostOn[] => {
      const worst = on.judged?.find((one) => one.quantity === quantity)?.worst ?? null;
      return worst === null ? [] : [{ on, worst }];
    });
    if (first === undefined) return [];
    const isLost = (on: OnBackend): boolean => on === first.on || others.some((one) => one.on === on);
    const fine = backends.filter((on) => !isLost(on) && isClearlyBetter(on, first, quantity));
    return fine.length === 0 ? [] : [{ quantity, lost: [first, ...others], fine }];
  });
}

/** At the very point that shows the loss of digits, measured by the same size. */
function isClearlyBetter(on: OnBackend, { on: lossy, worst }: LostOn, quantity: Quantity): boolean {
  const pair = on.readings.find(({ place }) => place === worst.at.place)?.pairs.get(quantity);
  if (pair === undefined) return false;
  const scale = scaleOf(lossy.readings.filter(({ place }) => place.kind === 'sample'), quantity);
  return bitsOf(worst.pair, scale) - bitsOf(pair, scale) > CLEARLY_FEWER;
}
