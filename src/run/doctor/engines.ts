import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { EngineChoice } from '../../contracts/backend.ts';
import type { BackendReport } from '../../contracts/doctor.ts';
import type { EnginesReport } from '../../contracts/report.ts';
import type { Tensorflow } from '../../contracts/tensorflow.ts';
import { displayPath } from '../../load/paths.ts';
import { packageRoot } from '../../package-root.ts';
import { builtInRequest, tensorflowFor } from '../bundle.ts';
import { describeStop } from '../early-end.ts';
import { ask } from '../isolation/ask.ts';
import { spawnChild } from '../isolation/child-process.ts';
import { confinementOf } from '../isolation/confinement.ts';
import { toRunOptions } from '../options.ts';

/** A small loss that every backend can compute. */
const TRIED = 'mse';

/** Engines that start and compute, or why they do not. */
export type Trial = { readonly engines: EnginesReport; readonly problem: null } | { readonly engines: null; readonly problem: string };

/**
 * Checks a built-in loss as `verify` checks a file, in a process of its own: a native library that ends its process
 * ends only that. The engines prove themselves as they start, the reference engine in float64.
 */
export async function tryBackend(backend: EngineChoice, cwd: string): Promise<Trial> {
  const options = toRunOptions({ targets: [TRIED], check: ['scalar-output'], backend, cwd });
  const seen: { engines: EnginesReport | null; problem: string | null } = { engines: null, problem: null };
  const request = { kind: 'verify' as const, module: await builtInRequest([TRIED], options), options, done: [] };
  const ending = await ask(spawnChild(confinementOf(path.join(cwd, TRIED), options), 'verify'), request, (event) => {
    if (event.kind === 'engines') seen.engines = event.engines;
    if (event.kind === 'refused') seen.problem = event.error.message;
    if (event.kind === 'failed') seen.problem = event.message;
    if (event.kind === 'finished' && event.report.verdict !== 'pass') seen.problem = `${TRIED} did not pass: ${event.report.verdict}`;
  });
  const { engines } = seen;
  const problem = seen.problem ?? (ending.kind === 'done' ? null : describeStop(ending, options));
  if (problem !== null) return { engines: null, problem: problem.replace(`--backend ${backend}: `, '') };
  return engines === null ? { engines: null, problem: 'no engine has started' } : { engines, problem: null };
}

/** What each backend is called by its engine. */
const ENGINE_NAMES = { node: 'tensorflow', wasm: 'wasm', cpu: 'cpu' } as const;

/** Platforms for which `scripts/native-backend.mjs` finds the library in a registry of packages. */
const RECIPE_PLATFORMS = ['linux-x64', 'linux-arm64'];

const NATIVE = '@tensorflow/tfjs-node';

/**
 * How to get the native backend here, for the TensorFlow.js that the project has. Its own installer downloads from a
 * place that closed networks do not reach.
 */
function nativeRecipe(cwd: string, { version, native }: Tensorflow): string {
  const isInstalled = 'root' in native && native.name === NATIVE;
  const complete = RECIPE_PLATFORMS.includes(`${process.platform}-${process.arch}`)
    ? `node ${displayPath(path.join(rootAsSeenFrom(cwd), 'scripts', 'native-backend.mjs'), cwd)}`
    : `npm rebuild ${NATIVE}, where its installer can download`;
  return isInstalled ? complete : `npm install --ignore-scripts ${NATIVE}@~${version} && ${complete}`;
}

/** Where losscheck is for whoever works in a folder: some package managers put a link there, and the package elsewhere. */
function rootAsSeenFrom(cwd: string): string {
  const link = path.join(cwd, 'node_modules', 'losscheck');
  return existsSync(link) && realpathSync(link) === realpathSync(packageRoot()) ? link : packageRoot();
}

/** What `auto` takes, and which backends could be asked for by name. */
export async function tryBackends(cwd: string): Promise<{ readonly auto: Trial; readonly backends: readonly BackendReport[] }> {
  const [auto, node, wasm, cpu] = await Promise.all([
    tryBackend('auto', cwd),
    tryBackend('node', cwd),
    tryBackend('wasm', cwd),
    tryBackend('cpu', cwd),
  ]);
  const tensorflow = await tensorflowFor(cwd, [], 'auto');
  const taken = auto.engines?.production.backend ?? null;
  const backends = Object.entries({ node, wasm, cpu }).map(([key, { problem }]) => {
    const name = key as keyof typeof ENGINE_NAMES;
    return { name, chosen: taken === ENGINE_NAMES[name], problem, fix: problem !== null && name === 'node' ? nativeRecipe(cwd, tensorflow) : null };
  });
  return { auto, backends };
}
