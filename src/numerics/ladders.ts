/** The ladder of `ladder.ts` for many coordinates at once, as long as it takes its usual course. */

import { defaultStep } from './difference.ts';
import {
  ALIASING_STEP,
  CHANCE_FACTOR,
  EPSILON,
  FLAT_ROUNDINGS,
  MAX_RUNGS,
  NOISE_MARGIN,
  REST_RUNGS,
  ROUNDING_STOP,
  SMALLEST_NORMAL,
} from './ladder.ts';
import { COLUMNS_CENTRAL, DEFAULT_SUFFICIENT_ERROR, KAPPA_CENTRAL, SMALLEST_STEP } from './scheme.ts';

/** Values of the function with coordinate `indices[k]`, ascending, at `given[k]`. The array of indices may be kept. */
export type EvaluateMany = (indices: Int32Array, given: Float64Array) => Float64Array;

export interface ManyOptions {
  /** Steps never leave [lower, upper]. */
  readonly lower: number;
  readonly upper: number;
  /** For each coordinate; see `DifferenceOptions`. */
  readonly magnitudes: Float64Array;
  readonly isChange: boolean;
  /** Values one `defaultStep` away from each coordinate where there is room, if they are known already. */
  readonly first: BothSides | null;
}

export interface BothSides {
  readonly above: Float64Array;
  readonly below: Float64Array;
}

/** What `differentiate` says of each coordinate. An undefined difference has the value NaN and an infinite bound. */
export interface Differences {
  readonly value: Float64Array;
  readonly errorBound: Float64Array;
  readonly scale: Float64Array;
  readonly step: Float64Array;
  readonly flat: Uint8Array;
  /** 1 where the values came from one side only. */
  readonly oneSided: Uint8Array;
}

/** Values of all coordinates are computed while at least this share of them is wanted: new lanes have to be planned. */
const WORTH_PLANNING = 0.5;

/** Below this share of all coordinates those that are left go on by themselves. */
const WORTH_KEEPING = 0.25;

const WIDTH = COLUMNS_CENTRAL + 1;

