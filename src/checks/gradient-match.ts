import { defineCheck, type CheckContext, type CheckOutcome, type Finding } from '../contracts/check.ts';
import type { InputSpec } from '../contracts/domain.ts';
import type { FindingCode } from '../contracts/findings.ts';
import { unravel, type Point, type TensorData } from '../contracts/tensor.ts';
import { domainBounds } from '../numerics/domains.ts';
import { judgeInput, relativeError, type InputVerdict, type JudgedCoordinate } from '../numerics/verdict.ts';
import { blameJump } from './blame/jump.ts';
import { blameNonFiniteGradient } from './blame/non-finite.ts';
import { blameWrongGradient } from './blame/wrong-gradient.ts';
import { carrierOf } from './carried.ts';
import { compareCoordinate, lossAlong, type AlongCoordinate, type Bounds, type ComparedCoordinate } from './compare.ts';
import { roundingMagnitude } from './conditioning.ts';
import { constantFactor } from './factor.ts';
import { finding, skip, statusOf, titleOf } from './finding.ts';
import { showPoint, tensorOf } from './point.ts';
import { jumpFindings } from './jumps.ts';
import { places, type Place } from './places.ts';
import { smallest } from './shrink.ts';
import { tieFindings } from './ties.ts';

/** Coordinates times elements: what keeps an input of half a million elements within seconds. */
const MAX_WORK = 2e6;
const MIN_COORDINATES = 4;

/** Before all points are known: how small a zero must be is seen from the others. */
type Unjudged = Omit<Compared, 'verdict'>;

interface Compared {
  readonly place: Place;
  readonly input: string;
  readonly size: number;
  readonly coordinates: readonly ComparedCoordinate[];
  readonly verdict: InputVerdict;
}

/** Does autograd agree with finite differences in float64, coordinate by coordinate? */
export const gradientMatch = defineCheck({
  id: 'gradient-match',
  title: 'autograd equals finite differences',
  severity: 'error',
  precision: 64,
  run(context): CheckOutcome {
    if (context.differentiable.length === 0) return skip('no input has the role prediction or parameter');
    const compared = judge(places(context).flatMap((place) => compareAt(context, place)));
    const deciding = compared.filter(({ place }) => place.decides);
    if (deciding.length === 0) return skip('there is no gradient to compare: see scalar-output and gradient-flow');
    const found = mergeByCause(compared.flatMap((one) => findingsOf(context, one).map((finding) => ({ finding, compared: one }))));
    const findings = [...found.map((one) => shrunk(context, one)), ...jumpFindings(context), ...kinkNotes(compared)];
    return summarise(mergeFindings(findings), deciding);
  },
});

/** A zero is confirmed when its bound is below this share of the gradient that the input has elsewhere. */
const ZERO_SHARE = 1e-3;

/**
 * The verdict of each input at each point, with zeros weighed first.
 *
 * Zero on both sides of a flat spot says only that the derivative is below the bound. Beside a gradient of
 * 1e-5 a bound of 0.03 says nothing: such a zero is not resolved.
 */
function judge(compared: readonly Unjudged[]): readonly Compared[] {
  const scales = new Map<string, number>();
  for (const { input, coordinates } of compared) {
    const seen = coordinates.filter(({ flat, kind }) => kind === 'plain' && !flat).map(({ numeric }) => Math.abs(numeric));
    scales.set(input, Math.max(scales.get(input) ?? 0, ...seen.filter(Number.isFinite)));
  }
  return compared.map((one) => {
    const limit = ZERO_SHARE * (scales.get(one.input) ?? 0);
    const coordinates = one.coordinates.map((coordinate) =>
      isFlatZero(coordinate) && !(coordinate.errorBound <= limit) ? { ...coordinate, kind: 'doubtful' as const, verdict: 'inconclusive' as const } : coordinate,
    );
    return { ...one, coordinates, verdict: judgeInput(coordinates.map(toJudged)) };
  });
}

function isFlatZero({ kind, verdict, flat, analytic, numeric, errorBound }: ComparedCoordinate): boolean {
  return kind === 'plain' && verdict === 'pass' && flat && Math.max(Math.abs(analytic), Math.abs(numeric)) <= errorBound;
}

/** One input at one point: autograd's gradient, and what it takes to compare it. */
export interface Measured {
  readonly place: Place;
  readonly input: string;
  readonly gradient: ArrayLike<number>;
  /** The coordinates that are compared. */
  readonly positions: readonly number[];
  readonly bounds: Bounds;
  readonly along: (position: number) => AlongCoordinate;
}

