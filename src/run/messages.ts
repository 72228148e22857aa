import { z } from 'zod';
import { EARLY_END_CODES } from '../contracts/findings.ts';
import { lossPowerSchema } from '../contracts/power.ts';
import { enginesReportSchema, evaluationReportSchema, frameSchema, lossReportSchema, type LossReport } from '../contracts/report.ts';
import { tensorflowSchema } from '../contracts/tensorflow.ts';
import { configFactsSchema } from './config/facts.ts';
import { runOptionsSchema } from './options.ts';

/**
 * What crosses between this process and the one a user's module runs in. A child is not trusted: what it
 * says is validated on arrival.
 */

const placeSchema = z.object({ file: z.string(), line: z.int(), column: z.int() });

/** Where a function was met while a program ran: how the one export that is meant is told from the others. */
const functionPlaceSchema = z.object({
  /** Lines of the file on which it, or a method of it, begins; empty when they are not known. */
  lines: z.array(z.int()),
  /** The name it has at run time, or ''. */
  name: z.string(),
  /** What it is: a class and its instances begin on the same lines. */
  form: z.enum(['definition', 'function', 'class', 'instance']),
});

const moduleSchema = z.object({
  bundle: z.object({
    entry: z.string(),
    code: z.string(),
    map: z.string(),
    sources: z.array(z.string()),
  }),
  /** How ids and reports name the module: a path, or empty for the built-in losses. */
  fileId: z.string(),
  /** The parts after '#', or ids of built-in losses; null for every loss. */
  exportNames: z.array(z.string()).nullable(),
  /** Only the loss at this place. */
  place: functionPlaceSchema.optional(),
  /** False for a file that a folder or glob found: functions that may be helpers do not count as losses. */
  explicit: z.boolean(),
  /** True for losscheck's own losses: ids without a path, found in one export. */
  builtIn: z.boolean(),
  /** Where the module's own packages are looked for. */
  project: z.string(),
  /** What the engines are made of. */
  tensorflow: tensorflowSchema,
});

const verifyRequestSchema = z.object({
  kind: z.literal('verify'),
  module: moduleSchema,
  options: runOptionsSchema,
  /** Ids that are reported already: the child that crashed got this far. */
  done: z.array(z.string()),
});

const evaluateRequestSchema = z.object({
  kind: z.literal('evaluate'),
  module: moduleSchema,
  options: runOptionsSchema,
  inputs: z.record(z.string(), z.unknown()),
  precision: z.union([z.literal(32), z.literal(64)]),
});

const selftestRequestSchema = z.object({ kind: z.literal('selftest'), module: moduleSchema, options: runOptionsSchema });

/** A config that is code: what does it say? */
const configRequestSchema = z.object({ kind: z.literal('config'), shown: z.string(), module: moduleSchema, options: runOptionsSchema });

export const requestSchema = z.discriminatedUnion('kind', [verifyRequestSchema, evaluateRequestSchema, selftestRequestSchema, configRequestSchema]);

export const eventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('engines'), engines: enginesReportSchema }),
  /** The losses of the module, before the first is checked. */
  z.object({ kind: z.literal('found'), ids: z.array(z.string()), parameters: z.array(z.string()), inputs: z.array(z.string()) }),
  z.object({ kind: z.literal('started'), id: z.string(), check: z.string().nullable() }),
  z.object({ kind: z.literal('finished'), report: lossReportSchema.refine(isOfOnePiece, 'a verdict that follows from its checks') }),
  z.object({ kind: z.literal('evaluated'), report: evaluationReportSchema }),
  z.object({ kind: z.literal('configured'), facts: configFactsSchema }),
  z.object({ kind: z.literal('measured'), power: lossPowerSchema }),
  /** An error that people can mend, by class name. */
  z.object({
    kind: z.literal('refused'),
    error: z.object({
      name: z.enum(['UsageError', 'LoadError', 'EvaluationError']),
      code: z.string().nullable(),
      message: z.string(),
      fix: z.string().nullable(),
      location: placeSchema.nullable(),
      frame: frameSchema.nullable(),
    }),
  }),
  /** A bug of ours. */
  z.object({ kind: z.literal('failed'), message: z.string(), stack: z.string() }),
  /** The module did what no loss does, and its process ends; `stack` or `member`, what was replaced, tells where, `allow` the flag that permits it. */
  z.object({ kind: z.literal('stopped'), code: z.enum(EARLY_END_CODES), detail: z.string(), stack: z.string(), member: z.string().nullable(), allow: z.string().nullable() }),
  /** Compiled code of losscheck's own was not in the cache. */
  z.object({ kind: z.literal('cold') }),
  z.object({ kind: z.literal('done') }),
]);

/** A verdict that what it rests on contradicts was not reached by losscheck. */
function isOfOnePiece({ verdict, checks, findings }: LossReport): boolean {
  if (verdict === 'pass') return checks.length > 0 && findings.length === 0 && checks.every(({ status }) => status !== 'fail');
  return verdict !== 'error' || findings.length > 0;
}

export type FunctionPlace = z.infer<typeof functionPlaceSchema>;
export type ModuleRequest = z.infer<typeof moduleSchema>;
export type VerifyRequest = z.infer<typeof verifyRequestSchema>;
export type EvaluateRequest = z.infer<typeof evaluateRequestSchema>;
export type SelftestRequest = z.infer<typeof selftestRequestSchema>;
export type ConfigRequest = z.infer<typeof configRequestSchema>;
export type Request = z.infer<typeof requestSchema>;
export type Event = z.infer<typeof eventSchema>;
export type Emit = (event: Event) => void;
