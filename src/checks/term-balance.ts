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
  run(context): CheckOutcome {
    const names = componentNames(context);
    if (names.length === 0) return skip('the loss returns no components');
    if (names.length === 1) return skip('the loss returns one component, which has nothing to be compared with');
    const values = typical(names, (name) => context.samples.map(({ point }) => valueOf(context, point, name)));
    const gradients = typical(names, (name) => context.samples.map(({ point }) => gradientNorm(context, point, name)));
    const silent = names.filter((name) => !values.has(name));
    if (names.length - silent.length < 2) {
      const summary = `${silent.join(', ')}: zero or not a number at every sample, so there is nothing to compare`;
      return { status: 'inconclusive', summary, metrics: {}, findings: [] };
    }
    const findings = [...compare('value', values), ...compare('gradient', gradients)];
    const largest = Math.max(ratioOf(values), ratioOf(gradients));
    return conclude(findings, `${names.length} terms, at most a factor of ${largest.toPrecision(2)} apart`, { largestRatio: largest });
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
  const { gradients } = reference.gradient(point, differentiable, name);
  if (gradients === null) return NaN;
  let sum = 0;
  for (const gradient of Object.values(gradients)) for (const value of gradient?.data ?? []) sum += value * value;
  return Math.sqrt(sum);
}

/** The median over the samples for each component that has one above zero. */
function typical(names: readonly string[], measure: (name: string) => readonly number[]): ReadonlyMap<string, number> {
  return new Map(
    names.flatMap((name): [string, number][] => {
      const seen = measure(name).filter((value) => Number.isFinite(value) && value > 0).toSorted((a, b) => a - b);
      const median = seen[Math.floor(seen.length / 2)];
      return median === undefined ? [] : [[name, median]];
    }),
  );
}

function extremes(terms: ReadonlyMap<string, number>): { largest: string; smallest: string; ratio: number } | null {
  const sorted = [...terms].toSorted((a, b) => b[1] - a[1]);
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first === undefined || last === undefined || sorted.length < 2) return null;
  return { largest: first[0], smallest: last[0], ratio: first[1] / last[1] };
}

function ratioOf(terms: ReadonlyMap<string, number>): number {
  return extremes(terms)?.ratio ?? 1;
}

function compare(measure: Measure, terms: ReadonlyMap<string, number>): readonly Finding[] {
  const found = extremes(terms);
  if (found === null || found.ratio <= LARGEST_RATIO) return [];
  return [finding('dominant-term', { ...found, measure, terms: Object.fromEntries(terms) }, { severity: 'warning' })];
}
