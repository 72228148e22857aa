import { z } from 'zod';
import { evidenceSchema, numberOrText } from './evidence.ts';
import { installationNoteSchema } from './tensorflow.ts';

/**
 * The JSON report, version 1: the source of every other format and a contract with the scripts that
 * read it. Fields may be added; none is removed or changes its meaning within version 1.
 */

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
  /** Of a code that losscheck itself does not know: it comes from a check of the project's own. */
  title: z.string().optional(),
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
  /** Why the finding is accepted, when it is; it then does not count. The reason of `allow`, or that the baseline has it. */
  allowed: z.string().nullable(),
  /** True when it is accepted because the baseline has it. */
  known: z.literal(true).optional(),
  /** Names this finding from run to run: of loss, check, code, input and the text of the line, never of numbers. */
  fingerprint: z.string(),
});

const checkStatusSchema = z.enum(['pass', 'fail', 'warn', 'inconclusive', 'skip']);

const checkReportSchema = z.object({
  id: z.string(),
  status: checkStatusSchema,
  summary: z.string(),
  durationMs: z.number(),
  metrics: z.record(z.string(), numberOrText),
  findings: z.array(findingSchema),
  /** For `inconclusive`: what names it from run to run, the command that shows it again, and why it is accepted, when it is. */
  undecided: z
    .object({
      fingerprint: z.string(),
      replay: z.string(),
      /** Whether it alone keeps the loss from passing; the others do so with `--strict`. */
      required: z.boolean(),
      accepted: z.string().nullable(),
      known: z.literal(true).optional(),
    })
    .optional(),
  /** What the check saw, for pictures; more of it with `details`. */
  evidence: z.array(evidenceSchema).readonly().optional(),
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
  /** The file around the loss, with `details`. */
  source: frameSchema.optional(),
  /** Taken from an earlier run on the same module with the same options; durations are those of that run. */
  cached: z.literal(true).optional(),
});

const engineReportSchema = z.object({
  backend: z.enum(['cpu', 'wasm', 'tensorflow']),
  precision: z.union([z.literal(32), z.literal(64)]),
  tfjs: z.string(),
  fallbackReason: z.string().nullable(),
});

/** The engines of a run. */
export const enginesReportSchema = z.object({
  reference: engineReportSchema,
  production: engineReportSchema,
  /** With `--backend all`: the float32 engines that edges and digits were compared on. */
  others: z.array(engineReportSchema).optional(),
  /** With `--backend all`: the backends that do not run here, and why. */
  unavailable: z.array(z.object({ backend: engineReportSchema.shape.backend, reason: z.string() })).optional(),
  /** What somebody who trains with this installation of TensorFlow.js should know. */
  notes: z.array(installationNoteSchema).optional(),
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

/** What `--baseline` had to say. */
const baselineReportSchema = z.object({
  file: z.string(),
  /** Findings that are accepted because the baseline has them. */
  known: z.int().min(0),
  /** Entries that this run looked for and did not find: they are mended, or moved. */
  stale: z.array(z.object({ loss: z.string(), check: z.string(), code: z.string(), fingerprint: z.string() })),
});

export const reportSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.literal('losscheck'), version: z.string() }),
  seed: z.int(),
  engines: enginesReportSchema,
  losses: z.array(lossReportSchema),
  summary: z.object({
    losses: z.int(),
    passed: z.int(),
    failed: z.int(),
    inconclusive: z.int(),
    errors: z.int(),
  }),
  exitCode: z.int(),
  /** The config file that was used, relative to the working directory. */
  config: z.string().optional(),
  /** Whether modules of users ran in processes of their own; 'off': in that of losscheck, with everything that it may do. */
  isolation: z.enum(['on', 'off']).optional(),
  baseline: baselineReportSchema.optional(),
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
export type EnginesReport = z.infer<typeof enginesReportSchema>;
export type LossReport = z.infer<typeof lossReportSchema>;
export type ShardReport = z.infer<typeof shardReportSchema>;
export type BaselineReport = z.infer<typeof baselineReportSchema>;
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
  /** Columns that text is laid out for. */
  readonly width: number;
  /** Path of the working directory within its repository, '' or 'packages/a/': for formats whose paths are the repository's. */
  readonly root: string;
}
