import path from 'node:path';
import picomatch from 'picomatch';
import type { OwnCheck } from '../../contracts/check.ts';
import type { ConfigOverride, ParsedConfig, SeverityLevel } from '../../contracts/config.ts';
import type { InputMetadata, LossMetadata } from '../../contracts/metadata.ts';
import { toSlashes } from '../../load/paths.ts';

/** What a config says about one loss. */
export interface Settings {
  readonly check: readonly string[] | null;
  readonly skip: readonly string[];
  readonly samples: number | null;
  readonly rtol: number | null;
  /** By check id or finding code. */
  readonly severity: Readonly<Record<string, SeverityLevel>>;
  readonly inputs: Readonly<Record<string, InputMetadata>>;
  readonly expect: NonNullable<LossMetadata['expect']>;
  readonly allow: NonNullable<ConfigOverride['allow']>;
  /** Checks of the project's own. */
  readonly checks: readonly OwnCheck[];
}

/** Without a config. */
export const NO_SETTINGS: Settings = { check: null, skip: [], samples: null, rtol: null, severity: {}, inputs: {}, expect: {}, allow: [], checks: [] };

/**
 * The settings of one loss: what the config says for all, then each override that names it, later ones winning.
 *
 * @param target a file, absolute, or the id of a built-in loss
 */
export function settingsFor(config: ParsedConfig, directory: string, target: string): Settings {
  const name = path.isAbsolute(target) ? path.relative(directory, target) : target;
  const base: Settings = {
    ...NO_SETTINGS,
    check: config.check ?? null,
    skip: config.skip ?? [],
    samples: config.samples ?? null,
    rtol: config.tolerance?.rtol ?? null,
    severity: config.severity ?? {},
    checks: config.checks ?? [],
  };
  return (config.overrides ?? []).filter(({ files }) => matches(name, files)).reduce(overridden, base);
}

/** @param name a path relative to the config, or the id of a built-in loss */
export function matches(name: string, globs: string | readonly string[]): boolean {
  return picomatch.isMatch(toSlashes(name), [globs].flat().map((glob) => glob.replace(/^\.\//, '')), { dot: true });
}

function overridden(base: Settings, { inputs = {}, tolerance, expect, allow, check, skip, severity, samples }: ConfigOverride): Settings {
  const merged = Object.fromEntries(Object.entries(inputs).map(([name, about]) => [name, { ...base.inputs[name], ...about }]));
  return {
    ...base,
    check: check ?? base.check,
    skip: skip ?? base.skip,
    samples: samples ?? base.samples,
    rtol: tolerance?.rtol ?? base.rtol,
    severity: { ...base.severity, ...severity },
    inputs: { ...base.inputs, ...merged },
    expect: { ...base.expect, ...expect },
    allow: [...base.allow, ...(allow ?? [])],
  };
}
