import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { cacheKey, type Cache } from '../../cache.ts';
import type { Tensorflow } from '../../contracts/tensorflow.ts';
import { packageRoot } from '../../package-root.ts';
import { isBuildFailure } from '../bundle-errors.ts';
import { digestOf, stampOf, type CopyRoots } from './contents.ts';
import { findNative, findTensorflow, type InstalledTensorflow } from './installed.ts';
import { bundleCopy, bundleWasmBackend } from './recipe.ts';

export interface TensorflowOptions {
  /** Packages that the module imports. */
  readonly imported: readonly string[];
  /** Whether the native backend is asked for by name. */
  readonly preferNative: boolean;
  /** Where scripts of earlier runs are kept, and where processes of modules find them. */
  readonly cache: Cache;
}

/** Versions of tfjs-core that the engines are made for. */
const SUPPORTED = /^[34]\./;

/**
 * The TensorFlow.js of a project, ready for the engines: its own copy where it has one, else losscheck's. What its own
 * copy cannot be used for is said in `notes`.
 */
export async function tensorflowOf(project: string, { imported, preferNative, cache }: TensorflowOptions): Promise<Tensorflow> {
  const own = ownCopy();
  const found = findTensorflow(project, imported, preferNative);
  if (found === null) {
    const native = findNative(project);
    return native === null ? ownTensorflow() : { ...ownTensorflow(), native: { ...native } };
  }
  const { core, notes } = found;
  const instead = (why: string, fix: string): Tensorflow => {
    const note = { message: `this project has ${core.name} ${core.version}, and ${why}: verified with losscheck's own ${own.version}, whose operations may differ`, fix };
    return { version: own.version, scripts: null, wasm: null, native: { missing: `it would compute with another TensorFlow.js than the reference: ${why}` }, notes: [...notes, note] };
  };
  if (!SUPPORTED.test(core.version)) return instead('losscheck knows the versions 3 and 4', `npm install ${core.name}@${own.version}`);
  const native = nativeOf(found);
  const roots = rootsOf(found);
  if (roots === null) {
    if (core.version === own.version) return { version: own.version, scripts: null, wasm: null, native, notes: [...notes] };
    return instead(`no @tensorflow/tfjs-backend-cpu ${core.version}, which it would be verified on`, `npm install --save-dev @tensorflow/tfjs-backend-cpu@${core.version}`);
  }
  try {
    const digests = knownDigests(roots, cache);
    if (isSame(digests, own.digests)) return { version: core.version, scripts: null, wasm: null, native, notes: [...notes] };
    const scripts = await scriptsOf(roots, digests, cache);
    if (scripts === null) return instead('its scripts for the engines cannot be kept: the cache folder cannot be written', 'Make the folder writable, or name another in the environment variable LOSSCHECK_CACHE.');
    return { version: core.version, scripts, wasm: await wasmOf(found, cache), native, notes: [...notes] };
  } catch (error) {
    return instead(`it cannot be made to compute in float64 (${reasonOf(error)})`, 'Install it again; where that does not help, report this with the output of `losscheck doctor --reporter json`.');
  }
}

const digestsSchema = z.object({ core: z.string(), cpu: z.string(), layers: z.string().nullable() });
const ownSchema = z.object({ version: z.string(), digests: digestsSchema });

type Digests = z.infer<typeof digestsSchema>;

let brought: Tensorflow | null = null;

/** losscheck's own copy, for what is no loss of a project. It is looked for once in a process. */
export function ownTensorflow(): Tensorflow {
  const { version } = ownCopy();
  brought ??= { version, scripts: null, wasm: null, native: ownNative(version), notes: [] };
  return brought;
}

/** Whether all that would compute came with losscheck: what came with a project runs where its modules run. */
export function cameAlong({ scripts, native }: Tensorflow): boolean {
  if (scripts !== null) return false;
  const own = ownTensorflow().native;
  return !('root' in native) || ('root' in own && own.root === native.root);
}

let writtenDown: z.infer<typeof ownSchema> | null = null;

