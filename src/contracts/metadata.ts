import { z } from 'zod';
import { FINDING_CODES } from './catalogue.ts';
import { CHECK_IDS } from './findings.ts';
import { DOMAIN_NAMES, ROLES, type Domain, type Role } from './domain.ts';

/**
 * What stands beside a loss: `export const losscheck = {...}`, and the same fields inside
 * `defineLoss({...})`. Unknown fields are refused, so that a typing error is never ignored.
 */

/** Of one input. A gradient is checked number by number: beyond this a run would take hours and gigabytes. */
export const MOST_ELEMENTS = 4_000_000;
/** Of a `class-index`: above every vocabulary. */
export const MOST_CLASSES = 1_000_000;
export const MOST_AXES = 6;
const MOST_INPUTS = 100;
const MOST_EDGES = 1000;
const MOST_LETTERS = 200;

const dimension = z.int('a whole number of at least 1').min(1, 'a whole number of at least 1');

export const shapeSchema = z.array(dimension, 'an array of whole numbers such as [8, 4]').max(MOST_AXES, `at most ${MOST_AXES} axes such as [8, 4]`);

const rangeSchema = z
  .strictObject({ min: z.number(), max: z.number() })
  .refine((range) => range.min < range.max, { error: 'min below max' });

const samplerSchema = z.custom<Exclude<Domain, string | { min: number }>>(
  (value) => typeof value === 'function',
  'a sampler function',
);

export const domainSchema = z.union([z.enum(DOMAIN_NAMES), rangeSchema, samplerSchema], {
  error: `one of ${DOMAIN_NAMES.join(', ')}, or { min, max }, or a sampler function (random, shape) => values`,
});

export const inputMetadataSchema = z.strictObject({
  shape: shapeSchema.optional(),
  domain: domainSchema.optional(),
  role: z.enum(ROLES).optional(),
  classes: z.int('a whole number of at least 2').min(2, 'a whole number of at least 2').max(MOST_CLASSES, `at most ${MOST_CLASSES}`).optional(),
});

export const toleranceSchema = z.strictObject({
  rtol: z.number('a number above 0 and below 1').gt(0, 'a number above 0 and below 1').lt(1, 'a number above 0 and below 1').optional(),
});

export const expectSchema = z.strictObject({
  nonNegative: z.boolean().optional(),
  zeroAtMatch: z.boolean().optional(),
  minimisedAtTarget: z.boolean().optional(),
  reduction: z.enum(['mean', 'sum', 'none']).optional(),
});

export const allowSchema = z.strictObject({
  check: z.enum(CHECK_IDS, { error: CHECK_IDS.join(', ') }),
  /** A finding code; without it every finding of the check is allowed. */
  code: z.enum(FINDING_CODES, { error: FINDING_CODES.join(', ') }).optional(),
  reason: z.string('a reason in words').trim().min(1, 'a reason in words'),
});

/** Nested numbers, or a flat list that fills the shape. */
type NestedNumbers = number | readonly NestedNumbers[];
const nestedNumbers: z.ZodType<NestedNumbers> = z.lazy(() =>
  z.union([z.number(), z.literal([Infinity, -Infinity]), z.nan(), z.array(nestedNumbers)], 'a number or nested arrays of numbers'),
);

const edgeSchema = z.record(z.string(), nestedNumbers);

const inputsSchema = z.record(z.string(), inputMetadataSchema).refine((inputs) => Object.keys(inputs).length <= MOST_INPUTS, { error: `at most ${MOST_INPUTS} inputs` });

export const metadataSchema = z.strictObject({
  name: z.string('a text').min(1, 'a text').max(MOST_LETTERS, `at most ${MOST_LETTERS} letters`).optional(),
  description: z.string().optional(),
  /** Key order is argument order. */
  inputs: inputsSchema.optional(),
  args: z.array(z.unknown()).optional(),
  tolerance: toleranceSchema.optional(),
  edges: z.array(edgeSchema, 'an array of points').max(MOST_EDGES, `at most ${MOST_EDGES} points`).optional(),
  expect: expectSchema.optional(),
  allow: z.array(allowSchema).optional(),
});

export type LossMetadata = z.infer<typeof metadataSchema>;
export type InputMetadata = z.infer<typeof inputMetadataSchema>;
/** What is accepted: by the module, or by the config, which may name checks of the project's own. */
export interface Allowance {
  readonly check: string;
  readonly code?: string | undefined;
  readonly reason: string;
}
export type Expectations = z.infer<typeof expectSchema>;

/** The names that make an object metadata of one loss rather than a map keyed by export. */
export const METADATA_FIELDS: readonly string[] = Object.keys(metadataSchema.shape);

/** `role` when nobody says: a name that reads like a target is a target. */
export function defaultRole(inputName: string): Role {
  if (/^(y_?true|y|labels?|targets?|truth|ground_?truth|gt|expected|actual|references?)$/i.test(inputName)) return 'target';
  if (/(weights?|mask)$/i.test(inputName)) return 'weight';
  return 'prediction';
}
