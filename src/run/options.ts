import { z } from 'zod';
import { BACKEND_CHOICES } from '../contracts/backend.ts';
import { CHECKS } from '../checks/index.ts';
import type { Check } from '../contracts/check.ts';
import { UsageError } from '../contracts/errors.ts';
import { inputMetadataSchema } from '../contracts/metadata.ts';
import type { VerifyOptions } from '../contracts/options.ts';
import { didYouMean } from '../load/nearest.ts';
import { builtIns } from './builtins.ts';

/** Random points a loss is checked at when nobody says how many. */
export const DEFAULT_SAMPLES = 3;
/** Relative tolerance of `gradient-match`: far above the bound on smooth losses, far below a real mistake. */
const DEFAULT_RTOL = 1e-5;
/** Seconds for one loss: two hundred times what a large one takes. */
export const DEFAULT_TIMEOUT = 60;

/** The check that runs only on request. */
const COMPARISON = 'against';

const CHECK_NAMES = CHECKS.map(({ id }) => id);
const checkId = z.string().refine((id) => CHECK_NAMES.includes(id), { error: `expected one of ${CHECK_NAMES.join(', ')}` });

/**
 * What a process needs to know to check a module: plain data, so that it can cross to a child process.
 * Samplers are functions and live in the module's metadata, never here.
 */
export const runOptionsSchema = z.object({
  check: z.array(checkId).nullable(),
  skip: z.array(checkId),
  /** A built-in loss to compare with. */
  against: z.string().nullable(),
  input: z.record(z.string(), inputMetadataSchema),
  param: z.record(z.string(), z.unknown()),
  seed: z.int('expected a whole number'),
  samples: z.int('expected a whole number').min(1, 'expected at least 1').max(1000, 'expected at most 1000'),
  /** Null: what the module declares, else the default. */
  rtol: z.number().gt(0, 'expected a number above 0').lt(1, 'expected a number below 1').nullable(),
  backend: z.enum(BACKEND_CHOICES),
  /** Seconds that one loss may take. */
  timeout: z.number('expected a number of seconds').gt(0, 'expected a number above 0'),
  strict: z.boolean(),
  /** Evaluate many coordinates at once where a trace allows it. */
  lanes: z.boolean(),
  /** Keep what pictures need. */
  details: z.boolean(),
  /** Findings that are known and do not count. */
  baseline: z.object({ file: z.string(), fingerprints: z.array(z.string()) }).nullable(),
  cwd: z.string(),
});

export type RunOptions = z.infer<typeof runOptionsSchema>;

/**
 * The options of a run with their defaults.
 *
 * @throws UsageError for a value that cannot be, an unknown check, or a choice that leaves no check
 */
export function toRunOptions(options: VerifyOptions): RunOptions {
  const parsed = runOptionsSchema.safeParse({
    check: options.check === undefined || options.check.length === 0 ? null : options.check,
    skip: options.skip ?? [],
    against: options.against ?? null,
    input: options.input ?? {},
    param: options.param ?? {},
    seed: options.seed ?? 0,
    samples: options.samples ?? DEFAULT_SAMPLES,
    rtol: options.rtol ?? null,
    backend: options.backend ?? 'auto',
    timeout: options.timeout ?? DEFAULT_TIMEOUT,
    strict: options.strict ?? false,
    lanes: options.lanes ?? true,
    details: options.details ?? false,
    baseline: null,
    cwd: options.cwd ?? process.cwd(),
  });
  if (!parsed.success) throw wrongOption(options, parsed.error.issues[0]);
  requireBuiltIn(parsed.data);
  if (chosenChecks(parsed.data).length === 0) {
    throw new UsageError('no check is left to run', 'Leave out one of the --skip flags: a gate that checks nothing must not pass.');
  }
  return parsed.data;
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

/** The checks of a run, in the order of the report. The comparison runs where there is something to compare with. */
export function chosenChecks({ check, skip, against }: Pick<RunOptions, 'check' | 'skip' | 'against'>): readonly Check[] {
  return CHECKS.filter(({ id }) => (check === null || check.includes(id)) && !skip.includes(id) && (id !== COMPARISON || against !== null));
}

export function toleranceOf(options: RunOptions, declared: number | undefined): number {
  return options.rtol ?? declared ?? DEFAULT_RTOL;
}
