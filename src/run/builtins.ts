import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ModuleBundle } from '../contracts/engine.ts';
import { packageRoot } from '../package-root.ts';

/** The built-in losses are a module like a user's; the build has bundled it. */

/** The export of the bundle that holds them, by id. */
export const BUILT_IN_EXPORT = 'BUILT_IN_LOSSES';

/** What `losscheck list` says of one built-in loss; the build writes it down from the definition. */
export interface BuiltInDescription {
  readonly id: string;
  readonly name: string;
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
}

export interface BuiltInManifest {
  readonly ids: readonly string[];
  readonly descriptions: readonly BuiltInDescription[];
  readonly bundle: ModuleBundle;
}

let manifest: BuiltInManifest | null = null;

export function builtIns(): BuiltInManifest {
  if (manifest === null) {
    const directory = path.join(packageRoot(), 'dist', 'losses');
    const { bundle, ...about } = JSON.parse(readFileSync(path.join(directory, 'built-ins.json'), 'utf8')) as BuiltInManifest;
    // The build ran somewhere else: imports of the bundle resolve from where the package stands now.
    manifest = { ...about, bundle: { ...bundle, entry: path.join(directory, 'built-ins.js') } };
  }
  return manifest;
}