export function measuredAt(context: CheckContext, place: Place): readonly Measured[] {
  const trace = context.reference.trace(place.point, context.differentiable);
  const { evaluation, gradients } = trace;
  if (evaluation.kind !== 'tensor' || gradients === null) return [];
  // At an edge the value itself may be infinite: that is for edge-stability to say.
  if (!place.isRandom && !evaluation.tensor.data.every(Number.isFinite)) return [];
  const magnitude = roundingMagnitude(context, place.point, trace);
  return context.differentiable.flatMap((input) => {
    const gradient: TensorData | null = gradients[input] ?? null;
    if (gradient === null) return [];
    const { data } = tensorOf(place.point, input);
    const limit = Math.min(place.coordinates, Math.max(MIN_COORDINATES, Math.floor(MAX_WORK / data.length)));
    const positions = choose(data.length, limit, context.random(`coordinates ${place.label} ${input}`));
    const along = lossAlong(context.reference, place.point, input, carrierOf(context, place.point, trace, input));
    return [{ place, input, gradient: gradient.data, positions, bounds: boundsOf(context, input, magnitude), along }];
  });
}

function compareAt(context: CheckContext, place: Place): readonly Unjudged[] {
  return measuredAt(context, place).map(({ input, gradient, positions, bounds, along }) => ({
    place,
    input,
    size: gradient.length,
    coordinates: positions.map((position) => compareCoordinate(along(position), gradient[position] ?? NaN, position, bounds, context.rtol)),
  }));
}

/** Kinks, jumps and stationary points carry their own verdict; what is plain is judged by its numbers. */
function toJudged({ kind, verdict, ...numbers }: ComparedCoordinate): JudgedCoordinate {
  return kind === 'plain' ? numbers : { ...numbers, verdict };
}

function boundsOf(context: CheckContext, input: string, magnitude: number): Bounds {
  const { lower, upper } = domainBounds(specOf(context, input)?.domain ?? 'real');
  return { lower, upper, magnitude };
}

function specOf(context: CheckContext, input: string): InputSpec | undefined {
  return context.inputs.find(({ name }) => name === input);
}

/** All positions, or a random choice without repetition where there are too many. */
function choose(size: number, limit: number, random: () => number): readonly number[] {
  const all = Array.from({ length: size }, (_, index) => index);
  if (size <= limit) return all;
  for (let index = 0; index < limit; index++) {
    const other = index + Math.floor(random() * (size - index));
    const swapped = all[index] ?? 0;
    all[index] = all[other] ?? 0;
    all[other] = swapped;
  }
  return all.slice(0, limit);
}

function findingsOf(context: CheckContext, compared: Compared): readonly Finding[] {
  const { place, input, coordinates, verdict } = compared;
  const failed = coordinates.filter(({ verdict: one }) => one === 'fail');
  const found = [
    ...mismatch(context, compared, failed.filter(({ kind }) => kind === 'plain')),
    ...failed.filter(({ kind }) => kind === 'kink').slice(0, 1).map((coordinate) => invalidSubgradient(context, compared, coordinate)),
    ...failed.filter(({ kind }) => kind === 'jump').slice(0, 1).map((coordinate) => discontinuous(context, compared, coordinate)),
    ...(failed.length === 0 ? tieFindings(context, place, input, coordinates) : []),
  ];
  if (found.length > 0 || !place.decides || verdict.status !== 'inconclusive') return found;
  const { unresolved, unresolvedShare: share, smallestDetectable } = verdict;
  return [finding('unresolved', { input, unresolved, coordinates: coordinates.length, share, smallestDetectable }, { severity: 'info' })];
}

function indexOf({ point }: Place, input: string, position: number): number[] {
  return unravel(position, tensorOf(point, input).shape);
}

function mismatch(context: CheckContext, { place, input, coordinates, verdict }: Compared, failed: readonly ComparedCoordinate[]): readonly Finding[] {
  const worst = coordinates[verdict.worst];
  const shown = worst !== undefined && failed.includes(worst) ? worst : failed[0];
  if (shown === undefined) return [];
  const { analytic, numeric, errorBound, position } = shown;
  const { blame, op, location } = Number.isFinite(analytic)
    ? blameWrongGradient(context, place.point, input)
    : { blame: null, ...blameNonFiniteGradient(context.reference.trace(place.point, context.differentiable)) };
  const factor = constantFactor(coordinates, specOf(context, input));
  const data = {
    input,
    index: indexOf(place, input, position),
    analytic,
    numeric,
    relativeError: relativeError(analytic, numeric),
    errorBound,
    wrong: failed.length,
    coordinates: coordinates.length,
    blame,
    op,
    factor: factor?.value ?? null,
    factorMeaning: factor?.meaning ?? null,
    at: place.label,
    point: showPoint(place.point),
  };
  return [finding('gradient-mismatch', data, { location, op })];
}

function invalidSubgradient(context: CheckContext, { place, input }: Compared, coordinate: ComparedCoordinate): Finding {
  const { analytic, left, right, position } = coordinate;
  const { op, location } = Number.isFinite(analytic)
    ? blameWrongGradient(context, place.point, input)
    : blameNonFiniteGradient(context.reference.trace(place.point, context.differentiable));
  const data = { input, index: indexOf(place, input, position), analytic, left: left ?? NaN, right: right ?? NaN, at: place.label, point: showPoint(place.point) };
  return finding('invalid-subgradient', data, { location, op });
}

