import { defineCheck, type CheckContext, type CheckOutcome, type Finding, type Rival } from '../contracts/check.ts';
import { unravel, type Point } from '../contracts/tensor.ts';
import { edgePoints } from './edge-points.ts';
import { conclude, finding, skip, titleOf } from './finding.ts';
import { meaningOfFactor } from './gradients/factor.ts';
import { showPoint, tensorOf } from './point.ts';
import { smallest } from './shrink.ts';
import { factorOf, isFiniteReading, read, relativeError, worstGradient, worstValue, type Difference, type Pair } from './rivals/compare.ts';

/** Two formulas of one loss agree to this much of each number, however their terms are arranged. */
const SAME = 1e-8;
/** At the edges large numbers cancel, and less is left. */
const SAME_AT_EDGE = 1e-6;
/** Below it an epsilon is the likely reason; above, another constant. */
const EPSILON = 1e-5;
/** From here on it is another loss. */
const NEARLY = 1e-3;

/** Is it the built-in loss that somebody named, up to a constant? */
export const against = defineCheck({
  id: 'against',
  title: 'the same as the built-in loss',
  severity: 'error',
  precision: 64,
  run(context): CheckOutcome {
    const rival = context.against;
    if (rival === null) return skip('there is nothing to compare with: see --against');
    if (rival.misfit !== null) return notComparable(rival, rival.misfit);
    const pairs = context.samples.map(({ point }) => pairAt(context, rival, point));
    const without = pairs.find((pair) => typeof pair === 'string');
    if (without !== undefined) return notComparable(rival, without);
    const readings = pairs.filter((pair) => typeof pair !== 'string');
    if (readings.some(({ theirs }) => !isFiniteReading(theirs))) {
      return notComparable(rival, `${rival.id} is not finite everywhere in the domain of this loss`);
    }
    return judge(context, rival, readings);
  },
});

/** A sentence where one of the two has no scalar. */
function pairAt(context: CheckContext, rival: Rival, point: Point): Pair | string {
  const wanted = new Map([...rival.names].filter(([name]) => context.differentiable.includes(name)));
  const mine = read(context.reference, point, new Map([...wanted.keys()].map((name) => [name, name])));
  if (typeof mine === 'string') return `this loss ${mine}`;
  const theirs = read(rival.probe, pointFor(rival, point), wanted);
  return typeof theirs === 'string' ? `${rival.id} ${theirs}` : { point, mine, theirs };
}

function pointFor({ names }: Rival, point: Point): Point {
  return Object.fromEntries([...names].map(([mine, theirs]) => [theirs, tensorOf(point, mine)]));
}

function notComparable({ id }: Rival, reason: string): CheckOutcome {
  const found = finding('not-comparable', { against: id, reason }, { severity: 'info' });
  return { status: 'inconclusive', summary: `${titleOf('not-comparable')}: ${reason}`, metrics: {}, findings: [found] };
}

function judge(context: CheckContext, rival: Rival, pairs: readonly Pair[]): CheckOutcome {
  const measured = factorOf(pairs);
  const factor = Math.abs(measured - 1) <= NEARLY || !Number.isFinite(measured) ? 1 : measured;
  const gradient = worstGradient(pairs, factor);
  const first = pairs[0];
  const rest = first === undefined ? 0 : first.mine.value - factor * first.theirs.value;
  // Without gradients a constant offset and another loss look alike at a few points.
  const offset = gradient === null || isNone(rest, first) ? 0 : rest;
  const value = worstValue(pairs, factor, offset);
  const worst = Math.max(gradient?.relativeError ?? 0, value?.relativeError ?? 0);
  const coordinates = pairs.reduce((total, { mine }) => total + [...mine.gradients.values()].reduce((sum, { length }) => sum + length, 0), 0);
  const metrics = { points: pairs.length, coordinates, maxRelativeError: worst, factor };
  if (worst > NEARLY) return conclude([different(context, rival, pairs)], '', metrics);
  const near = nearly(rival, gradient, value);
  const typical = Math.max(...pairs.map(({ mine }) => Math.abs(mine.value)));
  const edges = atEdges(context, rival, { factor, offset, typical });
  const findings = [...near, ...scaled(context, rival, { factor, offset }), ...edges.findings];
  return conclude(findings, `${inWords(rival, { factor, offset })} at ${pairs.length} random points and ${edges.count} edges, to ${worst === 0 ? 'the last digits' : worst.toPrecision(2)}`, { ...metrics, edges: edges.count });
}

function inWords({ id }: Rival, { factor, offset }: Scale): string {
  const plus = offset === 0 ? '' : ` ${offset < 0 ? '-' : '+'} ${Number(Math.abs(offset).toPrecision(6))}`;
  if (factor !== 1) return `${Number(factor.toPrecision(6))} times ${id}${plus}`;
  return offset === 0 ? `the same as ${id}` : `${id}${plus}`;
}

function isNone(offset: number, pair: Pair | undefined): boolean {
  return Math.abs(offset) <= SAME * Math.max(Math.abs(pair?.mine.value ?? 0), Math.abs(pair?.theirs.value ?? 0));
}

