import { z } from 'zod';

/**
 * The JSON report, version 1: the source of every other format and a contract with the scripts that
 * read it. Fields may be added; none is removed or changes its meaning within version 1.
 */

/** JSON has no NaN or infinities: they are written as strings. */
export const numberOrText = z.union([z.number(), z.literal('NaN'), z.literal('Infinity'), z.literal('-Infinity')]);

/** Lines of a source file, from `startLine` on. */
export const frameSchema = z.object({ startLine: z.int().min(1), lines: z.array(z.string()).readonly() });

const locationSchema = z.object({
  file: z.string(),
  line: z.int().min(1),
  column: z.int().min(1),
  /** Kernel of TensorFlow.js, 'customGrad', or null when no operation is to blame. */
  op: z.string().nullable(),
  /** The lines around, so that a reporter needs no access to the disk. */
  frame: frameSchema.nullable(),
});

const severitySchema = z.enum(['error', 'warning', 'info']);

const findingSchema = z.object({
  code: z.string(),
  severity: severitySchema,
  /** What, with the numbers. */
  message: z.string(),
  why: z.string(),
  fix: z.string(),
  location: locationSchema.nullable(),
  data: z.record(z.string(), z.unknown()),
  /** The command that shows this finding again. */
  replay: z.string(),
  /** The command that computes value and gradient at the point of this finding; null where it has none to write down. */
  eval: z.string().nullable(),
  /** The reason given in `allow`, when the finding is accepted; it then does not count. */
  allowed: z.string().nullable(),
});

const checkStatusSchema = z.enum(['pass', 'fail', 'warn', 'inconclusive', 'skip']);

const checkReportSchema = z.object({
  id: z.string(),
  status: checkStatusSchema,
  summary: z.string(),
  durationMs: z.number(),
  metrics: z.record(z.string(), numberOrText),
  findings: z.array(findingSchema),
});

const inputReportSchema = z.object({
  name: z.string(),
  role: z.enum(['prediction', 'target', 'weight', 'parameter']),
  shape: z.array(z.int()),
  domain: z.string(),
  inferred: z.boolean(),
});

const verdictSchema = z.enum(['pass', 'fail', 'inconclusive', 'error']);

export const lossReportSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Relative to the working directory; null for a built-in. */
  file: z.string().nullable(),
  export: z.string().nullable(),
  inputs: z.array(inputReportSchema),
  /** What was inferred and why, one sentence each; empty when everything was declared. */
  notes: z.array(z.string()),
  verdict: verdictSchema,
  durationMs: z.number(),
  checks: z.array(checkReportSchema),
  /** Why the loss could not be checked at all (verdict `error`). */
  findings: z.array(findingSchema),
  /** Taken from an earlier run on the same module with the same options; durations are those of that run. */
  cached: z.literal(true).optional(),
});

export const engineReportSchema = z.object({
  backend: z.enum(['cpu', 'wasm', 'tensorflow']),
  precision: z.union([z.literal(32), z.literal(64)]),
  tfjs: z.string(),
  fallbackReason: z.string().nullable(),
});

/** Which part of a run this is, and what `losscheck merge` needs to make it whole. */
const shardReportSchema = z.object({
  index: z.int().min(1),
  count: z.int().min(1),
  /** The targets of the whole run as they were given, and the command without `--shard`. */
  targets: z.array(z.string()),
  command: z.string(),
  /** The same for all shards of a run, and only for them. */
  plan: z.string(),
  /** For each of `losses`, the place of its target in the whole run. */
  order: z.array(z.int().min(0)),
  /** Values of `--param` and `--input` that no loss of this shard has; null where that does not matter. */
  unused: z.array(z.string()).nullable(),
});

/** What `--changed` chose. */
const changedReportSchema = z.object({
  /** What the files were compared with. */
  since: z.string(),
  /** Targets that changed, of so many. */
  targets: z.int().min(0),
  of: z.int().min(0),
});

export const reportSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.literal('losscheck'), version: z.string() }),
  seed: z.int(),
  engines: z.object({ reference: engineReportSchema, production: engineReportSchema }),
  losses: z.array(lossReportSchema),
  summary: z.object({
    losses: z.int(),
    passed: z.int(),
    failed: z.int(),
    inconclusive: z.int(),
    errors: z.int(),
  }),
  exitCode: z.int(),
  changed: changedReportSchema.optional(),
  shard: shardReportSchema.optional(),
});

export type Severity = z.infer<typeof severitySchema>;
export type CheckStatus = z.infer<typeof checkStatusSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type LocationReport = z.infer<typeof locationSchema>;
export type FindingReport = z.infer<typeof findingSchema>;
export type CheckReport = z.infer<typeof checkReportSchema>;
export type InputReport = z.infer<typeof inputReportSchema>;
export type EngineReport = z.infer<typeof engineReportSchema>;
export type LossReport = z.infer<typeof lossReportSchema>;
export type ShardReport = z.infer<typeof shardReportSchema>;
export type ChangedReport = z.infer<typeof changedReportSchema>;
export type Report = z.infer<typeof reportSchema>;

/** The answer of `eval --reporter json`, version 1. */
export const evaluationReportSchema = z.object({
  schemaVersion: z.literal(1),
  loss: z.string(),
  value: z.unknown(),
  components: z.record(z.string(), numberOrText),
  /** Nested like the input; null where autograd gives none. */
  gradients: z.record(z.string(), z.unknown()),
  engine: engineReportSchema,
});

export type EvaluationReport = z.infer<typeof evaluationReportSchema>;

/** A reporter is a pure function of the report. */
export interface ReporterOptions {
  readonly color: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
}
export type Reporter = (report: Report, options: ReporterOptions) => string;