function discontinuous(context: CheckContext, { place, input }: Compared, { jump, position }: ComparedCoordinate): Finding {
  const { op, location } = blameJump(context, place.point, input, position);
  const data = { input, index: indexOf(place, input, position), jump: jump ?? NaN, at: place.label, point: showPoint(place.point) };
  return finding('discontinuous', data, { location, op });
}

/** One note for each input that was checked on a kink and found right. */
function kinkNotes(compared: readonly Compared[]): readonly Finding[] {
  return compared.flatMap(({ place, input, coordinates }) => {
    const kinks = coordinates.filter(({ kind, verdict }) => kind === 'kink' && verdict === 'pass').length;
    return kinks === 0 ? [] : [finding('kink', { input, coordinates: kinks, at: place.label }, { severity: 'info' })];
  });
}

/** A finding and the comparison that showed it. */
interface Found {
  readonly finding: Finding;
  readonly compared: Compared;
}

/** The same mistake shows at every point: it is reported once, where it showed first. */
function mergeByCause(found: readonly Found[]): readonly Found[] {
  const kept = new Set(mergeFindings(found.map(({ finding }) => finding)));
  return found.filter(({ finding }) => kept.has(finding));
}

function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, data, location, severity }) => {
    const input = 'input' in data ? data.input : '';
    const key = severity === 'info' && code !== 'unresolved' ? JSON.stringify([code, data]) : [code, input, location?.file, location?.line, location?.column].join('|');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** How a coordinate fails that leads to a finding of each code. */
const KINDS: Readonly<Partial<Record<FindingCode, ComparedCoordinate['kind']>>> = {
  'gradient-mismatch': 'plain',
  'invalid-subgradient': 'kink',
  discontinuous: 'jump',
};

/** The same failure at a smaller point; how far it reaches is said of the point where it was found. */
function shrunk(context: CheckContext, { finding: original, compared }: Found): Finding {
  const kind = KINDS[original.code];
  if (kind === undefined) return original;
  const { input, place } = compared;
  const again = (point: Point): readonly Unjudged[] =>
    compareAt({ ...context, differentiable: [input] }, { ...place, point }).filter((one) => one.input === input);
  return smallest(context, original, place.point, {
    fails: (point) => again(point).some(({ coordinates }) => coordinates.some((one) => one.verdict === 'fail' && one.kind === kind)),
    show: (point) => {
      const shown = judge(again(point)).flatMap((one) => findingsOf(context, one)).find(({ code }) => code === original.code);
      if (shown?.code !== 'gradient-mismatch' || original.code !== 'gradient-mismatch') return shown ?? null;
      const { wrong, coordinates, factor, factorMeaning } = original.data;
      return { ...shown, data: { ...shown.data, wrong, coordinates, factor, factorMeaning } };
    },
  });
}

function summarise(findings: readonly Finding[], deciding: readonly Compared[]): CheckOutcome {
  const coordinates = deciding.reduce((total, one) => total + one.coordinates.length, 0);
  const maxRelativeError = Math.max(...deciding.map(({ verdict }) => verdict.maxRelativeError));
  // Points at which every derivative is zero (an inactive hinge) have nothing to compare.
  const informative = deciding.map(({ verdict }) => verdict.smallestDetectable).filter(Number.isFinite);
  const smallestDetectable = informative.length === 0 ? Infinity : Math.max(...informative);
  const unresolved = deciding.reduce((total, { verdict }) => total + verdict.unresolved, 0);
  const metrics = { coordinates, unresolved, maxRelativeError, smallestDetectable };
  const status = statusOf(findings);
  const isUndecided = informative.length === 0 || deciding.some(({ verdict }) => verdict.status === 'inconclusive');
  const undecided = `${unresolved} of ${coordinates} coordinates could not be resolved`;
  if (status !== 'pass') {
    const first = findings.find(({ severity }) => severity === (status === 'fail' ? 'error' : 'warning'));
    const outcome = { status, summary: first === undefined ? '' : titleOf(first.code), metrics, findings };
    return isUndecided ? { ...outcome, undecided } : outcome;
  }
  if (isUndecided) return { status: 'inconclusive', summary: undecided, metrics, findings };
  const skipped = deciding.filter(({ size, coordinates: { length } }) => length < size);
  const chosen = skipped.length > 0 ? ` (chosen at random from ${deciding.reduce((total, { size }) => total + size, 0)})` : '';
  const summary = `${coordinates} coordinates${chosen}, relative error at most ${maxRelativeError.toExponential(1)}, would have seen ${smallestDetectable.toExponential(1)}`;
  return { status, summary, metrics, findings };
}
