import { z } from 'zod';
import type { ConfigFacts } from './facts.ts';

/** A config on its way to the process that checks losses: what it says, or, where it holds functions, its code. */
export const runConfigSchema = z.object({
  file: z.string(),
  /** As messages show it. */
  shown: z.string(),
  /** What its paths are relative to. */
  directory: z.string(),
  /** As it was named on the command line; null for one that was found. */
  named: z.string().nullable(),
  value: z.unknown(),
  bundle: z.object({ entry: z.string(), code: z.string(), map: z.string(), sources: z.array(z.string()) }).nullable(),
});

export type RunConfig = z.infer<typeof runConfigSchema>;

/** A config that was found, and what it says. */
export interface LoadedConfig {
  readonly file: string;
  readonly facts: ConfigFacts;
  /** What a process that checks losses needs. */
  readonly transfer: RunConfig;
  /** Every file that it is made of. */
  readonly sources: readonly string[];
}
