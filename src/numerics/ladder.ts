/**
 * Extrapolation of difference quotients to step zero, with a bound on the error.
 *
 * The quotients of ever smaller steps are the rungs of a ladder. Generators ask for function values by
 * yielding the argument, so that a caller can answer one coordinate or many at once.
 *
 * Method: C. J. F. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Adv. Eng. Software 4 (1982),
 * with a term for rounding added to his error estimate.
 */

/** Unit of relative rounding of a double, 2^-52. */
export const EPSILON = Number.EPSILON;

/** Below it the rounding of a double no longer shrinks with its value. */
export const SMALLEST_NORMAL = 2 ** -1022;

/** Steps halve this often at most: below 2^-36 of the scale of x rounding leaves nothing of a derivative. */
export const MAX_RUNGS = 36;

/** Halvings in search of a step at which the function is finite; the domain's edge may be very near. */
const MAX_SEARCH = 60;

/** The ladder ends when the rounding term exceeds the best error this many times: it only grows. */
export const ROUNDING_STOP = 4;

/** How much worse the next rung's error may be (rounding doubles) before it counts against the last one. */
export const CHANCE_FACTOR = 4;

/** The last entries that noise is measured on, and by how much it may exceed what they disagree by. */
export const REST_RUNGS = 2;
const NOISE_RUNGS = 6;
export const NOISE_MARGIN = 2;

/** Values that differ by less than this many roundings of the largest are the same. */
export const FLAT_ROUNDINGS = 8;

/** From this step on a period such as 1 or 1/4 may divide the steps; see `isConfirmed`. */
export const ALIASING_STEP = 2 ** -3;

/** The golden ratio conjugate: of all numbers the worst to approximate by fractions. */
const WITNESS_RATIO = (Math.sqrt(5) - 1) / 2;

/** Asks for f at the yielded argument. */
export type Sampling<T> = Generator<number, T, number>;

export interface Rung {
  readonly step: number;
  readonly value: number;
  readonly error: number;
}

export interface Estimate {
  readonly value: number;
  readonly errorBound: number;
  readonly step: number;
  readonly flat: boolean;
}

/** What was seen of the function so far. */
export interface Observations {
  evaluations: number;
  scale: number;
}

/** One difference quotient with the function values it was made of. */
export interface Quotient {
  readonly value: number;
  readonly samples: readonly number[];
}

/** A kind of difference quotient whose error is a series in powers of `step^order`. */
export interface Scheme {
  /** What one halving of the step divides the leading error by: 4 for central, 2 for one-sided quotients. */
  readonly contraction: 2 | 4;
  /** Highest column of the extrapolation table. */
  readonly columns: number;
  /** Bound on the rounding of an extrapolated quotient, in units of eps·max|f|/h. */
  readonly kappa: number;
  /** The point of differentiation: its own rounding inside f is part of the error. */
  readonly x: number;
  /** Values that differ by no more than rounding of this are the same; 0 where their own size says it. */
  readonly floor: number;
  /** Null where the function is not finite at this step. */
  quotient(step: number): Sampling<Quotient | null>;
}

/** Asks for one value and takes note of it. */
export function* observe(seen: Observations, argument: number): Sampling<number> {
  const value = yield argument;
  seen.evaluations++;
  if (Number.isFinite(value)) seen.scale = Math.max(seen.scale, Math.abs(value));
  return value;
}

