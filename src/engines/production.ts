import { createRequire } from 'node:module';
import path from 'node:path';
import type { BackendChoice } from '../contracts/backend.ts';
import type { BackendName, Engine } from '../contracts/engine.ts';
import { UsageError } from '../contracts/errors.ts';
import { packageRoot } from '../package-root.ts';
import { loadCopy } from './reference.ts';
import { selfTest } from './self-test.ts';
import { TfjsEngine } from './tfjs-engine.ts';
import type { Tf, TfjsCopy } from './tfjs.ts';
import { useWasmBackend } from './wasm.ts';

/**
 * The float32 engine: what runs in production.
 *
 * `auto` is tfjs-node where it loads and passes its self-test, else the CPU backend, and the engine says
 * why. The wasm backend lacks kernels that losses use, so it is taken only when asked for.
 *
 * @param project directory whose own tfjs-node is preferred to losscheck's
 * @throws UsageError when a backend is asked for by name and cannot be used
 */
export async function createProductionEngine(choice: BackendChoice, project: string): Promise<Engine> {
  if (choice === 'cpu') return onCopy(loadCopy('production32'), 'cpu', null);
  if (choice === 'wasm') {
    const copy = loadCopy('production32');
    await orExplain('wasm', () => useWasmBackend(copy.core));
    return onCopy(copy, 'wasm', null);
  }
  const native = loadNative(project);
  if (native.copy !== null) return onCopy(native.copy, 'tensorflow', null);
  if (choice === 'node') {
    const mend = 'Use --backend auto or --backend cpu, or mend the installation.';
    throw new UsageError(`--backend node: ${native.reason}`, mend);
  }
  return onCopy(loadCopy('production32'), 'cpu', native.reason);
}

function onCopy(copy: TfjsCopy, backend: BackendName, fallbackReason: string | null): Engine {
  selfTest(copy.core, 32);
  const tfjs = copy.core.version_core;
  return new TfjsEngine(copy, { role: 'production', backend, precision: 32, tfjs, fallbackReason });
}

async function orExplain(choice: BackendChoice, load: () => Promise<void>): Promise<void> {
  try {
    await load();
  } catch (error) {
    throw new UsageError(`--backend ${choice}: ${firstLine(error)}`, 'Use --backend auto or --backend cpu.');
  }
}

type Native = { readonly copy: TfjsCopy; readonly reason: null } | { readonly copy: null; readonly reason: string };

/** The user's tfjs-node before ours. Whatever is wrong with it becomes the reason for the fallback. */
function loadNative(project: string): Native {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  for (const directory of [project, packageRoot()]) {
    const require = createRequire(path.join(directory, 'losscheck-resolve.js'));
    const resolved = resolveQuietly(require);
    if (resolved === null) continue;
    try {
      const namespace = require(resolved) as Tf;
      selfTest(namespace, 32);
      return { copy: { core: namespace, layers: null, cpu: {}, deep: () => undefined }, reason: null };
    } catch (error) {
      const where = `Node ${process.versions.node}`;
      return { copy: null, reason: `@tensorflow/tfjs-node does not load on ${where}: ${firstLine(error)}` };
    }
  }
  return { copy: null, reason: '@tensorflow/tfjs-node is not installed' };
}

function resolveQuietly(require: NodeJS.Require): string | null {
  try {
    return require.resolve('@tensorflow/tfjs-node');
  } catch {
    // Not being installed is an answer, not an error: the caller reports it.
    return null;
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}
