import { z } from 'zod';

/**
 * What a check saw, for pictures and for `--verbose`: numbers along the way to a verdict. Nothing in here decides.
 */

/** JSON has no NaN or infinities: they are written as strings. */
export const numberOrText = z.union([z.number(), z.literal('NaN'), z.literal('Infinity'), z.literal('-Infinity')]);

const numbers = z.array(numberOrText).readonly();
const index = z.array(z.int().min(0)).readonly();

/** Which number of an input, and the place it was looked at: 'sample 0', 'edge 1', 'prediction = target'. */
const coordinate = { input: z.string(), index, at: z.string() };

/** `gradient-match`: the relative error of the numeric derivative for each step of its ladder, at one coordinate. */
const stepsSchema = z.object({
  kind: z.literal('steps'),
  ...coordinate,
  analytic: numberOrText,
  /** The steps, from the largest to the smallest. */
  steps: numbers,
  /** The derivative that each step gives. */
  numeric: numbers,
  /** |numeric - analytic| relative to the larger of both, as the check compares them; 0 where they are equal. */
  relativeErrors: numbers,
  /** Position in `steps` of the one that the verdict rests on; null where none was good enough. */
  chosen: z.int().min(0).nullable(),
});

/** `gradient-match`: loss and slope on a line through one point, along one coordinate, in float64. */
const sliceSchema = z.object({
  kind: z.literal('slice'),
  ...coordinate,
  /** Where on the line the compared point lies. */
  center: numberOrText,
  x: numbers,
  loss: numbers,
  /** Autograd's derivative along the line. */
  analytic: numbers,
  /** Slope of the loss by finite differences. */
  numeric: numbers,
});

/** `gradient-match`: every coordinate of one input at one place; those of a large input are thinned out. */
const coordinatesSchema = z.object({
  kind: z.literal('coordinates'),
  input: z.string(),
  at: z.string(),
  shape: z.array(z.int()).readonly(),
  /** Flat position of each row in the input, row-major: all of them up to 4096, else those with the largest error. */
  positions: z.array(z.int().min(0)).readonly(),
  analytic: numbers,
  numeric: numbers,
  relativeErrors: numbers,
  errorBounds: numbers,
  /** Those of `positions` that were found wrong. A kink with a valid subgradient is none, however far apart the numbers are. */
  wrong: z.array(z.int().min(0)).readonly().optional(),
  /** How many coordinates were compared there; more than `positions` where they were thinned out. */
  compared: z.int().min(0),
  /** The relative error above which a coordinate is wrong. */
  rtol: z.number(),
});

/** `precision`: the loss and its gradient in float64 and float32, along one coordinate. */
const precisionSchema = z.object({
  kind: z.literal('float32'),
  ...coordinate,
  x: numbers,
  loss64: numbers,
  loss32: numbers,
  gradient64: numbers,
  gradient32: numbers,
});

/** `term-balance`: each component of the loss, its value and the norm of its gradient, at each sample. */
const termsSchema = z.object({
  kind: z.literal('terms'),
  names: z.array(z.string()).readonly(),
  /** One row a sample. */
  values: z.array(numbers).readonly(),
  gradientNorms: z.array(numbers).readonly(),
});

/** `descent`: the loss at each step of gradient descent, one row a start. */
const descentSchema = z.object({
  kind: z.literal('descent'),
  losses: z.array(numbers).readonly(),
  /** The loss where the prediction is the target; null where that has no meaning. */
  atMatch: numberOrText.nullable(),
});

export const evidenceSchema = z.discriminatedUnion('kind', [
  stepsSchema,
  sliceSchema,
  coordinatesSchema,
  precisionSchema,
  termsSchema,
  descentSchema,
]);

export type EvidenceReport = z.infer<typeof evidenceSchema>;
export type StepsReport = z.infer<typeof stepsSchema>;
export type CoordinatesReport = z.infer<typeof coordinatesSchema>;
