import type { CheckContext, Finding } from '../../contracts/check.ts';
import type { Trace } from '../../contracts/engine.ts';
import type { Point } from '../../contracts/tensor.ts';
import { backInto, between } from '../../numerics/paths.ts';
import { blameTerm } from '../blame/term.ts';
import type { Descent, Start } from './downhill.ts';
import { finding } from '../finding.ts';
import { freshPoint } from '../fresh-point.ts';
import type { MatchVerdict } from './match.ts';
import { exactPairs, exactPoint, withPrediction, type ExactPair } from './perfect.ts';
import { isLarge, rootMeanSquare, showPoint, tensorOf } from '../point.ts';

/** What the metadata of a loss says about its values. */

/**
 * Below zero, in units of the value at random points. A logarithm of p + 1e-7, as is common, is negative by
 * 1e-7 at p = 1: not what an expectation is about.
 */
const NEGATIVE_SHARE = 1e-6;
/**
 * A value at the match that is zero but for guards, in units of the value at random points. An epsilon of 1e-6 in a
 * quotient of areas of 0.05 leaves 2e-5; the root of an epsilon of 1e-6, a common offset, is 1e-3.
 */
const ZERO_SHARE = 1e-4;
/** How much lower than at the match counts, in the same units: more than a clip at 1e-7 can make. */
const LOWER_SHARE = 1e-6;
/** Shares of the way from the match to a random prediction: the optimum of a small regulariser is near. */
const SHARES = [1e-3, 1e-2, 0.1, 0.5];
/** Steps against the gradient at the match, relative to the size of the prediction. */
const STEPS = [1e-3, 1e-2, 0.1];

export interface Judged {
  readonly findings: readonly Finding[];
  /** Why something that is declared could not be looked at. */
  readonly undecided: readonly string[];
  /** What was looked at. */
  readonly confirmed: readonly string[];
}

export function judgeExpectations(context: CheckContext, starts: readonly Start[], descents: readonly Descent[], match: MatchVerdict): Judged {
  const { nonNegative, zeroAtMatch, minimisedAtTarget } = context.expectations;
  const parts = [
    ...(nonNegative === true ? [judgeSign(context, starts, descents)] : []),
    ...(zeroAtMatch === true ? [judgeZero(context, starts)] : []),
    ...(minimisedAtTarget === true ? [judgeMinimum(context, starts, match)] : []),
  ];
  return {
    findings: parts.flatMap(({ findings }) => findings),
    undecided: parts.flatMap(({ undecided }) => undecided),
    confirmed: parts.flatMap(({ confirmed }) => confirmed),
  };
}

function found(...findings: readonly Finding[]): Judged {
  return { findings, undecided: [], confirmed: [] };
}

function confirmed(what: string): Judged {
  return { findings: [], undecided: [], confirmed: [what] };
}

function cannotTell(reason: string): Judged {
  return { findings: [], undecided: [reason], confirmed: [] };
}

/** Typical size of the loss: the largest value at a sample. */
function scaleOf(starts: readonly Start[]): number {
  return starts.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
}

const NOT_FINITE = 'the loss is not finite at a perfect prediction, see edge-stability';
const NOTHING_TO_EQUAL = 'no prediction can be equal to a target, by shape and domain';

/** Domains in which every coordinate may be moved by itself, so that a descent ends at a point of the domain. */
const FREE: readonly unknown[] = ['real', 'logit', 'probability', 'positive', 'nonnegative'];

interface Seen {
  readonly at: string;
  readonly value: number;
  readonly point: Point;
}

function judgeSign(context: CheckContext, starts: readonly Start[], descents: readonly Descent[]): Judged {
  const { reference, inputs, samples, edges } = context;
  const pairs = exactPairs(inputs, false);
  const base = samples[0]?.point ?? {};
  const given = edges.map((edge, index) => ({ at: `edges[${index}]`, point: { ...base, ...edge } }));
  const matches = pairs.length === 0 ? [] : starts.map(({ point }) => ({ at: 'at a perfect prediction', point: exactPoint(point, pairs) }));
  const isFree = inputs.every(({ role, domain }) => role !== 'prediction' || FREE.includes(domain) || typeof domain === 'object');
  const ends = isFree ? descents.map(({ end, point }) => ({ at: 'after a short descent', value: end, point })) : [];
  const seen: readonly Seen[] = [
    ...starts.map(({ value, point }) => ({ at: 'at a random point', value, point })),
    ...[...given, ...matches].map((place) => ({ ...place, value: reference.scalar(place.point) })),
    ...ends,
  ];
  const limit = -NEGATIVE_SHARE * scaleOf(starts);
  const negative = seen.find(({ value }) => value < limit);
  if (negative === undefined) return confirmed(`not negative at ${seen.length} points`);
  const { at, value, point } = negative;
  const where = blameTerm([{ from: null, to: reference.trace(point, context.differentiable) }]);
  return found(finding('negative-value', { value, at, point: showPoint(point) }, { severity: 'warning', ...where }));
}