/** What the build has written down of losscheck's own copy. */
function ownCopy(): z.infer<typeof ownSchema> {
  writtenDown ??= ownSchema.parse(JSON.parse(readFileSync(path.join(packageRoot(), 'dist', 'engines', 'copy.json'), 'utf8')));
  return writtenDown;
}

/** The native backend that losscheck has brought along, for modules outside of any project. */
function ownNative(version: string): Tensorflow['native'] {
  const found = findTensorflow(packageRoot(), [], true);
  return found?.core.version === version ? nativeOf(found) : { missing: NOT_INSTALLED };
}

const NOT_INSTALLED = '@tensorflow/tfjs-node is not installed';

function nativeOf({ native, otherNative, core }: InstalledTensorflow): Tensorflow['native'] {
  if (native !== null) return { ...native };
  if (otherNative === null) return { missing: NOT_INSTALLED };
  const { entrance, version } = otherNative;
  return { missing: `${entrance.name} ${entrance.version} computes with its own @tensorflow/tfjs-core ${version}, and the loss with ${core.version}` };
}

function rootsOf({ core, cpu, layers }: InstalledTensorflow): CopyRoots | null {
  return cpu === null ? null : { core: core.root, cpu: cpu.root, layers: layers?.root ?? null };
}

/** Reading a thousand files takes longer than seeing that they are the same as the last time. */
function knownDigests(roots: CopyRoots, cache: Cache): Digests {
  const key = cacheKey('digests', stampOf(roots));
  const known = digestsSchema.safeParse(parse(cache.read('engine', key)));
  if (known.success) return known.data;
  const { core, cpu, layers } = roots;
  const digests = { core: digestOf(core), cpu: digestOf(cpu), layers: layers === null ? null : digestOf(layers) };
  cache.write('engine', key, JSON.stringify(digests));
  return digests;
}

function parse(contents: Buffer | null): unknown {
  return contents === null ? null : JSON.parse(contents.toString('utf8'));
}

function isSame(theirs: Digests, ours: Digests): boolean {
  return theirs.core === ours.core && theirs.cpu === ours.cpu && (theirs.layers === null || theirs.layers === ours.layers);
}

/** Null where they cannot be kept. */
async function scriptsOf(roots: CopyRoots, digests: Digests, cache: Cache): Promise<Tensorflow['scripts']> {
  const kernels = path.join(packageRoot(), 'dist', 'engines', 'kernels');
  const keyFor = (name: string): string => cacheKey(name, digests.core, digests.cpu, digests.layers ?? '');
  const [reference64, production32] = await Promise.all([
    kept(keyFor('reference64'), () => bundleCopy(roots, 64, kernels), cache),
    kept(keyFor('production32'), () => bundleCopy(roots, 32, kernels), cache),
  ]);
  return reference64 === null || production32 === null ? null : { reference64, production32 };
}

async function wasmOf({ core, wasm }: InstalledTensorflow, cache: Cache): Promise<Tensorflow['wasm']> {
  const missing = { missing: `this project has no @tensorflow/tfjs-backend-wasm ${core.version} for its TensorFlow.js ${core.version}: npm install --save-dev @tensorflow/tfjs-backend-wasm@${core.version}` };
  if (wasm === null) return missing;
  const script = await kept(cacheKey('wasm', digestOf(wasm.root)), () => bundleWasmBackend(wasm.root), cache);
  return script === null ? missing : { script, binaries: path.join(wasm.root, 'dist') };
}

/** @returns the key, once the cache holds what stands behind it */
async function kept(key: string, make: () => Promise<Buffer>, cache: Cache): Promise<string | null> {
  if (cache.read('engine', key) !== null) return key;
  cache.write('engine', key, await make());
  return cache.read('engine', key) === null ? null : key;
}

/** esbuild begins with how many errors there are. */
function reasonOf(error: unknown): string {
  if (isBuildFailure(error)) return error.errors[0]?.text ?? 'esbuild gives no reason';
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}

