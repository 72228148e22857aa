import { defineCheck, type CheckContext, type CheckOutcome, type Finding } from '../contracts/check.ts';
import type { Point } from '../contracts/tensor.ts';
import { makerOf } from './blame/reach.ts';
import { conclude, finding, skip } from './finding.ts';
import { freshPoint } from './fresh-point.ts';
import { isLarge } from './point.ts';

/** A term this many times larger than another decides alone: two orders of magnitude. */
const LARGEST_RATIO = 100;

/**
 * Random points at which a suspicion must hold as well: a hinge that is nearly met at all of the samples is not
 * so at all of these.
 */
const CONFIRMING_POINTS = 16;

const MEASURES = ['value', 'gradient'] as const;
type Measure = (typeof MEASURES)[number];

/** Do the components of a loss and their gradients stay within two orders of magnitude at the start? */
export const termBalance = defineCheck({
  id: 'term-balance',
  title: 'terms of one order of magnitude',
  severity: 'warning',
  precision: 64,
  run(context): CheckOutcome {
    const names = componentNames(context);
    if (names.length === 0) return skip('the loss returns no components');
    if (names.length === 1) return skip('the loss returns one component, which has nothing to be compared with');
    const measured = MEASURES.map((measure) => ({ measure, ...termsOf(context, names, measure) }));
    const silent = names.filter((name) => measured.some(({ measure, terms }) => measure === 'value' && !terms.has(name)));
    if (names.length - silent.length < 2) {
      const summary = `${silent.join(', ')}: zero or not a number at every sample, so there is nothing to compare`;
      return { status: 'inconclusive', summary, metrics: {}, findings: [] };
    }
    const findings = measured.flatMap(({ measure, terms }) => compare(context, measure, terms));
    const largest = Math.max(...measured.map(({ terms }) => ratioOf(terms)));
    const [values, gradientNorms] = measured.map(({ rows }) => rows);
    const evidence = context.details && values !== undefined && gradientNorms !== undefined ? { evidence: [{ kind: 'terms' as const, names, values, gradientNorms }] } : {};
    const outcome = conclude(findings, `${names.length} terms of similar size (a factor of ${largest.toPrecision(2)} apart at every sample)`, { largestRatio: largest });
    return { ...outcome, ...evidence };
  },
});

function componentNames({ reference, samples }: CheckContext): readonly string[] {
  const evaluation = samples[0] === undefined ? null : reference.value(samples[0].point);
  return evaluation?.kind === 'tensor' ? Object.keys(evaluation.components) : [];
}

/** Of one component at one point; NaN for the gradient of a plain number. */
const MEASURED: { readonly [M in Measure]: (context: CheckContext, point: Point, name: string) => number } = {
  value({ reference }, point, name) {
    const evaluation = reference.value(point);
    return evaluation.kind === 'tensor' ? (evaluation.components[name] ?? NaN) : NaN;
  },
  /** Euclidean norm over all differentiable inputs. */
  gradient({ reference, differentiable }, point, name) {
    const { gradients } = reference.gradient(point, differentiable, { component: name });
    if (gradients === null) return NaN;
    let sum = 0;
    for (const gradient of Object.values(gradients)) for (const value of gradient?.data ?? []) sum += value * value;
    return Math.sqrt(sum);
  },
};

/** Smallest and largest size of a term over the samples. */
interface Size {
  readonly low: number;
  readonly high: number;
}

type Sizes = ReadonlyMap<string, Size>;

interface Terms {
  readonly terms: Sizes;
  /** At the samples. */
  readonly rows: Rows;
}

/** At the samples; where those raise a suspicion, or show a term as nothing but zero, at more points too. */
function termsOf(context: CheckContext, names: readonly string[], measure: Measure): Terms {
  const rows = measureAt(context, names, measure, context.samples.map(({ point }) => point));
  const terms = sizes(names, rows);
  const isSettled = ratioOf(terms) <= LARGEST_RATIO && (measure === 'gradient' || terms.size === names.length);
  if (isSettled || isLarge(context.inputs)) return { terms, rows };
  const more = Array.from({ length: CONFIRMING_POINTS }, (_, index) => freshPoint(context, `terms ${index}`, 'initial'));
  return { terms: merged(terms, sizes(names, measureAt(context, names, measure, more))), rows };
}

/** One row a point, with a number for each component. */
type Rows = readonly (readonly number[])[];

function measureAt(context: CheckContext, names: readonly string[], measure: Measure, points: readonly Point[]): Rows {
  return points.map((point) => names.map((name) => MEASURED[measure](context, point, name)));
}

/** The sizes of the components that are not zero everywhere. */
function sizes(names: readonly string[], rows: Rows): Sizes {
  return new Map(
    names.flatMap((name, column): [string, Size][] => {
      const seen = rows.map((row) => Math.abs(row[column] ?? NaN)).filter(Number.isFinite);
      return seen.every((value) => value === 0) ? [] : [[name, { low: Math.min(...seen), high: Math.max(...seen) }]];
    }),
  );
}

/**
 * The two terms that are furthest apart at every point: the smallest that the one is against the largest that the
 * other is. A term that is zero at some points is a hinge that is met there: how small it is elsewhere says how
 * nearly it is met, and not how it is weighed.
 */
function extremes(terms: Sizes): { largest: string; smallest: string; ratio: number } | null {
  let found: { largest: string; smallest: string; ratio: number } | null = null;
  for (const [largest, { low }] of terms) {
    for (const [smallest, other] of terms) {
      const ratio = low / other.high;
      if (largest !== smallest && other.low > 0 && ratio > (found?.ratio ?? 0)) found = { largest, smallest, ratio };
    }
  }
  return found;
}

/** How far apart the terms are at least; 1 when they overlap. */
function ratioOf(terms: Sizes): number {
  return Math.max(1, extremes(terms)?.ratio ?? 1);
}

function compare(context: CheckContext, measure: Measure, terms: Sizes): readonly Finding[] {
  const found = extremes(terms);
  if (found === null || found.ratio <= LARGEST_RATIO) return [];
  const data = { ...found, measure, terms: Object.fromEntries([...terms].map(([name, { high }]) => [name, high])) };
  return [finding('dominant-term', data, { severity: 'warning', ...whereMade(context, found.largest) })];
}

function merged(some: Sizes, more: Sizes): Sizes {
  const both = [...more].map(([name, { low, high }]): [string, Size] => {
    // What was zero at the samples was zero at some point.
    const other = some.get(name) ?? { low: 0, high };
    return [name, { low: Math.min(low, other.low), high: Math.max(high, other.high) }];
  });
  return new Map([...some, ...both]);
}

/** The operation that made a component; none when it is a plain number. */
function whereMade({ reference, samples, differentiable }: CheckContext, name: string): Pick<Finding, 'location' | 'op'> {
  const trace = reference.trace(samples[0]?.point ?? {}, differentiable);
  const maker = makerOf(trace, trace.componentIds[name] ?? null);
  return { location: maker?.location ?? null, op: maker?.kernel ?? null };
}
