import type { EngineChoice } from '../contracts/backend.ts';
import type { BackendName, Engine } from '../contracts/engine.ts';
import { UsageError } from '../contracts/errors.ts';
import type { InstallationNote, Tensorflow } from '../contracts/tensorflow.ts';
import { loadNative } from './native.ts';
import { loadCopy } from './reference.ts';
import { selfTest } from './self-test.ts';
import { TfjsEngine } from './tfjs-engine.ts';
import type { TfjsCopy } from './tfjs.ts';
import { useWasmBackend } from './wasm.ts';

/**
 * The float32 engine: what runs in production.
 *
 * `auto` is tfjs-node where it loads and passes its self-test, else the CPU backend, and the engine says
 * why. The wasm backend lacks kernels that losses use, so it is taken only when asked for.
 *
 * @throws UsageError when a backend is asked for by name and cannot be used
 */
export async function createProductionEngine(choice: EngineChoice, tensorflow: Tensorflow): Promise<Engine> {
  if (choice === 'cpu') return onCopy(loadCopy('production32', tensorflow), 'cpu', null);
  if (choice === 'wasm') {
    // A copy of its own: on one copy only one backend is active, and the CPU engine may run in this process too.
    const copy = loadCopy('production32', tensorflow, 'wasm');
    await orExplain('wasm', () => useWasmBackend(copy.core, tensorflow.wasm));
    return onCopy(copy, 'wasm', null);
  }
  const native = loadNative(tensorflow.native);
  if (native.copy !== null) return onCopy(native.copy, 'tensorflow', null, native.notes);
  if (choice === 'node') {
    const mend = 'Use --backend auto or --backend cpu, or mend the installation: `losscheck doctor` says how.';
    throw new UsageError(`--backend node: ${native.reason}`, mend);
  }
  return onCopy(loadCopy('production32', tensorflow), 'cpu', native.reason);
}

function onCopy(copy: TfjsCopy, backend: BackendName, fallbackReason: string | null, notes: readonly InstallationNote[] = []): Engine {
  selfTest(copy.core, 32);
  const tfjs = copy.core.version_core;
  return new TfjsEngine(copy, { role: 'production', backend, precision: 32, tfjs, fallbackReason, notes });
}

async function orExplain(choice: EngineChoice, load: () => Promise<void>): Promise<void> {
  try {
    await load();
  } catch (error) {
    throw new UsageError(`--backend ${choice}: ${firstLine(error)}`, 'Use --backend auto or --backend cpu.');
  }
}

/** What an error says, without its stack. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}
