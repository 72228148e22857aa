/** The set of values that an input is declared to take. */

export const DOMAIN_NAMES = [
  'real',
  'logit',
  'probability',
  'distribution',
  'positive',
  'nonnegative',
  'binary',
  'sign',
  'one-hot',
  'class-index',
  'unit-vector',
  'boxes',
] as const;

export type DomainName = (typeof DOMAIN_NAMES)[number];

export interface RangeDomain {
  readonly min: number;
  readonly max: number;
}

/**
 * Draws the values of one tensor: flat in row-major order, or nested like the shape.
 *
 * @param random uniform numbers in [0, 1), seeded by losscheck; use nothing else as a source
 * @param shape the shape to fill
 */
export type Sampler = (random: () => number, shape: readonly number[]) => unknown;

export type Domain = DomainName | RangeDomain | Sampler;

export const ROLES = ['prediction', 'target', 'weight', 'parameter'] as const;

/** `prediction` and `parameter` are differentiated and checked; `target` and `weight` are data. */
export type Role = (typeof ROLES)[number];

/** One argument of a loss, fully known: declared, or inferred. */
export interface InputSpec {
  readonly name: string;
  readonly role: Role;
  readonly shape: readonly number[];
  readonly domain: Domain;
  /** Number of classes of a `class-index`; null elsewhere. */
  readonly classes: number | null;
  /** True when losscheck worked it out, so that the report can say so. */
  readonly inferred: boolean;
}

/** True for the inputs whose gradient is checked. */
export function isDifferentiable(role: Role): boolean {
  return role === 'prediction' || role === 'parameter';
}

/** How a domain is written in reports and on the command line. */
export function formatDomain(domain: Domain): string {
  if (typeof domain === 'string') return domain;
  if (typeof domain === 'function') return 'sampler';
  return `{ min: ${domain.min}, max: ${domain.max} }`;
}
