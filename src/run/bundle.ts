import path from 'node:path';
import { openCache } from '../cache.ts';
import type { BackendChoice } from '../contracts/backend.ts';
import type { Tensorflow } from '../contracts/tensorflow.ts';
import { bundleModule } from '../load/bundle.ts';
import { importedPackages, SUPPLIED_PACKAGES } from '../load/supply.ts';
import { ownTensorflow, tensorflowOf } from '../load/tensorflow/copy.ts';
import { BUILT_IN_EXPORT, builtInBundle } from './builtins.ts';
import type { ModuleRequest } from './messages.ts';

interface Where {
  readonly cwd: string;
  /** What the losses are to run on; null for a module without losses, which runs on losscheck's own TensorFlow.js. */
  readonly backend: BackendChoice | null;
}

/** A user's file, bundled. */
export async function fileRequest(file: string, fileId: string, exportName: string | null, explicit: boolean, { cwd, backend }: Where): Promise<ModuleRequest> {
  const project = path.dirname(file);
  const { entry, code, map, sources } = await bundleModule(file, { cwd, supplied: SUPPLIED_PACKAGES, cache: openCache(project) });
  const tensorflow = backend === null ? ownTensorflow() : await tensorflowFor(project, importedPackages(code), backend);
  return { bundle: { entry, code, map, sources: [...sources] }, fileId, exportNames: exportName === null ? null : [exportName], explicit, builtIn: false, project, tensorflow };
}

/** Some built-in losses, or all. */
export async function builtInRequest(ids: readonly string[] | null, { cwd, backend }: Where): Promise<ModuleRequest> {
  const bundle = builtInBundle(ids);
  const tensorflow = backend === null ? ownTensorflow() : await tensorflowFor(cwd, [], backend);
  return { bundle: { ...bundle, sources: [...bundle.sources] }, fileId: BUILT_IN_EXPORT, exportNames: ids === null ? null : [...ids], explicit: true, builtIn: true, project: cwd, tensorflow };
}

/** The place that decides what the process of a module may read: its file, or one in the folder that losscheck runs in. */
export function homeOf({ builtIn, project, bundle }: ModuleRequest): string {
  return builtIn ? path.join(project, 'built-in') : bundle.entry;
}

const looked = new Map<string, Promise<Tensorflow>>();

/** What projects have is looked for anew: somebody may have installed something since. */
export function forgetInstallations(): void {
  looked.clear();
}

/** What a project has is looked for once in a run. */
export function tensorflowFor(project: string, imported: readonly string[], backend: BackendChoice): Promise<Tensorflow> {
  const preferNative = backend === 'node';
  const key = JSON.stringify([project, imported, preferNative]);
  // Processes of modules look in the cache of the folder that they start in.
  const found = looked.get(key) ?? tensorflowOf(project, { imported, preferNative, cache: openCache(process.cwd()) });
  looked.set(key, found);
  return found;
}