/** One rung of every coordinate, kept for what later rungs and the end want to know. */
interface RungColumns {
  readonly error: Float64Array;
  readonly value: Float64Array;
  readonly rounding: Float64Array;
  readonly flat: Uint8Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * Central differences by extrapolation for coordinates that have room for their first step on both sides. Writes
 * what it decides.
 *
 * A coordinate leaves when anything happens beside the usual: a value that is not finite, quotients that
 * contradict each other, a step at which a period may hide, noise beyond rounding, steps that run out.
 *
 * @returns the coordinates that have left, undecided
 */
export function smoothLadders(
  evaluate: EvaluateMany,
  xs: Float64Array,
  indices: Int32Array,
  options: Omit<ManyOptions, 'first'> & { /** Of the first rungs, in the order of all coordinates. */ readonly known: readonly BothSides[] },
  found: Differences,
): readonly number[] {
  const left: number[] = [];
  if (indices.length === 0) return left;
  const count = indices.length;
  const x = Float64Array.from(indices, (index) => xs[index] ?? NaN);
  const start = x.map(defaultStep);
  const scale = Float64Array.from(indices, (index) => options.magnitudes[index] ?? 0);
  const floor = options.isChange ? scale.slice() : new Float64Array(count);
  const row = new Float64Array(count * WIDTH);
  const shift = new Float64Array(count).fill(Infinity);
  const rungs: RungColumns[] = [];
  const fresh = new Float64Array(WIDTH);

  let open = Int32Array.from({ length: count }, (_, at) => at);
  let asked = open;
  let askedIndices = indices;
  const sides = (rung: number): BothSides => {
    if (open.length < WORTH_PLANNING * asked.length) {
      asked = open;
      askedIndices = asked.map((at) => indices[at] ?? 0);
    }
    const at = (sign: number): Float64Array => {
      const given = new Float64Array(asked.length);
      for (let place = 0; place < given.length; place++) {
        const one = asked[place] ?? 0;
        given[place] = (x[one] ?? NaN) + (sign * (start[one] ?? NaN)) / 2 ** rung;
      }
      const values = evaluate(askedIndices, given);
      if (asked.length === count) return values;
      const placed = new Float64Array(count);
      for (let place = 0; place < asked.length; place++) placed[asked[place] ?? 0] = values[place] ?? NaN;
      return placed;
    };
    return { above: at(1), below: at(-1) };
  };

  for (let rung = 0; open.length > 0; rung++) {
    // Few are left of many: they begin again among themselves, in columns of their own length.
    if (open.length < WORTH_KEEPING * count) {
      const rest = open.map((at) => indices[at] ?? 0);
      return [...left.map((at) => indices[at] ?? 0), ...smoothLadders(evaluate, xs, rest, options, found)];
    }
    if (rung >= MAX_RUNGS) {
      left.push(...open);
      break;
    }
    const known = options.known[rung];
    const { above, below } = known ?? sides(rung);
    const columns = newRung(count);
    rungs.push(columns);
    const previous = rungs[rung - 1];
    const staying = new Int32Array(open.length);
    let stayed = 0;
    for (const at of open) {
      const index = indices[at] ?? 0;
      // What is known beforehand stands in the order of all coordinates.
      const near = above[known === undefined ? at : index] ?? NaN;
      const far = below[known === undefined ? at : index] ?? NaN;
      const here = x[at] ?? NaN;
      const step = (start[at] ?? NaN) / 2 ** rung;
      const quotient = (near - far) / (here + step - (here - step));
      if (!(Number.isFinite(near) && Number.isFinite(far) && Number.isFinite(quotient))) {
        left.push(at);
        continue;
      }
      const size = Math.max(scale[at] ?? 0, Math.abs(near), Math.abs(far));
      scale[at] = size;
      const noise = EPSILON * KAPPA_CENTRAL * Math.max(size, SMALLEST_NORMAL);
      const rounding = (noise + EPSILON * Math.abs(here) * Math.abs(quotient)) / step;
      const base = at * WIDTH;
      const before = row[base] ?? NaN;
      if (rung >= 2 && Math.abs(quotient - before) > (shift[at] ?? 0) + rounding) {
        left.push(at);
        continue;
      }
      if (rung > 0) shift[at] = Math.abs(quotient - before);
      // One row of the table, and its best entry.
      const width = Math.min(rung, COLUMNS_CENTRAL);
      let weight = 4;
      let error = Infinity;
      let value = quotient;
      let column = 0;
      fresh[0] = quotient;
      for (let c = 1; c <= width; c++) {
        const current = fresh[c - 1] ?? NaN;
        const above1 = row[base + c - 1] ?? NaN;
        const entry = current + (current - above1) / (weight - 1);
        fresh[c] = entry;
        weight *= 4;
        const entryError = Math.max(Math.abs(entry - current), Math.abs(entry - above1)) + rounding;
        if (entryError < error) {
          error = entryError;
          value = entry;
          column = c;
        }
      }
      for (let c = 0; c <= width; c++) row[base + c] = fresh[c] ?? NaN;
      if (previous !== undefined && Number.isFinite(error)) previous.error[at] = Math.max(previous.error[at] ?? 0, error / CHANCE_FACTOR);
      columns.low[at] = Math.min(near, far);
      columns.high[at] = Math.max(near, far);
      columns.error[at] = error;
      columns.value[at] = value;
      columns.rounding[at] = rounding;
      columns.flat[at] = isFlat(rungs, at, rung, column, floor[at] ?? 0) ? 1 : 0;
      if (rung === 0) {
        staying[stayed++] = at;
        continue;
      }
      const best = bestOf(rungs, at, rung);
      const bestError = rungs[best]?.error[at] ?? Infinity;
      const bestValue = rungs[best]?.value[at] ?? NaN;
      const lowest = Math.min(columns.low[at] ?? 0, previous?.low[at] ?? 0);
      const highest = Math.max(columns.high[at] ?? 0, previous?.high[at] ?? 0);
      const isAccurate = lowest === highest || bestError <= DEFAULT_SUFFICIENT_ERROR * Math.abs(bestValue);
      if (!isAccurate && !(rounding > ROUNDING_STOP * bestError)) {
        if (step / 2 < Math.max(SMALLEST_STEP * Math.abs(here), Number.MIN_VALUE)) left.push(at);
        else staying[stayed++] = at;
        continue;
      }
      if (step >= ALIASING_STEP || (!isAccurate && restlessness(rungs, at, rung, step) > noise) || bestError === Infinity) {
        left.push(at);
        continue;
      }
      found.value[index] = bestValue;
      found.errorBound[index] = bestError;
      found.scale[index] = size;
      found.step[index] = (start[at] ?? NaN) / 2 ** best;
      found.flat[index] = rungs[best]?.flat[at] ?? 0;
    }
    if (stayed < open.length) open = staying.slice(0, stayed);
  }
  return left.map((at) => indices[at] ?? 0);
}

function newRung(count: number): RungColumns {
  const numbers = (): Float64Array => new Float64Array(count);
  return { error: numbers(), value: numbers(), rounding: numbers(), flat: new Uint8Array(count), low: numbers(), high: numbers() };
}

/** An entry of column k is made of the last k + 1 rungs. */
function isFlat(rungs: readonly RungColumns[], at: number, rung: number, column: number, floor: number): boolean {
  let low = Infinity;
  let high = -Infinity;
  for (let k = rung; k >= Math.max(0, rung - column); k--) {
    low = Math.min(low, rungs[k]?.low[at] ?? 0);
    high = Math.max(high, rungs[k]?.high[at] ?? 0);
  }
  return high - low <= FLAT_ROUNDINGS * EPSILON * Math.max(Math.abs(low), Math.abs(high), floor);
}

function bestOf(rungs: readonly RungColumns[], at: number, rung: number): number {
  let best = 0;
  for (let k = 1; k <= rung; k++) if ((rungs[k]?.error[at] ?? Infinity) < (rungs[best]?.error[at] ?? Infinity)) best = k;
  return best;
}

/** What the last entries disagree by beyond their rounding, times their step. */
function restlessness(rungs: readonly RungColumns[], at: number, rung: number, step: number): number {
  let most = 0;
  for (let k = Math.max(0, rung - REST_RUNGS + 1); k <= rung; k++) {
    const error = rungs[k]?.error[at] ?? Infinity;
    if (Number.isFinite(error)) most = Math.max(most, (error - (rungs[k]?.rounding[at] ?? 0)) * step * 2 ** (rung - k));
  }
  return NOISE_MARGIN * most;
}
