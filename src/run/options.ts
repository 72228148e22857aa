import path from 'node:path';
import { z } from 'zod';
import { BACKEND_CHOICES, ENGINE_CHOICES } from '../contracts/backend.ts';
import { DEFAULT_MAX_MEMORY } from './isolation/confinement.ts';
import { CHECKS } from '../checks/index.ts';
import type { Check, OwnCheck } from '../contracts/check.ts';
import { UsageError } from '../contracts/errors.ts';
import { inputMetadataSchema } from '../contracts/metadata.ts';
import type { VerifyOptions } from '../contracts/options.ts';
import { didYouMean } from '../load/nearest.ts';
import { builtIns } from './builtins.ts';
import { runConfigSchema, type LoadedConfig } from './config/loaded.ts';
import type { Settings } from './config/settings.ts';

/** Random points a loss is checked at when nobody says how many. */
export const DEFAULT_SAMPLES = 3;
/** Relative tolerance of `gradient-match`: far above the bound on smooth losses, far below a real mistake. */
const DEFAULT_RTOL = 1e-5;
/** Seconds for one loss: two hundred times what a large one takes. */
export const DEFAULT_TIMEOUT = 60;

/** Megabytes without which no loss can be checked. */
const LEAST_MEMORY = 256;

/** The check that runs only on request. */
const COMPARISON = 'against';

/**
 * What a process needs to know to check a module: plain data, so that it can cross to a child process.
 * Samplers are functions and live in the module's metadata, never here.
 */
export const runOptionsSchema = z.object({
  /** Null: those of the config, else all. */
  check: z.array(z.string()).nullable(),
  skip: z.array(z.string()),
  /** A built-in loss to compare with. */
  against: z.string().nullable(),
  input: z.record(z.string(), inputMetadataSchema),
  param: z.record(z.string(), z.unknown()),
  seed: z.int('expected a whole number'),
  /** Null: as the config says, else the default. */
  samples: z.int('expected a whole number').min(1, 'expected at least 1').max(1000, 'expected at most 1000').nullable(),
  /** Null: what the module declares, else the config, else the default. */
  rtol: z.number().gt(0, 'expected a number above 0').lt(1, 'expected a number below 1').nullable(),
  backend: z.enum(BACKEND_CHOICES),
  /** Seconds that one loss may take. */
  timeout: z.number('expected a number of seconds').gt(0, 'expected a number above 0'),
  /** Megabytes that the process of a module may hold. */
  maxMemory: z.int('expected a whole number of megabytes').min(LEAST_MEMORY, `expected at least ${LEAST_MEMORY}, which two copies of TensorFlow.js take`),
  /** What a module may read beyond its project: absolute paths. */
  allowRead: z.array(z.string()),
  /** Names of environment variables that a module may read beyond the harmless ones. */
  allowEnv: z.array(z.string().regex(/^[^=\0]+$/, 'expected names of environment variables')),
  strict: z.boolean(),
  /** Evaluate many coordinates at once where a trace allows it. */
  lanes: z.boolean(),
  /** Keep what pictures need. */
  details: z.boolean(),
  /** Findings that are known and do not count. */
  baseline: z.object({ file: z.string(), fingerprints: z.array(z.string()) }).nullable(),
  cwd: z.string(),
  /** Null for a run without one. */
  config: runConfigSchema.nullable(),
  /** True where no config may be used. */
  withoutConfig: z.boolean(),
});

export type RunOptions = z.infer<typeof runOptionsSchema>;

/**
 * The options of a run with their defaults.
 *
 * @throws UsageError for a value that cannot be, an unknown check, or a choice that leaves no check
 */
export function toRunOptions(options: VerifyOptions, config: LoadedConfig | null = null): RunOptions {
  const parsed = runOptionsSchema.safeParse({
    check: options.check === undefined || options.check.length === 0 ? null : options.check,
    skip: options.skip ?? [],
    against: options.against ?? null,
    input: options.input ?? {},
    param: options.param ?? {},
    seed: options.seed ?? config?.facts.seed ?? 0,
    samples: options.samples ?? null,
    rtol: options.rtol ?? null,
    backend: options.backend ?? config?.facts.backend ?? 'auto',
    timeout: options.timeout ?? config?.facts.timeout ?? DEFAULT_TIMEOUT,
    maxMemory: options.maxMemory ?? config?.facts.maxMemory ?? DEFAULT_MAX_MEMORY,
    allowRead: (options.allowRead ?? []).map((place) => path.resolve(options.cwd ?? process.cwd(), place)),
    allowEnv: options.allowEnv ?? [],
    strict: options.strict ?? config?.facts.strict ?? false,
    lanes: options.lanes ?? true,
    details: options.details ?? false,
    baseline: null,
    cwd: options.cwd ?? process.cwd(),
    config: config?.transfer ?? null,
    withoutConfig: options.config === false,
  });
  if (!parsed.success) throw wrongOption(options, parsed.error.issues[0]);
  const own = config?.facts.checks ?? [];
  requireKnown('check', parsed.data.check ?? [], own);
  requireKnown('skip', parsed.data.skip, own);
  requireBuiltIn(parsed.data);
  const { check = null, skip = [], severity = {} } = config?.facts ?? {};
  requireCheck(chosenFrom([...CHECKS, ...own], parsed.data, { check, skip, severity }));
  return parsed.data;
}