/** Where the two are furthest apart as they stand, without any factor; at the smallest point that shows it. */
function different(context: CheckContext, rival: Rival, pairs: readonly Pair[]): Finding {
  const [{ pair }, found] = furthest(context, rival, pairs);
  const at = (point: Point): Pair | null => {
    const pair = pairAt(context, rival, point);
    return typeof pair === 'string' || !isFiniteReading(pair.mine) || !isFiniteReading(pair.theirs) ? null : pair;
  };
  return smallest(context, found, pair.point, {
    fails: (point) => isApart(at(point)),
    show: (point) => {
      const there = at(point);
      return there === null ? null : furthest(context, rival, [there])[1];
    },
  });
}

function isApart(pair: Pair | null): boolean {
  if (pair === null) return false;
  const [value, gradient] = [worstValue([pair], 1, 0), worstGradient([pair], 1)];
  return Math.max(value?.relativeError ?? 0, gradient?.relativeError ?? 0) > NEARLY;
}

function furthest(context: CheckContext, { id }: Rival, pairs: readonly Pair[]): readonly [Difference, Finding] {
  const value = worstValue(pairs, 1, 0);
  const gradient = worstGradient(pairs, 1);
  const differ = { value: (value?.relativeError ?? 0) > NEARLY, gradient: (gradient?.relativeError ?? 0) > NEARLY };
  const worst = differ.value || gradient === null ? value : gradient;
  if (worst === null) throw new Error('there is no point to compare at');
  const { pair } = worst;
  const here = differ.gradient ? worstGradient([pair], 1) : null;
  const made = finding(
    'different-loss',
    {
      against: id,
      differs: differ.value && differ.gradient ? 'value and gradient' : differ.value ? 'value' : 'gradient',
      mine: pair.mine.value,
      theirs: pair.theirs.value,
      gradient: here?.input == null ? null : { input: here.input, index: unravel(here.entry, tensorOf(pair.point, here.input).shape), mine: here.mine, theirs: here.theirs },
      relativeError: worst.relativeError,
      point: showPoint(pair.point),
    },
    { location: context.source.declaration },
  );
  return [worst, made];
}

function nearly({ id }: Rival, gradient: Difference | null, value: Difference | null): readonly Finding[] {
  const worst = (gradient?.relativeError ?? 0) > (value?.relativeError ?? 0) ? gradient : value;
  if (worst === null || worst.relativeError <= SAME) return [];
  const data = { against: id, relativeError: worst.relativeError, measure: worst.input === null ? 'value' : 'gradient', point: showPoint(worst.pair.point) } as const;
  return [finding('nearly-same', data, { severity: worst.relativeError > EPSILON ? 'warning' : 'info' })];
}

interface Scale {
  readonly factor: number;
  readonly offset: number;
}

function scaled(context: CheckContext, { id }: Rival, { factor, offset }: Scale): readonly Finding[] {
  const { declaration } = context.source;
  const input = context.inputs.find(({ role }) => role === 'prediction');
  const data = { against: id, factor: Number(factor.toPrecision(9)), meaning: meaningOfFactor(factor, input?.shape ?? []) };
  return [
    ...(factor === 1 ? [] : [finding('constant-factor', data, { severity: factor < 0 ? 'error' : 'info', location: factor < 0 ? declaration : null })]),
    ...(offset === 0 ? [] : [finding('constant-offset', { against: id, offset }, { severity: 'info' })]),
  ];
}

interface EdgeDifference {
  readonly label: string;
  readonly point: Point;
  readonly measure: 'value' | 'gradient';
  readonly mine: number;
  readonly theirs: number;
}

/** What a person should see first: one that is not finite, then the largest gap. */
function distance({ mine, theirs }: EdgeDifference): number {
  const gap = Math.abs(mine - theirs);
  return Number.isFinite(gap) ? gap : Infinity;
}

/** Relative to the larger of the two, or to what the loss is elsewhere: next to that, 1e-7 is as good as 0. */
function edgeError(a: number, b: number, typical: number): number {
  const isFinite = Number.isFinite(a) && Number.isFinite(b);
  return isFinite ? Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), typical) : relativeError(a, b, 0);
}

/** At the edges the two may part, and still be one loss: each guards a logarithm in its own way. */
function atEdges(context: CheckContext, rival: Rival, { factor, offset, typical }: Scale & { readonly typical: number }): { findings: readonly Finding[]; count: number } {
  const points = edgePoints(context);
  const found = points.flatMap(({ label, point }): readonly EdgeDifference[] => {
    const pair = pairAt(context, rival, point);
    // What throws at an edge is for edge-stability.
    if (typeof pair === 'string') return [];
    const { mine, theirs } = pair;
    const expected = factor * theirs.value + offset;
    if (edgeError(mine.value, expected, typical) > SAME_AT_EDGE) return [{ label, point, measure: 'value', mine: mine.value, theirs: expected }];
    const gradient = worstGradient([pair], factor);
    if (gradient === null || gradient.relativeError <= SAME_AT_EDGE) return [];
    return [{ label, point, measure: 'gradient', mine: gradient.mine, theirs: gradient.theirs }];
  });
  const findings = (['value', 'gradient'] as const).flatMap((measure) => {
    const differing = found.filter((one) => one.measure === measure);
    const [worst] = differing.toSorted((a, b) => distance(b) - distance(a));
    if (worst === undefined) return [];
    const { label, point, mine, theirs } = worst;
    const data = { against: rival.id, edge: label, edges: differing.length, of: points.length, measure, mine, theirs, point: showPoint(point) };
    return [finding('different-at-edge', data, { severity: measure === 'value' ? 'warning' : 'info' })];
  });
  return { findings, count: points.length };
}
