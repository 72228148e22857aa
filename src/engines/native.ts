import { createRequire } from 'node:module';
import path from 'node:path';
import type { InstallationNote, NativePackage, Tensorflow } from '../contracts/tensorflow.ts';
import { selfTest } from './self-test.ts';
import type { Tf, TfjsCopy } from './tfjs.ts';

type Native =
  | { readonly copy: TfjsCopy; readonly notes: readonly InstallationNote[] }
  | { readonly copy: null; readonly reason: string };

/** Whatever is wrong with tfjs-node becomes the reason for going without it. */
export function loadNative(native: Tensorflow['native']): Native {
  if ('missing' in native) return { copy: null, reason: native.missing };
  const where = `Node ${process.versions.node}`;
  const { name, version, root } = native;
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const notes = giveBack(name, version, where);
  try {
    const namespace = createRequire(path.join(root, 'package.json'))(root) as Tf;
    selfTest(namespace, 32);
    return { copy: { core: namespace, layers: null, cpu: {}, deep: () => undefined }, notes };
  } catch (error) {
    return { copy: null, reason: `${name} does not load on ${where}: ${reasonOf(error, native)}` };
  }
}

/**
 * Node 23 took away a function that tfjs-node up to 4.22 calls in every operation. It is put back for the process of
 * the module; whoever trains needs it too.
 */
function giveBack(name: string, version: string, where: string): readonly InstallationNote[] {
  const util = process.getBuiltinModule('node:util') as unknown as Record<string, unknown>;
  if (util['isNullOrUndefined'] !== undefined) return [];
  util['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined;
  return [{
    message: `${name} ${version} calls util.isNullOrUndefined, which ${where} no longer has: losscheck adds it for its own run, and training without it throws`,
    fix: `Train on Node 22, or run this before ${name} is loaded: require('node:util').isNullOrUndefined = (value) => value == null`,
  }];
}

/** The package explains at length, and by paths, that its addon is not there. */
function reasonOf(error: unknown, { name }: NativePackage): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/native addon module.*can not be found/s.test(text)) return `its native library is not there, because no install script of ${name} ran or could download it`;
  return text.split('\n', 1)[0] ?? text;
}
