import { Console } from 'node:console';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { z } from 'zod';
import { defineCheck } from '../contracts/check.ts';
import { defineConfig } from '../contracts/config.ts';
import { defineLoss } from '../contracts/define-loss.ts';
import type { ModuleBundle } from '../contracts/engine.ts';
import { watchNamespace } from './tampering.ts';
import type { TfjsCopy } from './tfjs.ts';

/** What the bundle's code sees in place of the module system; the bundler writes these names. */
const SCOPE = ['__losscheck_require', '__losscheck_exports', '__losscheck_meta', 'Float32Array', 'console'] as const;

type Exports = Readonly<Record<string, unknown>>;

/**
 * Runs a bundle once in this process with its own TensorFlow.js.
 *
 * `Float32Array` is a parameter of the script: the reference engine passes `Float64Array`, so that
 * constants and buffers of the user's are doubles too, from one and the same bundle.
 */
export async function runModule(
  bundle: ModuleBundle,
  scriptName: string,
  supply: (specifier: string) => unknown,
  floatArray: unknown,
): Promise<{ readonly exports: Exports }> {
  let exports: Exports | null = null;
  const body = `return (async () => {\n${bundle.code}\n})()`;
  const run = compileFunction(body, [...SCOPE], { filename: scriptName, lineOffset: -1 }) as (
    ...scope: unknown[]
  ) => Promise<void>;
  const meta = {
    url: pathToFileURL(bundle.entry).href,
    filename: bundle.entry,
    dirname: path.dirname(bundle.entry),
  };
  await run(
    supply,
    (found: Exports) => {
      exports = found;
    },
    meta,
    floatArray,
    new Console(process.stderr),
  );
  if (exports === null) throw new Error(`${bundle.entry} ended without handing over its exports`);
  // In an object: a promise would take exports with the name `then` for another promise.
  return { exports };
}

/** Answers every import that the bundler left to us. */
export function supplier(copy: TfjsCopy, entry: string): (specifier: string) => unknown {
  const requireFromEntry = createRequire(entry);
  const made = new Map<string, unknown>();
  const ofPackage = (name: string): unknown => {
    const source = PACKAGES.get(name);
    if (source === undefined) return undefined;
    // One object under all names of a package, and its own for each evaluation: a module may write to it.
    if (!made.has(source.name)) made.set(source.name, watchNamespace('tf', source.make(copy)));
    return made.get(source.name);
  };
  return (specifier) => {
    const known = ofPackage(specifier);
    if (known !== undefined) return known;
    if (!specifier.startsWith('@tensorflow/')) return requireFromEntry(specifier);
    const deep = specifier.replace(/\.js$/, '');
    const name = deep.split('/').slice(0, 2).join('/');
    return copy.deep(deep) ?? copy.deep(`${deep}/index`) ?? ofPackage(name) ?? requireFromEntry(specifier);
  };
}

interface Source {
  readonly name: string;
  make(copy: TfjsCopy): object;
}

const UNION: Source = { name: 'union', make: (copy) => ({ ...spreadOf(copy).union }) };

const PACKAGES: ReadonlyMap<string, Source> = new Map([
  ['@tensorflow/tfjs', UNION],
  ['@tensorflow/tfjs-node', UNION],
  ['@tensorflow/tfjs-node-gpu', UNION],
  ...Object.entries<Source['make']>({
    '@tensorflow/tfjs-core': (copy) => ({ ...spreadOf(copy).core }),
    '@tensorflow/tfjs-layers': (copy) => copy.layers ?? {},
    '@tensorflow/tfjs-backend-cpu': (copy) => copy.cpu,
    '@tensorflow/tfjs-backend-wasm': () => ({ setWasmPaths: ignore, setWasmPath: ignore, setThreadsCount: ignore }),
    '@tensorflow/tfjs-backend-webgl': () => ({}),
    '@tensorflow/tfjs-backend-webgpu': () => ({}),
    '@tensorflow/tfjs-converter': () => ({}),
    '@tensorflow/tfjs-data': () => ({}),
    losscheck: () => ({ defineLoss, defineConfig, defineCheck }),
    'losscheck:zod': () => ({ z }),
  }).map(([name, make]) => [name, { name, make }] as const),
]);

interface Spread {
  readonly core: Exports;
  readonly union: Exports;
}

const spread = new WeakMap<TfjsCopy, Spread>();

/** The namespaces of a copy as plain objects, made once: reading their hundreds of getters takes time. */
function spreadOf(copy: TfjsCopy): Spread {
  const known = spread.get(copy);
  if (known !== undefined) return known;
  const core = { ...copy.core, ...switchesOf(copy) };
  const made = { core, union: { ...core, ...copy.layers, ...switchesOf(copy) } };
  spread.set(copy, made);
  return made;
}

function ignore(): void {
  // The backend is losscheck's choice, not the module's.
}

/** A module that picks a backend as it is imported must not change the one that is measured. */
function switchesOf(copy: TfjsCopy): Exports {
  return {
    version: { tfjs: copy.core.version_core, 'tfjs-core': copy.core.version_core },
    setBackend: () => Promise.resolve(true),
  };
}
