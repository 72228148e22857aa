import type { CheckContext } from '../../contracts/check.ts';
import type { CoordinatesReport, EvidenceReport } from '../../contracts/evidence.ts';
import { relativeError } from '../../numerics/verdict.ts';
import { drawn, lineAlong } from '../line.ts';
import { tensorOf } from '../point.ts';
import { differencesAt } from './compare.ts';
import type { Failure } from './findings.ts';
import { measuredAt, type Compared, type Measured } from './measure.ts';
import { isManyElements, type Place } from './places.ts';
import { stepsAt, type Spot } from './steps.ts';

/** What comparisons saw, for pictures. Nothing in here decides. */

/** Points along a slice; fewer where each takes a call that is worth many. */
const SLICE_POINTS = 41;
const SLICE_POINTS_SLOW = 15;
/** Coordinates that are listed; of more than these the worst. */
const MOST_LISTED = 4096;

/**
 * The steps at each finding's coordinate; with details also those at the worst coordinate of an input without any, a
 * slice through each of these, and the coordinates of every input.
 *
 * @param first what it took to compare the first point
 */
export function gradientEvidence(context: CheckContext, compared: readonly Compared[], first: readonly Measured[], failures: readonly Failure[]): readonly EvidenceReport[] {
  // What is called once more is another function then, and so is what later checks look at.
  if (context.source.stateWrites().length > 0) return [];
  const failed = failures.flatMap((failure) => spotOfFailure(context, failure));
  if (!context.details) return failed.flatMap((spot) => stepsAt(spot) ?? []);
  const worst = context.differentiable.flatMap((input) => worstOf(compared.filter((one) => one.input === input)) ?? []);
  const passed = worst.filter(({ input }) => !failed.some(({ measured }) => measured.input === input)).flatMap((one) => worstSpot(context, one, first));
  const spots = [...failed, ...passed];
  return [...spots.flatMap((spot) => stepsAt(spot) ?? []), ...worst.map((one) => coordinatesOf(context, one)), ...spots.map((spot) => sliceAt(context, spot))];
}

/** The coordinate that a finding names, at the point that it is shown at; none for findings about no coordinate. */
function spotOfFailure(context: CheckContext, { finding, compared: { place }, point }: Failure): readonly Spot[] {
  if (finding.code !== 'gradient-mismatch' && finding.code !== 'invalid-subgradient' && finding.code !== 'discontinuous') return [];
  const { input, index } = finding.data;
  const position = tensorOf(point, input).shape.reduce((flat, dimension, axis) => flat * dimension + (index[axis] ?? 0), 0);
  const numeric = finding.code === 'gradient-mismatch' ? finding.data.numeric : null;
  return measure(context, { ...place, point }, input).map((measured) => ({ measured, position, numeric }));
}

function measure(context: CheckContext, place: Place, input: string): readonly Measured[] {
  return measuredAt({ ...context, differentiable: [input] }, place).filter((one) => one.input === input);
}

/** Where one input came off worst: at a failure, else at the largest relative error of the points that decide. */
function worstOf(compared: readonly Compared[]): Compared | null {
  const badness = ({ verdict }: Compared): number => (verdict.status === 'fail' ? Infinity : verdict.maxRelativeError);
  return compared
    .filter(({ place, verdict, coordinates }) => coordinates.length > 0 && (place.decides || verdict.status === 'fail'))
    .reduce<Compared | null>((worst, one) => (worst === null || badness(one) > badness(worst) ? one : worst), null);
}

function worstSpot(context: CheckContext, { place, input, coordinates, verdict }: Compared, first: readonly Measured[]): readonly Spot[] {
  const worst = coordinates.at(verdict.worst);
  if (worst === undefined) return [];
  const known = first.filter((one) => one.place === place && one.input === input);
  const numeric = worst.kind === 'plain' && worst.verdict === 'pass' ? worst.numeric : null;
  return (known.length > 0 ? known : measure(context, place, input)).map((measured) => ({ measured, position: worst.position, numeric }));
}

function coordinatesOf({ rtol }: CheckContext, { place, input, shape, coordinates }: Compared): CoordinatesReport {
  const all = coordinates.filter(() => true);
  const badness = all.map(({ verdict, analytic, numeric }) => (verdict === 'fail' ? Infinity : relativeError(analytic, numeric)));
  const least = badness.length > MOST_LISTED ? (Float64Array.from(badness).sort().at(-MOST_LISTED) ?? 0) : -1;
  const above = all.filter((_, row) => (badness[row] ?? 0) > least);
  const level = all.filter((_, row) => badness[row] === least).slice(0, MOST_LISTED - above.length);
  const listed = [...above, ...level].toSorted((a, b) => a.position - b.position);
  return {
    kind: 'coordinates',
    input,
    at: place.label,
    shape: [...shape],
    positions: listed.map(({ position }) => position),
    analytic: listed.map(({ analytic }) => analytic),
    numeric: listed.map(({ numeric }) => numeric),
    relativeErrors: listed.map(({ analytic, numeric }) => brief(relativeError(analytic, numeric))),
    errorBounds: listed.map(({ errorBound }) => brief(errorBound)),
    wrong: listed.filter(({ verdict }) => verdict === 'fail').map(({ position }) => position),
    compared: coordinates.length,
    rtol,
  };
}

/** Sizes of errors, of which thousands are written down: their first digits tell everything. */
function brief(size: number): number {
  return Number(size.toPrecision(4));
}

function sliceAt(context: CheckContext, { measured, position }: Spot): EvidenceReport {
  const { place, point, input, around } = measured;
  const isSlow = around.alone !== null || isManyElements(context);
  const { x, center, index, at } = lineAlong(context, point, input, position, isSlow ? SLICE_POINTS_SLOW : SLICE_POINTS);
  const lanes = new Int32Array(x.length).fill(position);
  const slope = (there: number): number => context.reference.gradient(at(there), [input]).gradients?.[input]?.data[position] ?? NaN;
  return {
    kind: 'slice',
    input,
    index,
    at: place.label,
    center,
    x: Array.from(x),
    loss: drawn(around.values(lanes, x)),
    analytic: drawn(x.map(slope)),
    numeric: drawn(differencesAt(measured, lanes, x).value),
  };
}
