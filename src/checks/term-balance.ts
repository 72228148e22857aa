import { defineCheck, type CheckContext, type CheckOutcome, type Finding } from '../contracts/check.ts';
import { conclude, finding, skip } from './finding.ts';

/** A term this many times larger than another decides alone: two orders of magnitude. */
const LARGEST_RATIO = 100;

type Measure = 'value' | 'gradient';

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
    const values = sizes(names, (name) => context.samples.map(({ point }) => valueOf(context, point, name)));
    const gradients = sizes(names, (name) => context.samples.map(({ point }) => gradientNorm(context, point, name)));
    const silent = names.filter((name) => !values.has(name));
    if (names.length - silent.length < 2) {
      const summary = `${silent.join(', ')}: zero or not a number at every sample, so there is nothing to compare`;
      return { status: 'inconclusive', summary, metrics: {}, findings: [] };
    }
    const findings = [...compare('value', values), ...compare('gradient', gradients)];
    const largest = Math.max(ratioOf(values), ratioOf(gradients));
    return conclude(findings, `${names.length} terms of similar size (a factor of ${largest.toPrecision(2)} apart at every sample)`, { largestRatio: largest });
  },
});

function componentNames({ reference, samples }: CheckContext): readonly string[] {
  const evaluation = samples[0] === undefined ? null : reference.value(samples[0].point);
  return evaluation?.kind === 'tensor' ? Object.keys(evaluation.components) : [];
}

function valueOf({ reference }: CheckContext, point: CheckContext['samples'][number]['point'], name: string): number {
  const evaluation = reference.value(point);
  return evaluation.kind === 'tensor' ? Math.abs(evaluation.components[name] ?? NaN) : NaN;
}

/** Euclidean norm over all differentiable inputs; NaN for a component that is a plain number. */
function gradientNorm({ reference, differentiable }: CheckContext, point: CheckContext['samples'][number]['point'], name: string): number {
  const { gradients } = reference.gradient(point, differentiable, { component: name });
  if (gradients === null) return NaN;
  let sum = 0;
  for (const gradient of Object.values(gradients)) for (const value of gradient?.data ?? []) sum += value * value;
  return Math.sqrt(sum);
}

/** Smallest and largest size of a term over the samples. */
interface Size {
  readonly low: number;
  readonly high: number;
}

/** The sizes of the components that have one above zero. */
function sizes(names: readonly string[], measure: (name: string) => readonly number[]): ReadonlyMap<string, Size> {
  return new Map(
    names.flatMap((name): [string, Size][] => {
      const seen = measure(name).filter((value) => Number.isFinite(value) && value > 0);
      return seen.length === 0 ? [] : [[name, { low: Math.min(...seen), high: Math.max(...seen) }]];
    }),
  );
}

/**
 * The two terms that are furthest apart at every sample: the smallest that the one is against the largest
 * that the other is. A hinge that happens to be almost met at one sample is no imbalance.
 */
function extremes(terms: ReadonlyMap<string, Size>): { largest: string; smallest: string; ratio: number } | null {
  let found: { largest: string; smallest: string; ratio: number } | null = null;
  for (const [largest, { low }] of terms) {
    for (const [smallest, { high }] of terms) {
      if (largest !== smallest && low / high > (found?.ratio ?? 0)) found = { largest, smallest, ratio: low / high };
    }
  }
  return found;
}

/** How far apart the terms are at least; 1 when they overlap. */
function ratioOf(terms: ReadonlyMap<string, Size>): number {
  return Math.max(1, extremes(terms)?.ratio ?? 1);
}

function compare(measure: Measure, terms: ReadonlyMap<string, Size>): readonly Finding[] {
  const found = extremes(terms);
  if (found === null || found.ratio <= LARGEST_RATIO) return [];
  return [finding('dominant-term', { ...found, measure, terms: Object.fromEntries([...terms].map(([name, { high }]) => [name, high])) }, { severity: 'warning' })];
}
