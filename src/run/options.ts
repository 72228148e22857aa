import { z } from 'zod';
import { BACKEND_CHOICES } from '../contracts/backend.ts';
import { domainSchema, inputMetadataSchema } from '../contracts/metadata.ts';
import type { VerifyOptions } from '../contracts/options.ts';

/** Random points a loss is checked at when nobody says how many. */
export const DEFAULT_SAMPLES = 3;
/** Relative tolerance of `gradient-match`: far above the bound on smooth losses, far below a real mistake. */
const DEFAULT_RTOL = 1e-5;
/** Seconds for one loss: two hundred times what a large one takes. */
export const DEFAULT_TIMEOUT = 60;

/**
 * What a process needs to know to check a module: plain data, so that it can cross to a child process.
 * Samplers are functions and live in the module's metadata, never here.
 */
export const runOptionsSchema = z.object({
  check: z.array(z.string()).nullable(),
  skip: z.array(z.string()),
  input: z.record(z.string(), inputMetadataSchema.extend({ domain: domainSchema.optional() })),
  param: z.record(z.string(), z.unknown()),
  seed: z.int(),
  samples: z.int().min(1),
  /** Null: what the module declares, else the default. */
  rtol: z.number().nullable(),
  backend: z.enum(BACKEND_CHOICES),
  strict: z.boolean(),
  cwd: z.string(),
});

export type RunOptions = z.infer<typeof runOptionsSchema>;

export function toRunOptions(options: VerifyOptions): RunOptions {
  return {
    check: options.check === undefined || options.check.length === 0 ? null : [...options.check],
    skip: [...(options.skip ?? [])],
    input: { ...options.input },
    param: { ...options.param },
    seed: options.seed ?? 0,
    samples: options.samples ?? DEFAULT_SAMPLES,
    rtol: options.rtol ?? null,
    backend: options.backend ?? 'auto',
    strict: options.strict ?? false,
    cwd: options.cwd ?? process.cwd(),
  };
}

export function toleranceOf(options: RunOptions, declared: number | undefined): number {
  return options.rtol ?? declared ?? DEFAULT_RTOL;
}
