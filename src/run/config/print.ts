import path from 'node:path';
import { UsageError } from '../../contracts/errors.ts';
import type { VerifyOptions } from '../../contracts/options.ts';
import { resolveTargets } from '../../load/targets.ts';
import { builtIns } from '../builtins.ts';
import { DEFAULT_RUN_TIMEOUT } from '../many/options.ts';
import { DEFAULT_SAMPLES, DEFAULT_TIMEOUT, toRunOptions } from '../options.ts';
import { DEFAULT_MAX_MEMORY } from '../isolation/confinement.ts';
import type { LoadedConfig } from './loaded.ts';
import { matches } from './settings.ts';

type Origin = 'flag' | 'config' | 'default';

/** What a run would go by, for `--print-config`. */
export interface EffectiveConfig {
  /** The file, as messages show it. */
  readonly config: string | null;
  readonly values: Readonly<Record<string, unknown>>;
  /** Where each value is from. */
  readonly from: Readonly<Record<string, Origin>>;
  readonly overrides: readonly unknown[];
  /** By target that is one file or built-in loss: the overrides that hold for it, the last one winning. */
  readonly targets?: Readonly<Record<string, readonly unknown[]>>;
  readonly checks: readonly unknown[];
}

/** @throws UsageError as the run would */
export async function effectiveConfig(options: VerifyOptions, config: LoadedConfig | null): Promise<EffectiveConfig> {
  const { cwd } = toRunOptions(options, config);
  const facts = config?.facts;
  const entries = {
    targets: choose(options.targets?.length === 0 ? undefined : options.targets, facts?.targets, []),
    check: choose(options.check, facts?.check, null),
    skip: { value: [...(facts?.skip ?? []), ...(options.skip ?? [])], from: originOf(options.skip, facts?.skip) },
    seed: choose(options.seed, facts?.seed, 0),
    samples: choose(options.samples, facts?.samples, DEFAULT_SAMPLES),
    tolerance: choose(options.rtol === undefined ? undefined : { rtol: options.rtol }, facts?.tolerance, { rtol: 1e-5 }),
    backend: choose(options.backend, facts?.backend, 'auto'),
    timeout: choose(options.timeout, facts?.timeout, DEFAULT_TIMEOUT),
    runTimeout: choose(options.runTimeout, facts?.runTimeout, DEFAULT_RUN_TIMEOUT),
    maxMemory: choose(options.maxMemory, facts?.maxMemory, DEFAULT_MAX_MEMORY),
    jobs: choose(options.jobs, facts?.jobs, null),
    strict: choose(options.strict, facts?.strict, false),
    reporters: choose(undefined, facts?.reporters, ['table']),
    baseline: choose(options.baseline, facts?.baseline, null),
    severity: choose(undefined, facts?.severity, {}),
  } satisfies Record<string, { value: unknown; from: Origin }>;
  const overrides = facts?.overrides ?? [];
  const targets = await overridesOf(options.targets ?? [], overrides, { cwd, directory: config?.transfer.directory ?? cwd });
  return {
    config: config?.transfer.shown ?? null,
    values: Object.fromEntries(Object.entries(entries).map(([name, { value }]) => [name, value])),
    from: Object.fromEntries(Object.entries(entries).map(([name, { from }]) => [name, from])),
    overrides,
    ...(targets === null ? {} : { targets }),
    checks: facts?.checks ?? [],
  };
}

function choose(flag: unknown, configured: unknown, otherwise: unknown): { value: unknown; from: Origin } {
  return { value: flag ?? configured ?? otherwise, from: originOf(flag, configured) };
}

function originOf(flag: unknown, configured: unknown): Origin {
  return flag !== undefined ? 'flag' : configured !== undefined ? 'config' : 'default';
}

/** Null where no target was named. */
async function overridesOf(
  targets: readonly string[],
  overrides: readonly { readonly files: string | readonly string[] }[],
  { cwd, directory }: { readonly cwd: string; readonly directory: string },
): Promise<Readonly<Record<string, readonly unknown[]>> | null> {
  if (targets.length === 0) return null;
  const { files, builtins, errors } = await resolveTargets(targets, cwd, builtIns().ids);
  const [wrong] = errors;
  if (wrong !== undefined) throw new UsageError(`--print-config: ${wrong.error.message}`, wrong.error.fix);
  const named = [...files.map(({ file, displayPath }) => ({ shown: displayPath, name: path.relative(directory, file) })), ...builtins.map((id) => ({ shown: id, name: id }))];
  return Object.fromEntries(named.map(({ shown, name }) => [shown, overrides.filter(({ files: globs }) => matches(name, globs))]));
}
