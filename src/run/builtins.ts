import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ModuleBundle } from '../contracts/engine.ts';
import { packageRoot } from '../package-root.ts';

/** The built-in losses are modules like a user's; the build has bundled them. */

/** The export of the bundle of all that holds them, by id. */
export const BUILT_IN_EXPORT = 'BUILT_IN_LOSSES';

/** What `losscheck list` says of one built-in loss; the build writes it down from the definition. */
export interface BuiltInDescription {
  readonly id: string;
  readonly name: string;
  /** What it is for, by the words of the page of losses. */
  readonly family: string;
  readonly description: string;
  readonly formula: string;
  readonly reference: string;
  readonly kinks: string | null;
  readonly inputs: readonly { readonly name: string; readonly role: string; readonly shape: readonly number[]; readonly domain: string }[];
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly default: unknown;
    readonly description: string | null;
  }[];
  /** A worked example; parameters that it does not name have their defaults. */
  readonly example: {
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly params: Readonly<Record<string, unknown>>;
    readonly value: number;
  };
  /** Null while there are no golden values. */
  readonly oracle: BuiltInOracle | null;
}

/** What the golden values of a loss were made with. */
export interface BuiltInOracle {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
}

export interface BuiltInManifest {
  readonly ids: readonly string[];
  readonly descriptions: readonly BuiltInDescription[];
}

let manifest: BuiltInManifest | null = null;

export function builtIns(): BuiltInManifest {
  manifest ??= readBuilt('built-ins') as BuiltInManifest;
  return manifest;
}

/**
 * The bundle of a single loss, whose file exports nothing else, or of all.
 *
 * @param ids those that are asked for; null for all
 */
export function builtInBundle(ids: readonly string[] | null): ModuleBundle {
  const [only = 'all'] = ids?.length === 1 ? ids : [];
  // The build ran somewhere else: imports of the bundle resolve from where the package stands now.
  return { ...(readBuilt(only) as ModuleBundle), entry: path.join(folder(), 'built-ins.js') };
}

/** Those that are asked for, by id; looking at the others would take longer than checking one. */
export function builtInExports(exports: Readonly<Record<string, unknown>>, ids: readonly string[] | null): Readonly<Record<string, unknown>> {
  const all = exports[BUILT_IN_EXPORT];
  // Without the record of all it is the module of a single loss, which exports nothing else.
  if (typeof all !== 'object' || all === null) return Object.fromEntries((ids ?? []).map((id) => [id, Object.values(exports)[0]]));
  return ids === null ? { ...all } : Object.fromEntries(ids.map((id) => [id, Reflect.get(all, id) as unknown]));
}

function readBuilt(name: string): unknown {
  return JSON.parse(readFileSync(path.join(folder(), `${name}.json`), 'utf8'));
}

function folder(): string {
  return path.join(packageRoot(), 'dist', 'losses');
}
