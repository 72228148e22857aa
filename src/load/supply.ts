import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import type { OnLoadResult, OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';
import { packageRoot } from '../package-root.ts';

/** The script that a bundle begins with, which is in no file. */
export const ENTRY_NAME = 'losscheck-entry.js';

/** Marks modules that stand for something the engine hands over. */
export const SUPPLIED_NAMESPACE = 'losscheck-supplied';

/** Packages that a user's module imports and losscheck provides, installed beside it or not. */
export const SUPPLIED_PACKAGES: readonly string[] = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgl',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-data',
  'losscheck',
];

/** Goes into the bundle: the built-in losses run on the engine that the module is evaluated on. */
const IMPORTABLE_LOSSES = 'losscheck/losses';

/** Asked of the engine by the built-in losses: the zod of losscheck, whatever the user's project has. */
const OWN_ZOD = 'losscheck:zod';

const BUILTINS = new Set(builtinModules.filter((name) => !name.startsWith('_')));

/**
 * Replaces supplied packages, builtins of Node and native addons by CommonJS modules that ask the engine
 * at run time. CommonJS, because then esbuild's own interop serves named, default and namespace imports,
 * `require` and `import()` alike.
 */
export function supplyPlugin(supplied: readonly string[], requireName: string): Plugin {
  return {
    name: 'losscheck-supply',
    setup(builder) {
      builder.onResolve({ filter: /.*/ }, (args) => resolveSupplied(args, supplied));
      builder.onLoad({ filter: /^losscheck\/losses$/, namespace: SUPPLIED_NAMESPACE }, importableLosses);
      builder.onLoad({ filter: /^losscheck\/losses\/with$/, namespace: SUPPLIED_NAMESPACE }, lossesWith);
      builder.onLoad({ filter: /.*/, namespace: SUPPLIED_NAMESPACE }, (args) => {
        const isLoader = args.path === 'module' || args.path === 'node:module';
        return isLoader ? loaderBridge(args.path, requireName, supplied) : bridge(args.path, requireName);
      });
      // Reached by a path or an alias instead of by name: a second copy would compute beside the engine's.
      builder.onLoad({ filter: /[\\/]node_modules[\\/]@tensorflow[\\/]tfjs/ }, (args) => {
        const specifier = specifierOfInstalled(args.path, supplied);
        return specifier === null ? null : bridge(specifier, requireName);
      });
    },
  };
}

function resolveSupplied(args: OnResolveArgs, supplied: readonly string[]): OnResolveResult | null {
  const specifier = askedOfEngine(args, supplied);
  if (specifier === null) return null;
  // `require.resolve` wants a path, not a module: left to the require of the engine.
  if (args.kind === 'require-resolve') return { path: specifier, external: true };
  return { path: specifier, namespace: SUPPLIED_NAMESPACE };
}

function askedOfEngine(args: OnResolveArgs, supplied: readonly string[]): string | null {
  const { path: specifier } = args;
  if (specifier === 'zod' && isImportableLosses(args)) return OWN_ZOD;
  if (isSupplied(specifier, supplied)) return specifier;
  if (specifier.startsWith('node:') || BUILTINS.has(specifier)) return specifier;
  if (!specifier.endsWith('.node')) return null;
  return specifier.startsWith('.') ? path.resolve(args.resolveDir, specifier) : specifier;
}

function isSupplied(specifier: string, supplied: readonly string[]): boolean {
  return supplied.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}

function isImportableLosses({ importer, namespace }: OnResolveArgs): boolean {
  return namespace === SUPPLIED_NAMESPACE && importer === IMPORTABLE_LOSSES;
}

function importableLosses(): OnLoadResult {
  return { contents: readFileSync(path.join(packageRoot(), 'dist', 'program', 'losses.cjs'), 'utf8'), loader: 'js' };
}

/** Whatever copy of TensorFlow.js it is given: under a check there is only the engine's. */
function lossesWith(): OnLoadResult {
  return { contents: `exports.lossesWith = () => require('${IMPORTABLE_LOSSES}');`, loader: 'js' };
}

/** `@tensorflow/tfjs-core/dist/x` for a file of an installed package; its main files stand for the package. */
function specifierOfInstalled(file: string, supplied: readonly string[]): string | null {
  const inside =
    file
      .split(/[\\/]node_modules[\\/]/)
      .at(-1)
      ?.replaceAll('\\', '/') ?? '';
  if (!isSupplied(inside, supplied) || !/\.[mc]?js$/.test(inside)) return null;
  const [scope, name, ...rest] = inside.split('/');
  const isMain = /^dist\/(index|tf[-\w]*(\.[-\w]+)*)\.[mc]?js$/.test(rest.join('/'));
  return isMain ? `${scope}/${name}` : inside;
}

/**
 * A package that says `__esModule` without a default export, as the CommonJS build of tfjs does, would give
 * `undefined` for `import tf from`; Node gives the whole package, and so does this module.
 */
function bridge(specifier: string, requireName: string): OnLoadResult {
  const contents = `
    var supplied = ${requireName}(${JSON.stringify(specifier)});
    if (supplied !== null && typeof supplied === 'object' && supplied.__esModule && !('default' in supplied)) {
      var descriptors = Object.getOwnPropertyDescriptors(supplied);
      delete descriptors.__esModule;
      supplied = Object.defineProperties({}, descriptors);
    }
    module.exports = supplied;
  `;
  return { contents, loader: 'js' };
}

/** The supplied packages of TensorFlow.js that a bundle asks for. */
export function importedPackages(code: string): readonly string[] {
  const asked = [...code.matchAll(/\("(@tensorflow\/[\w-]+)[^"]*"\)/g)].flatMap(([, name]) => name ?? []);
  return [...new Set(asked)].toSorted();
}

/**
 * `createRequire(import.meta.url)('@tensorflow/tfjs')` must reach the engine as well: it would load a second
 * copy, or fail where none is installed.
 */
function loaderBridge(specifier: string, requireName: string, supplied: readonly string[]): OnLoadResult {
  const contents = `
    var loader = ${requireName}(${JSON.stringify(specifier)});
    var supplied = ${JSON.stringify(supplied)};
    module.exports = Object.create(loader, {
      createRequire: {
        enumerable: true,
        value: function (from) {
          var own = loader.createRequire(from);
          var isSupplied = (wanted) => supplied.some((name) => wanted === name || wanted.startsWith(name + '/'));
          return Object.assign((wanted) => (isSupplied(wanted) ? ${requireName}(wanted) : own(wanted)), own);
        },
      },
    });
  `;
  return { contents, loader: 'js' };
}