interface Candidate {
  readonly value: number;
  readonly step: number;
  readonly flat: boolean;
  /** The part of the error that is known from rounding alone. */
  readonly rounding: number;
  error: number;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

/** Rungs in sequence that look like one smooth function; a new section begins where they do not. */
interface Section {
  /** Last row of the extrapolation table. */
  row: readonly number[];
  /** How far the raw quotient moved at the last rung. */
  shift: number;
  /** The function values of each row. */
  readonly ranges: Range[];
  readonly candidates: Candidate[];
}

function newSection(): Section {
  return { row: [], shift: Infinity, ranges: [], candidates: [] };
}

/** A_k = (c^k·A_{k-1} - P_{k-1}) / (c^k - 1), c the contraction and P the row before. */
function extrapolate(quotient: number, previous: readonly number[], scheme: Scheme): number[] {
  const row = [quotient];
  let weight: number = scheme.contraction;
  for (const [column, before] of previous.slice(0, scheme.columns).entries()) {
    const current = row[column] ?? quotient;
    row.push(current + (current - before) / (weight - 1));
    weight *= scheme.contraction;
  }
  return row;
}

/** The entry of a row with the least error, max(|A_k - A_{k-1}|, |A_k - P_{k-1}|) + rounding. */
function bestOfRow(row: readonly number[], previous: readonly number[], rounding: number): BestEntry {
  let best: BestEntry = { column: 0, value: row[0] ?? NaN, error: Infinity };
  for (let column = 1; column < row.length; column++) {
    const value = row[column] ?? NaN;
    const ownShift = Math.abs(value - (row[column - 1] ?? NaN));
    const error = Math.max(ownShift, Math.abs(value - (previous[column - 1] ?? NaN))) + rounding;
    if (error < best.error) best = { column, value, error };
  }
  return best;
}

interface BestEntry {
  readonly column: number;
  readonly value: number;
  readonly error: number;
}

/** Bound on the noise of an extrapolated quotient times its step: kappa·eps·max|f|. */
function valueRounding(scheme: Scheme, seen: Observations): number {
  return EPSILON * scheme.kappa * Math.max(seen.scale, SMALLEST_NORMAL);
}

/**
 * Noise of the values over h (kappa·eps·max|f| unless more was measured), and eps·|x·f'|/h because a function
 * that rounds something proportional to x (as exp(3x) does) answers for an argument that is off by that much.
 */
function roundingTerm(scheme: Scheme, quotient: number, step: number, noise: number): number {
  const argument = EPSILON * Math.abs(scheme.x) * Math.abs(quotient);
  return (noise + argument) / step;
}

/** Adds a rung to a section. */
function extend(section: Section, quotient: Quotient, step: number, rounding: number, scheme: Scheme): Rung {
  const previous = section.row;
  section.row = extrapolate(quotient.value, previous, scheme);
  if (previous[0] !== undefined) section.shift = Math.abs(quotient.value - previous[0]);
  section.ranges.push({ low: Math.min(...quotient.samples), high: Math.max(...quotient.samples) });
  const { column, value, error } = bestOfRow(section.row, previous, rounding);
  doubt(section, error);
  // An entry of column k is made of the last k + 1 rows.
  section.candidates.push({ value, step, error, rounding, flat: isFlat(rangeOf(section.ranges.slice(-column - 1)), scheme.floor) });
  return { step, value, error };
}

/**
 * Two noisy numbers may agree by chance. Real noise then shows at the next rung, where it is about twice as
 * large: an error that much worse takes away what the last rung claimed.
 */
function doubt(section: Section, nextError: number): void {
  const last = section.candidates.at(-1);
  if (last !== undefined && Number.isFinite(nextError)) last.error = Math.max(last.error, nextError / CHANCE_FACTOR);
}

function bestOf(section: Section): Candidate | null {
  return section.candidates.reduce<Candidate | null>(
    (best, candidate) => (best === null || candidate.error < best.error ? candidate : best),
    null,
  );
}

function rangeOf(ranges: readonly Range[]): Range {
  return { low: Math.min(...ranges.map((r) => r.low)), high: Math.max(...ranges.map((r) => r.high)) };
}

function isFlat({ low, high }: Range, floor: number): boolean {
  return high - low <= FLAT_ROUNDINGS * EPSILON * Math.max(Math.abs(low), Math.abs(high), floor);
}

/**
 * Quotients of a smooth function move less at each halving. When they move more, and not by rounding, the
 * steps before were too large for what lies around x (a kink nearby, an oscillation): they prove nothing.
 */
function contradicts(section: Section, quotient: Quotient, rounding: number): boolean {
  const [last] = section.row;
  if (section.ranges.length < 2 || last === undefined) return false;
  return Math.abs(quotient.value - last) > section.shift + rounding;
}

/** Why a ladder ends: nothing left to gain, rounding has taken over, or the steps ran out. */
type Ending = 'accurate' | 'rounding' | 'exhausted';

function endingOf(sections: readonly Section[], sufficientError: number): Ending | null {
  const section = sections.at(-1);
  if (section === undefined || section.ranges.length < 2) return null;
  const best = bestOf(section);
  const last = section.candidates.at(-1);
  if (best === null || last === undefined) return null;
  const { low, high } = rangeOf(section.ranges.slice(-2));
  if (low === high || best.error <= sufficientError * Math.abs(best.value)) return 'accurate';
  return last.rounding > ROUNDING_STOP * best.error ? 'rounding' : null;
}

/**
 * A function whose period divides all steps looks constant or linear on them. Where steps are large enough
 * for a usual period, one more quotient at an incommensurable step has to lie as near as the last.
 */
function* isConfirmed(
  sections: readonly Section[],
  scheme: Scheme,
  step: number,
  seen: Observations,
): Sampling<boolean> {
  const section = sections.at(-1) ?? newSection();
  const best = bestOf(section);
  const [last] = section.row;
  if (best === null || last === undefined || step < ALIASING_STEP) return true;
  const witness = yield* scheme.quotient(step * WITNESS_RATIO);
  if (witness === null) return false;
  const rounding = roundingTerm(scheme, witness.value, step * WITNESS_RATIO, valueRounding(scheme, seen));
  return Math.abs(witness.value - best.value) <= Math.abs(last - best.value) + rounding;
}

/**
 * The best estimate. The section of the smallest steps decides; an earlier one with a smaller error
 * is taken only while the two agree within their errors.
 */
function choose(sections: readonly Section[]): Estimate | null {
  let chosen: Candidate | null = null;
  for (const section of sections.toReversed()) {
    const best = bestOf(section);
    if (best === null || best.error === Infinity) continue;
    if (chosen !== null && Math.abs(best.value - chosen.value) > best.error + chosen.error) break;
    if (chosen === null || best.error < chosen.error) chosen = best;
  }
  if (chosen === null) return null;
  const { value, error, step, flat } = chosen;
  return { value, errorBound: error, step, flat };
}

/** Halves the step until the function is finite on it. */
function* firstFinite(scheme: Scheme, start: number, smallest: number): Sampling<Attempt | null> {
  let step = start;
  for (let i = 0; i < MAX_SEARCH && step >= smallest; i++, step /= 2) {
    const quotient = yield* scheme.quotient(step);
    if (quotient !== null) return { step, quotient };
  }
  return null;
}

/** One step with its quotient; null where the function is not finite. */
interface Attempt {
  readonly step: number;
  readonly quotient: Quotient | null;
}

/** Takes one more step into account; begins a new section where it does not fit the last. */
function feed(sections: Section[], { step, quotient }: Attempt, scheme: Scheme, noise: number): Rung | null {
  const rounding = roundingTerm(scheme, quotient?.value ?? 0, step, noise);
  let section = sections.at(-1);
  if (section === undefined || quotient === null || contradicts(section, quotient, rounding)) {
    section = newSection();
    sections.push(section);
  }
  return quotient === null ? null : extend(section, quotient, step, rounding, scheme);
}

/**
 * How noisy the values are beyond their rounding: what the last entries disagree by, times their step. Where
 * rounding ended the ladder a smooth function has come to rest; where the steps ran out it never did.
 */
function measuredNoise(sections: readonly Section[], ending: Ending): number {
  if (ending === 'accurate') return 0;
  const atRest = ending === 'rounding';
  const candidates = atRest ? (sections.at(-1)?.candidates ?? []) : sections.flatMap((s) => s.candidates);
  const last = candidates.slice(atRest ? -REST_RUNGS : -NOISE_RUNGS).filter((c) => Number.isFinite(c.error));
  return NOISE_MARGIN * Math.max(0, ...last.map((c) => (c.error - c.rounding) * c.step));
}

/** The same quotients once more, with a noise term that fits them. */
function readAgain(attempts: readonly Attempt[], scheme: Scheme, noise: number): Section[] {
  const sections: Section[] = [];
  for (const attempt of attempts) feed(sections, attempt, scheme, noise);
  return sections;
}

/**
 * Every rung from step `start` down to `smallest`, on past the one that `climb` ends at: for pictures of how the
 * error falls with the step and rises again by rounding. Steps at which the function is not finite have none.
 */
export function* everyRung(scheme: Scheme, range: { readonly start: number; readonly smallest: number }, seen: Observations): Sampling<readonly Rung[]> {
  const sections: Section[] = [];
  const rungs: Rung[] = [];
  let step = range.start;
  for (let tried = 0; tried < MAX_RUNGS && step >= range.smallest; tried++, step /= 2) {
    const rung = feed(sections, { step, quotient: yield* scheme.quotient(step) }, scheme, valueRounding(scheme, seen));
    if (rung !== null) rungs.push(rung);
  }
  return rungs;
}

/**
 * Climbs down from step `start`, halving, until the error is at most `sufficientError`·|value|, the values are
 * all the same, rounding has taken over, or the step falls below `smallest`.
 *
 * @returns the estimate, or null where no two successive steps gave finite values
 */
export function* climb(
  scheme: Scheme,
  range: { readonly start: number; readonly smallest: number },
  sufficientError: number,
  seen: Observations,
  rungs: Rung[],
): Sampling<Estimate | null> {
  const first = yield* firstFinite(scheme, range.start, range.smallest);
  if (first === null) return null;
  const sections: Section[] = [];
  const attempts: Attempt[] = [first];
  let attempt: Attempt = first;
  let ending: Ending = 'exhausted';
  while (attempts.length <= MAX_RUNGS) {
    const rung = feed(sections, attempt, scheme, valueRounding(scheme, seen));
    if (rung !== null) rungs.push(rung);
    const reached = endingOf(sections, sufficientError);
    if (reached !== null) {
      if (yield* isConfirmed(sections, scheme, attempt.step, seen)) {
        ending = reached;
        break;
      }
      sections.push(newSection());
    }
    const step = attempt.step / 2;
    if (step < range.smallest) break;
    attempt = { step, quotient: yield* scheme.quotient(step) };
    attempts.push(attempt);
  }
  const noise = measuredNoise(sections, ending);
  return choose(noise > valueRounding(scheme, seen) ? readAgain(attempts, scheme, noise) : sections);
}
