import { defineCheck, type CheckContext, type CheckOutcome, type Finding } from '../contracts/check.ts';
import type { Trace } from '../contracts/engine.ts';
import type { Point } from '../contracts/tensor.ts';
import { blameTerm } from './blame/term.ts';
import { descend, directionOf, uphillFindings, type Descent, type Start } from './descents/downhill.ts';
import { judgeExpectations } from './descents/expectations.ts';
import { conclude, finding, skip } from './finding.ts';
import { freshPoint } from './fresh-point.ts';
import { judgeMatch, type MatchVerdict } from './descents/match.ts';
import { perfectPoint } from './descents/perfect.ts';
import { isLarge, showPoint } from './point.ts';
import { findFalls } from './descents/runaway.ts';

/** A regulariser goes either way from a random prediction to a perfect one: at all of these the same once in 32 times. */
const TRACED_POINTS = 6;

const NOT_LOWERED = 'no step against the gradient changes the loss by more than rounding';
const BY_DESIGN = 'expect.minimisedAtTarget is false';

/** Does a short gradient descent lower the loss, and is a perfect prediction better than a random one? */
export const descent = defineCheck({
  id: 'descent',
  title: 'downhill, towards the target',
  severity: 'warning',
  precision: 64,
  run(context): CheckOutcome {
    const { expectations } = context;
    const starts = startsOf(context);
    if (starts === null) return skip('there is no finite scalar to lower: see scalar-output');
    const way = judgeWay(context, starts);
    const isMeant = expectations.minimisedAtTarget === false;
    const match: MatchVerdict = isMeant ? { kind: 'undecided', reason: BY_DESIGN } : judgeMatch(context);
    const expected = judgeExpectations(context, starts, way.descents, match);
    const findings = [...way.findings, ...signFindings(context, match, isMeant), ...expected.findings];
    const undecided = [...way.undecided, ...expected.undecided].join('; ');
    const isBetter = match.kind === 'better' ? ['a perfect prediction is better than a random one'] : [];
    const said = [...way.confirmed, ...isBetter, ...expected.confirmed];
    const unsaid = [
      ...(way.reason === null ? [] : [`no descent (${way.reason})`]),
      ...(match.kind === 'undecided' ? [`a perfect prediction is not judged (${match.reason})`] : []),
    ];
    const metrics = metricsOf(way, match);
    const evidence = context.details ? evidenceOf(way, match) : {};
    if (findings.length > 0) return { ...conclude(findings, '', metrics), ...evidence, ...(undecided === '' ? {} : { undecided }) };
    if (undecided !== '') return { status: 'inconclusive', summary: undecided, metrics, findings, ...evidence };
    if (said.length === 0) return skip(unsaid.join('; '));
    return { ...conclude([], [...said, ...unsaid].join('; '), metrics), ...evidence };
  },
});

/** Value and gradient at the samples; null unless the loss is a finite scalar at each. */
function startsOf({ reference, samples, inputs, differentiable }: CheckContext): readonly Start[] | null {
  const starts = (isLarge(inputs) ? samples.slice(0, 1) : samples).flatMap(({ point }): readonly Start[] => {
    const { evaluation, gradients } = reference.gradient(point, differentiable);
    if (evaluation.kind !== 'tensor' || evaluation.tensor.data.length !== 1) return [];
    const value = evaluation.tensor.data[0] ?? NaN;
    return Number.isFinite(value) ? [{ point, value, gradients: gradients ?? {} }] : [];
  });
  return starts.length === samples.length || (isLarge(inputs) && starts.length === 1) ? starts : null;
}

interface Way {
  readonly findings: readonly Finding[];
  readonly descents: readonly Descent[];
  readonly undecided: readonly string[];
  readonly confirmed: readonly string[];
  /** Why there is no way to speak of. */
  readonly reason: string | null;
}

function judgeWay(context: CheckContext, starts: readonly Start[]): Way {
  const nothing = { findings: [], descents: [], undecided: [], confirmed: [] };
  const allowed = context.allow.find(({ check }) => check === 'gradient-match');
  // A straight-through or a reversed gradient is not the slope of the loss, and is meant so.
  if (allowed !== undefined) return { ...nothing, reason: `the gradient is not the slope of the loss (allowed: ${allowed.reason})` };
  const sloping = starts.filter((start) => context.differentiable.some((input) => directionOf(start, input) !== null));
  if (sloping.length === 0) return { ...nothing, reason: 'there is no gradient to follow: see gradient-flow' };
  const findings = uphillFindings(context, sloping);
  const descents = sloping.map((start) => descend(context, start, context.differentiable));
  const lowered = descents.filter(({ steps }) => steps > 0);
  if (findings.length > 0) return { ...nothing, findings, descents, reason: null };
  if (lowered.length === 0) return { ...nothing, descents, undecided: [NOT_LOWERED], reason: null };
  const most = lowered.reduce((longest, { steps }) => Math.max(longest, steps), 0);
  const confirmed = [`${most} ${most === 1 ? 'step lowers' : 'steps lower'} the loss at ${lowered.length} of ${sloping.length} starts`];
  return { ...nothing, descents, confirmed, reason: null };
}

/** A wrong sign, told once: what happens at the target says more than that there is no minimum. */
function signFindings(context: CheckContext, match: MatchVerdict, isMeant: boolean): readonly Finding[] {
  const { reference, differentiable, inputs } = context;
  const traced = isLarge(inputs) ? 1 : TRACED_POINTS;
  const trace = (point: Point): Trace => reference.trace(point, differentiable);
  if (match.kind === 'worse') {
    const { encoding, matched, random, samples, of, point } = match;
    const { prediction, target, form, only } = encoding;
    const data = { input: prediction.name, target: target.name, form, label: only, matched, random, samples, of, point: showPoint(point) };
    const ways = Array.from({ length: traced }, (_, index) => freshPoint(context, `blame ${index}`, 'initial'));
    const blamed = blameTerm(ways.map((from) => ({ from: trace(from), to: trace(perfectPoint(from, encoding)) })));
    return [finding('worse-at-match', data, { severity: 'warning', ...blamed })];
  }
  // Corrections for noisy labels have no minimum either, and yet lead to their target.
  const isRight = match.kind === 'better' && match.isDeclared;
  const falls = isMeant || isRight ? null : findFalls(context);
  const [first] = falls ?? [];
  if (falls === null || first === undefined) return [];
  const { input, start, end, distance, from } = first;
  const blamed = blameTerm(falls.slice(0, traced).map((fall) => ({ from: trace(fall.from), to: trace(fall.point) })));
  return [finding('unbounded-below', { input, start, end, distance, point: showPoint(from) }, { severity: 'warning', ...blamed })];
}

function evidenceOf({ descents }: Way, match: MatchVerdict): Pick<CheckOutcome, 'evidence'> {
  const atMatch = match.kind === 'undecided' ? null : match.matched;
  if (descents.length === 0 && atMatch === null) return {};
  return { evidence: [{ kind: 'descent', losses: descents.map(({ values }) => values), atMatch }] };
}

function metricsOf({ descents }: Way, match: MatchVerdict): Readonly<Record<string, number>> {
  const lowered = descents.length === 0 ? {} : { lowered: descents.filter(({ steps }) => steps > 0).length / descents.length };
  if (match.kind === 'undecided') return lowered;
  const ratio = match.kind === 'better' ? match.ratio : match.matched / match.random;
  return { ...lowered, matchedToRandom: ratio };
}
