import type { CheckContext, Finding } from '../../contracts/check.ts';
import type { FindingCode } from '../../contracts/findings.ts';
import { unravel, type Point } from '../../contracts/tensor.ts';
import { relativeError } from '../../numerics/verdict.ts';
import { blameJump } from '../blame/jump.ts';
import { blameNonFiniteGradient } from '../blame/non-finite.ts';
import { blameWrongGradient } from '../blame/wrong-gradient.ts';
import { finding } from '../finding.ts';
import { showPoint, tensorOf } from '../point.ts';
import { smallest } from '../shrink.ts';
import { constantFactor } from './factor.ts';
import { compareAt, judge, specOf, type Compared, type Unjudged } from './measure.ts';
import type { Place } from './places.ts';
import type { ComparedCoordinate } from './table.ts';
import { tieFindings } from './ties.ts';

/** What comparisons that fail amount to: one finding for each cause, at the smallest point that shows it. */
export function explainFailures(context: CheckContext, compared: readonly Compared[]): readonly Failure[] {
  const found = compared.flatMap((one) => findingsOf(context, one).map((finding): Failure => ({ finding, compared: one, point: one.place.point })));
  return mergeByCause(found).map((one) => shrunk(context, one));
}

function findingsOf(context: CheckContext, compared: Compared): readonly Finding[] {
  const { place, input, coordinates, verdict } = compared;
  const failed = coordinates.only({ verdict: 'fail' });
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
  const worst = coordinates.at(verdict.worst);
  const shown = failed.find(({ position }) => position === worst?.position) ?? failed[0];
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
export function kinkNotes(compared: readonly Compared[]): readonly Finding[] {
  return compared.flatMap(({ place, input, coordinates }) => {
    const kinks = coordinates.only({ verdict: 'pass', kind: 'kink' }).length;
    return kinks === 0 ? [] : [finding('kink', { input, coordinates: kinks, at: place.label }, { severity: 'info' })];
  });
}

/** A finding, the comparison that showed it first, and the point that it is shown at. */
export interface Failure {
  readonly finding: Finding;
  readonly compared: Compared;
  readonly point: Point;
}

/** The same mistake shows at every point: it is reported once, where it showed first. */
function mergeByCause(found: readonly Failure[]): readonly Failure[] {
  const kept = new Set(mergeFindings(found.map(({ finding }) => finding)));
  return found.filter(({ finding }) => kept.has(finding));
}

/** One finding for each code, input and place. */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
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

/** The same failure at a smaller point. */
function shrunk(context: CheckContext, failure: Failure): Failure {
  const { finding: original, compared } = failure;
  const kind = KINDS[original.code];
  if (kind === undefined) return failure;
  const points = new Map<Finding, Point>();
  const { input, place } = compared;
  const again = (point: Point): readonly Unjudged[] =>
    compareAt({ ...context, differentiable: [input] }, { ...place, point }).filter((one) => one.input === input);
  const finding = smallest(context, original, place.point, {
    fails: (point) => again(point).some(({ coordinates }) => coordinates.some((one) => one.verdict === 'fail' && one.kind === kind)),
    show: (point) => {
      const shown = judge(again(point)).flatMap((one) => findingsOf(context, one)).find(({ code }) => code === original.code);
      if (shown === undefined) return null;
      const told = toldOf(original, shown);
      points.set(told, point);
      return told;
    },
  });
  return { finding, compared, point: points.get(finding) ?? place.point };
}

/** How far a failure reaches, and by which factor, where it was found: a smaller point shows less of that. */
function toldOf(original: Finding, shown: Finding): Finding {
  if (shown.code !== 'gradient-mismatch' || original.code !== 'gradient-mismatch') return shown;
  const { wrong, coordinates, factor, factorMeaning } = original.data;
  return { ...shown, data: { ...shown.data, wrong, coordinates, factor, factorMeaning } };
}
