import path from 'node:path';
import { openCache } from '../cache.ts';
import { bundleModule } from '../load/bundle.ts';
import { SUPPLIED_PACKAGES } from '../load/supply.ts';
import { BUILT_IN_EXPORT, builtInBundle } from './builtins.ts';
import type { ModuleRequest } from './messages.ts';

/** A user's file, bundled. */
export async function fileRequest(file: string, fileId: string, exportName: string | null, explicit: boolean, cwd: string): Promise<ModuleRequest> {
  const { entry, code, map, sources } = await bundleModule(file, { cwd, supplied: SUPPLIED_PACKAGES, cache: openCache(path.dirname(file)) });
  return { bundle: { entry, code, map, sources: [...sources] }, fileId, exportNames: exportName === null ? null : [exportName], explicit, builtIn: false, project: path.dirname(file) };
}

/** Some built-in losses, or all. */
export function builtInRequest(ids: readonly string[] | null, cwd: string): ModuleRequest {
  const bundle = builtInBundle(ids);
  return { bundle: { ...bundle, sources: [...bundle.sources] }, fileId: BUILT_IN_EXPORT, exportNames: ids === null ? null : [...ids], explicit: true, builtIn: true, project: cwd };
}
