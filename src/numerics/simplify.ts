import type { Domain } from '../contracts/domain.ts';
import { domainBounds } from './domains.ts';

/** Simpler numbers in the place of others: candidates for the smallest example of a failure. */

/** Each entry can be chosen by itself; the rows of other domains hold together. */
const ELEMENTWISE: ReadonlySet<Domain> = new Set(['real', 'logit', 'probability', 'positive', 'nonnegative']);

export function isElementwise(domain: Domain): boolean {
  return typeof domain === 'object' || ELEMENTWISE.has(domain);
}

type Rule = (value: number) => number;

const rounded = (digits: number): Rule => (value) => Number(value.toFixed(digits));
const significant = (digits: number): Rule => (value) => Number(value.toPrecision(digits));

/** From the plainest on; what each makes of a value is taken only where it stays inside the domain. */
const RULES: readonly Rule[] = [() => 0, () => 1, () => 0.5, Math.round, rounded(1), rounded(2), significant(3)];

/** The whole tensor by one rule each, plainest first, for a domain whose entries can be chosen; else rounded rows. */
export function simplerTensors(values: ArrayLike<number>, domain: Domain, width: number): readonly Float64Array[] {
  const before = Float64Array.from(values);
  const candidates = isElementwise(domain) ? RULES.map((rule) => before.map((value) => within(rule(value), value, domain))) : simplerRows(before, domain, width);
  return candidates.filter((candidate) => candidate.some((value, index) => value !== before[index]));
}

/** Plainer numbers for one entry, plainest first. */
export function simplerNumbers(value: number, domain: Domain): readonly number[] {
  const candidates = [0, 1, -1, 0.5, 2, ...RULES.slice(3).map((rule) => rule(value))];
  const length = String(value).length;
  const plainer = candidates.filter((candidate) => candidate !== value && within(candidate, value, domain) === candidate && String(candidate).length < length);
  return [...new Set(plainer)];
}

/** The candidate where the domain has it, else the value: an inner point does not move to the edge, where other rules hold. */
function within(candidate: number, value: number, domain: Domain): number {
  const { lower, upper } = domainBounds(domain);
  const isInside = candidate > lower && candidate < upper;
  return isInside || candidate === value ? candidate : value;
}

function simplerRows(values: Float64Array, domain: Domain, width: number): readonly Float64Array[] {
  if (domain === 'distribution') return [1, 2].map((digits) => roundedDistribution(values, width, digits));
  if (domain === 'boxes') return [0, 1, 2].flatMap((digits) => orderedBoxes(values.map(rounded(digits))));
  return [];
}

/** Rounded, with what is missing to 1 in the largest entry of each row. */
function roundedDistribution(values: Float64Array, width: number, digits: number): Float64Array {
  const result = Float64Array.from(values, rounded(digits));
  for (let start = 0; start < result.length; start += width) {
    const row = result.subarray(start, start + width);
    const largest = row.indexOf(Math.max(...row));
    const others = row.reduce((sum, value, index) => (index === largest ? sum : sum + value), 0);
    row[largest] = rounded(digits)(1 - others);
    if (row.some((value) => value <= 0)) row.set(values.subarray(start, start + width));
  }
  return result;
}

function orderedBoxes(boxes: Float64Array): readonly Float64Array[] {
  for (let start = 0; start < boxes.length; start += 4) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes.subarray(start, start + 4);
    if (!(x1 < x2 && y1 < y2)) return [];
  }
  return [boxes];
}
