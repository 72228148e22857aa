import type { CheckContext } from '../../contracts/check.ts';
import type { PlantedCount, Power } from '../../contracts/power.ts';
import { unravel } from '../../contracts/tensor.ts';
import { COORDINATE_FAULTS, DELTAS, differs, WHOLE_FAULTS } from '../../numerics/faults.ts';
import { answer } from '../../numerics/difference.ts';
import type { Differences } from '../../numerics/differences.ts';
import type { CoordinateVerdict } from '../../numerics/verdict.ts';
import { closerLook, differencesAt, plainly, type Comparison } from './compare.ts';
import { measuredAt, type Measured } from './measure.ts';
import { places } from './places.ts';
import { tensorOf } from '../point.ts';

/**
 * The power of gradient-match on one loss: faults are planted in autograd's gradient, and the comparison that
 * the check makes says whether it would have seen them.
 *
 * Nothing is modelled: each planted number goes the way that autograd's own number goes, with the same steps,
 * bounds, kinks and tolerance. Only the values of the loss are remembered, since they do not depend on what
 * autograd says about them.
 */
export function measurePower(context: CheckContext): Power {
  const planted = places(context)
    .filter(({ isRandom }) => isRandom)
    .flatMap((place) => measuredAt(context, place))
    .map(plantIn);
  const coordinates = planted.flatMap((one) => one.coordinates);
  const thresholds = coordinates.map(({ threshold }) => threshold).toSorted((a, b) => a - b);
  return {
    coordinates: coordinates.length,
    alreadyWrong: planted.reduce((total, one) => total + one.alreadyWrong, 0),
    deltas: DELTAS.map((delta) => ({ delta, planted: coordinates.length, caught: coordinates.filter(({ caught }) => caught(delta)).length })),
    faults: [...countFaults(planted.flatMap(({ whole }) => whole)), ...countFaults(coordinates.flatMap(({ faults }) => faults))],
    halfCaughtAt: thresholds[Math.floor((thresholds.length - 1) / 2)] ?? null,
    allCaughtAt: thresholds.at(-1) ?? null,
    weakest: coordinates.length === 0 ? null : weakestOf(coordinates),
  };
}

interface Caught {
  readonly fault: string;
  readonly caught: boolean;
}

interface PlantedCoordinate {
  readonly input: string;
  readonly index: readonly number[];
  readonly at: string;
  readonly gradient: number;
  readonly caught: (delta: number) => boolean;
  /** The smallest relative fault that is caught; Infinity where even the largest is missed. */
  readonly threshold: number;
  readonly faults: readonly Caught[];
}

interface Planted {
  readonly whole: readonly Caught[];
  readonly coordinates: readonly PlantedCoordinate[];
  readonly alreadyWrong: number;
}

function plantIn({ place, ...measured }: Measured): Planted {
  const { point, input, gradient, positions } = measured;
  const { shape } = tensorOf(point, input);
  const differences = differencesAt(measured, positions);
  const looks = new Map<number, ReturnType<typeof closeLook>>();
  const isCaught = (row: number, analytic: number): boolean => {
    const position = positions[row] ?? 0;
    const { verdict } = plainly(differences, row, position, analytic, measured.rtol);
    if (verdict === 'pass') return false;
    const look = looks.get(row) ?? closeLook(measured, differences, row, position);
    looks.set(row, look);
    return look(analytic) === 'fail';
  };
  const own = Float64Array.from(gradient);
  const rows = Array.from(positions.keys());
  const wrong = new Set(rows.filter((row) => isCaught(row, own[positions[row] ?? 0] ?? NaN)));
  const whole = Object.entries(WHOLE_FAULTS).flatMap(([fault, plant]): Caught[] => {
    const planted = plant(own, shape);
    if (planted === null || !differs(planted, own, measured.rtol)) return [];
    return [{ fault, caught: rows.some((row) => isCaught(row, planted[positions[row] ?? 0] ?? NaN)) }];
  });
  const coordinates = rows.flatMap((row): PlantedCoordinate[] => {
    const position = positions[row] ?? 0;
    const value = own[position] ?? 0;
    if (value === 0 || wrong.has(row)) return [];
    const caught = (delta: number): boolean => isCaught(row, value * (1 + delta));
    const faults = Object.entries(COORDINATE_FAULTS).map(([fault, plant]) => ({ fault, caught: isCaught(row, plant(value)) }));
    return [{ input, index: unravel(position, shape), at: place.label, gradient: value, caught, threshold: thresholdOf(caught), faults }];
  });
  return { whole, coordinates, alreadyWrong: wrong.size };
}

/** The closer look at one coordinate, each value of the loss computed once. */
function closeLook(measured: Comparison, differences: Differences, row: number, position: number): (analytic: number) => CoordinateVerdict {
  const self = Int32Array.of(position);
  const values = new Map<number, number>();
  const f = (x: number): number => {
    const value = values.get(x) ?? measured.around.values(self, Float64Array.of(x))[0] ?? NaN;
    values.set(x, value);
    return value;
  };
  return (analytic) => answer(f, closerLook(measured, differences, row, position, analytic)).verdict;
}

const LARGEST_DELTA = 1;
const SMALLEST_DELTA = 1e-9;
/** Halvings of the logarithm: enough for two digits of the threshold. */
const HALVINGS = 10;

/** The relative fault from which on it is caught, by bisection. */
function thresholdOf(caught: (delta: number) => boolean): number {
  if (!caught(LARGEST_DELTA)) return Infinity;
  let low = Math.log(SMALLEST_DELTA);
  let high = Math.log(LARGEST_DELTA);
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (caught(Math.exp(middle))) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}

function countFaults(faults: readonly Caught[]): readonly PlantedCount[] {
  const counts = new Map<string, PlantedCount>();
  for (const { fault, caught } of faults) {
    const before = counts.get(fault) ?? { fault, planted: 0, caught: 0 };
    counts.set(fault, { fault, planted: before.planted + 1, caught: before.caught + (caught ? 1 : 0) });
  }
  return [...counts.values()];
}

function weakestOf(coordinates: readonly PlantedCoordinate[]): Power['weakest'] {
  const { input, index, at, gradient, threshold } = coordinates.reduce((weakest, one) => (one.threshold > weakest.threshold ? one : weakest));
  return { input, index: [...index], at, gradient, threshold };
}
