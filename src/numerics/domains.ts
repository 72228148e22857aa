/** Domains in numbers: samples inside, edges, bounds. The contract's `Domain` says what each one means. */

import type { Domain } from '../contracts/domain.ts';
import { checkedRange } from './layout.ts';

export { DomainError } from './layout.ts';
export { sampleDomain } from './samples.ts';
export { edgesOf } from './edges.ts';
export { edgeCombinations, type EdgeInput } from './combinations.ts';

export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

const UNBOUNDED: Bounds = { lower: -Infinity, upper: Infinity };
const UNIT: Bounds = { lower: 0, upper: 1 };

/**
 * The closed interval in which one coordinate may be perturbed.
 *
 * Open ends are taken as closed where the loss is to be finite there too (probability); `positive` starts at the
 * smallest double above 0. Relations between coordinates (a sum of 1, x1 < x2, length 1) are not held: the loss is
 * a function of its arguments as they stand.
 *
 * @throws DomainError for a { min, max } that is not finite and in order
 */
export function domainBounds(domain: Domain): Bounds {
  if (typeof domain === 'function') return UNBOUNDED;
  if (typeof domain === 'object') {
    const { min, max } = checkedRange(domain);
    return { lower: min, upper: max };
  }
  switch (domain) {
    case 'probability':
    case 'distribution':
    case 'binary':
    case 'one-hot':
      return UNIT;
    case 'sign':
      return { lower: -1, upper: 1 };
    case 'positive':
      return { lower: Number.MIN_VALUE, upper: Infinity };
    case 'nonnegative':
    case 'class-index':
      return { lower: 0, upper: Infinity };
    case 'real':
    case 'logit':
    case 'unit-vector':
    case 'boxes':
      return UNBOUNDED;
  }
}

/** True for domains whose tensors are int32. */
export function isIntegerDomain(domain: Domain): boolean {
  return domain === 'class-index';
}