function judgeZero(context: CheckContext, starts: readonly Start[]): Judged {
  const { reference, inputs } = context;
  // A second prediction beside the same target may be a second head, which must match too, or a variance.
  const readings = [exactPairs(inputs, false), exactPairs(inputs, true)].filter((pairs) => pairs.length > 0);
  if (readings.length === 0) return cannotTell(`expect.zeroAtMatch: ${NOTHING_TO_EQUAL}`);
  const limit = ZERO_SHARE * scaleOf(starts);
  const offsets = readings.map((pairs) =>
    starts.map((start) => exactPoint(start.point, pairs)).map((point) => ({ point, value: reference.scalar(point) })),
  );
  if (offsets.flat().some(({ value }) => !Number.isFinite(value))) return cannotTell(`expect.zeroAtMatch: ${NOT_FINITE}`);
  if (offsets.some((seen) => seen.every(({ value }) => Math.abs(value) <= limit))) return confirmed('zero at a perfect prediction');
  const worst = offsets[0]?.find(({ value }) => Math.abs(value) > limit);
  if (worst === undefined) return confirmed('zero at a perfect prediction');
  const where = blameTerm([{ from: null, to: reference.trace(worst.point, context.differentiable) }]);
  return found(finding('not-zero-at-match', { value: worst.value, point: showPoint(worst.point) }, { severity: 'warning', ...where }));
}

function judgeMinimum(context: CheckContext, starts: readonly Start[], match: MatchVerdict): Judged {
  // The same defect, already told with its sign.
  if (match.kind === 'worse') return found();
  const pairs = exactPairs(context.inputs, false);
  if (pairs.length === 0) {
    // That a perfect prediction is better is in the summary already.
    return match.kind === 'better' ? found() : cannotTell(`expect.minimisedAtTarget: ${NOTHING_TO_EQUAL}`);
  }
  const limit = LOWER_SHARE * scaleOf(starts);
  for (const [index, { point }] of (isLarge(context.inputs) ? starts.slice(0, 1) : starts).entries()) {
    const perfect = exactPoint(point, pairs);
    const matched = context.reference.scalar(perfect);
    if (!Number.isFinite(matched)) return cannotTell(`expect.minimisedAtTarget: ${NOT_FINITE}`);
    const others = [point, freshPoint(context, `minimum ${index}`, 'initial')];
    const lower = pairs
      .flatMap(([prediction]) => around(context, perfect, prediction, others))
      .map((place) => ({ ...place, value: context.reference.scalar(place.point) }))
      .toSorted((a, b) => a.value - b.value)
      .find(({ value }) => value < matched - limit);
    if (lower === undefined) continue;
    const trace = (at: Point): Trace => context.reference.trace(at, context.differentiable);
    const blamed = blameTerm([{ from: trace(perfect), to: trace(lower.point) }]);
    const data = { input: lower.input, matched, lower: lower.value, point: showPoint(lower.point) };
    return found(finding('not-minimised-at-target', data, { severity: 'warning', ...blamed }));
  }
  return confirmed('lowest at a perfect prediction');
}

interface Place {
  readonly input: string;
  readonly point: Point;
}

/** Points of the domain near the match: on the way to other predictions, and against the gradient. */
function around({ reference }: CheckContext, perfect: Point, prediction: ExactPair[0], others: readonly Point[]): readonly Place[] {
  const { name, domain, shape } = prediction;
  const { data } = tensorOf(perfect, name);
  const at = (values: Float64Array): Place => ({ input: name, point: withPrediction(perfect, prediction, values) });
  const onTheWay = others.flatMap((other) => SHARES.map((share) => at(between(domain, shape, data, tensorOf(other, name).data, share))));
  const slope = reference.gradient(perfect, [name]).gradients?.[name]?.data;
  const steepness = slope === undefined ? 0 : rootMeanSquare(slope);
  if (slope === undefined || !(steepness > 0 && Number.isFinite(steepness))) return onTheWay;
  const size = (rootMeanSquare(data) || 1) / steepness;
  const downhill = (step: number): Float64Array => Float64Array.from(data, (value, index) => value - step * size * (slope[index] ?? 0));
  return [...onTheWay, ...STEPS.map((step) => at(backInto(domain, shape, downhill(step))))];
}