/**
 * The options of a command that runs a loss on one engine: a config that asks for all of them speaks of `verify`.
 *
 * @param asked what the command itself was given
 * @throws UsageError where it was asked for all
 */
export function onOneEngine(command: string, options: RunOptions, asked: unknown): RunOptions {
  if (asked === 'all') throw new UsageError(`${command}: --backend all is for verify, expected one of ${ENGINE_CHOICES.join(', ')}`, `Name the backend: losscheck ${command} … --backend wasm`);
  return options.backend === 'all' ? { ...options, backend: 'auto' } : options;
}

/** @throws UsageError for a check that is neither losscheck's nor the project's */
function requireKnown(option: string, ids: readonly string[], own: readonly { readonly id: string }[]): void {
  const known = [...CHECKS, ...own].map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new UsageError(`${option}: found ${JSON.stringify(unknown)}; expected one of ${known.join(', ')}${didYouMean(unknown, known)}`);
}

/** @throws UsageError where no check is left */
export function requireCheck(chosen: readonly unknown[]): void {
  if (chosen.length > 0) return;
  throw new UsageError('no check is left to run', 'Leave out one of the --skip flags, or of what the config skips: a gate that checks nothing must not pass.');
}

function wrongOption(options: VerifyOptions, issue: z.core.$ZodIssue | undefined): UsageError {
  const path = (issue?.path ?? []).map(String);
  const found: unknown = path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), options);
  return new UsageError(`${path.join('.')}: found ${JSON.stringify(found) ?? String(found)}; ${issue?.message ?? 'not accepted'}`);
}

/** @throws UsageError where the comparison has nothing to compare with */
function requireBuiltIn({ against, check }: RunOptions): void {
  if (against === null) {
    if (check?.includes(COMPARISON) !== true) return;
    throw new UsageError(`--check ${COMPARISON} compares with a built-in loss, and none is named`, 'Name it: --against focal. `losscheck list` shows them.');
  }
  const { ids } = builtIns();
  if (ids.includes(against)) return;
  throw new UsageError(`--against ${against}: no built-in loss has this id${didYouMean(against, ids)}`, '`losscheck list` shows the built-in losses; another file cannot be compared with.');
}

type Choice = Pick<RunOptions, 'check' | 'skip' | 'against'>;
type ConfiguredChoice = Pick<Settings, 'check' | 'skip' | 'severity'>;

/** The checks of a loss, in the order of the report. */
export function chosenChecks(choice: Choice, settings: Settings): readonly (Check | OwnCheck)[] {
  return chosenFrom<Check | OwnCheck>([...CHECKS, ...settings.checks], choice, settings);
}

/** `--check` alone decides; `--skip` adds to what the config skips. The comparison runs where there is something to compare with. */
function chosenFrom<C extends { readonly id: string }>(checks: readonly C[], { check, skip, against }: Choice, settings: ConfiguredChoice): readonly C[] {
  const isConfigured = (id: string): boolean => (settings.check?.includes(id) ?? true) && !settings.skip.includes(id) && settings.severity[id] !== 'off';
  return checks.filter(({ id }) => {
    if (skip.includes(id) || (id === COMPARISON && against === null)) return false;
    return check === null ? isConfigured(id) || id === COMPARISON : check.includes(id);
  });
}

export function samplesOf({ samples }: RunOptions, settings: Settings): number {
  return samples ?? settings.samples ?? DEFAULT_SAMPLES;
}

/** Flag, then module, then config. */
export function toleranceOf(options: RunOptions, declared: number | undefined, settings: Settings): number {
  return options.rtol ?? declared ?? settings.rtol ?? DEFAULT_RTOL;
}
