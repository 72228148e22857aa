import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import type { InstallationNote } from '../../contracts/tensorflow.ts';

/** Which TensorFlow.js a project has, as Node would resolve it. */

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder, without links. */
  readonly root: string;
}

/** One copy of tfjs-core with what belongs to it. */
export interface InstalledTensorflow {
  readonly core: InstalledPackage;
  /** The packages beside it; null where they are not installed, or belong to another version. */
  readonly cpu: InstalledPackage | null;
  readonly layers: InstalledPackage | null;
  readonly wasm: InstalledPackage | null;
  /** The native backend that computes with this very copy. */
  readonly native: InstalledPackage | null;
  /** One that is there and computes with another copy, of this version. */
  readonly otherNative: { readonly entrance: InstalledPackage; readonly version: string } | null;
  /** What does not go together in this installation. */
  readonly notes: readonly InstallationNote[];
}

const NATIVE = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'] as const;
const UNION = '@tensorflow/tfjs';
const CORE = '@tensorflow/tfjs-core';

/** In this order where nothing says what the project trains with. */
const ENTRANCES = [...NATIVE, UNION, CORE] as const;

type Entrance = (typeof ENTRANCES)[number];

const manifestSchema = z.looseObject({ name: z.string(), version: z.string() });

/**
 * The copy that a module computes with in production: the one it imports, else what the project's package.json names,
 * else what there is.
 *
 * @param project folder of the module
 * @param imported packages that the module imports
 * @param preferNative whether the native backend is asked for by name
 * @returns null where the project has none of its own
 */
export function findTensorflow(project: string, imported: readonly string[], preferNative: boolean): InstalledTensorflow | null {
  const declared = declaredIn(project);
  const rank = (name: Entrance): number => (imported.includes(name) ? 0 : declared.has(name) ? 1 : 2);
  const inOrder = ENTRANCES.toSorted((a, b) => rank(a) - rank(b));
  const order = preferNative ? [...NATIVE, ...inOrder.filter((name) => !isNative(name))] : inOrder;
  const found = order.flatMap((name) => through(name, project) ?? []);
  const [chosen] = found;
  if (chosen === undefined) return null;
  const { core } = chosen;
  const native = found.find(({ entrance }) => isNative(entrance.name));
  const beside = (name: string): InstalledPackage | null => {
    const froms = [chosen.union?.root, core.root, project].filter((from) => from !== undefined);
    const all = froms.flatMap((from) => resolvePackage(name, from) ?? []);
    return all.find(({ version }) => version === core.version) ?? null;
  };
  return {
    core,
    cpu: beside('@tensorflow/tfjs-backend-cpu'),
    layers: beside('@tensorflow/tfjs-layers'),
    wasm: beside('@tensorflow/tfjs-backend-wasm'),
    native: native?.core.root === core.root ? native.entrance : null,
    otherNative: native === undefined || native.core.root === core.root ? null : { entrance: native.entrance, version: native.core.version },
    notes: notesOn(found),
  };
}

/** A native backend without the rest of TensorFlow.js around it: why it does not load is for it to say. */
export function findNative(project: string): InstalledPackage | null {
  return NATIVE.flatMap((name) => resolvePackage(name, project) ?? [])[0] ?? null;
}

interface Found {
  readonly entrance: InstalledPackage;
  readonly union: InstalledPackage | null;
  readonly core: InstalledPackage;
}

function isNative(name: string): boolean {
  return NATIVE.some((each) => each === name);
}

/** The core that one gets through a package, over the packages that lie between. */
function through(name: Entrance, project: string): Found | null {
  const entrance = resolvePackage(name, project);
  if (entrance === null) return null;
  const union = name === CORE ? null : name === UNION ? entrance : resolvePackage(UNION, entrance.root);
  const core = name === CORE ? entrance : resolvePackage(CORE, (union ?? entrance).root);
  return core === null ? null : { entrance, union, core };
}

function notesOn(found: readonly Found[]): readonly InstallationNote[] {
  const cores = found.filter(({ core }, index) => found.findIndex((each) => each.core.root === core.root) === index);
  const several =
    cores.length < 2
      ? []
      : [{
          message: `this project has ${cores.length} copies of ${CORE}: ${cores.map(({ core, entrance }) => `${core.version} through ${entrance.name}`).join(', ')}; tensors of one are not tensors of the other`,
          fix: `\`npm ls ${CORE}\` shows who asks for which; ask for one version everywhere, then \`npm dedupe\`.`,
        }];
  const mixed = found
    .filter(({ entrance, core }) => entrance.name !== CORE && entrance.version !== core.version)
    .map(({ entrance, core }) => ({
      message: `${entrance.name} is ${entrance.version} and computes with ${CORE} ${core.version}; they are made to be of one version`,
      fix: `npm install ${entrance.name}@${core.version}`,
    }));
  return [...several, ...mixed];
}

/** @param from a folder */
function resolvePackage(name: string, from: string): InstalledPackage | null {
  const require = createRequire(path.join(from, 'losscheck-resolve.js'));
  for (const modules of require.resolve.paths(name) ?? []) {
    const root = path.join(modules, ...name.split('/'));
    const file = path.join(root, 'package.json');
    if (!existsSync(file)) continue;
    const manifest = manifestSchema.safeParse(readJson(file));
    // Without its scripts it is what a failed installation has left.
    if (!manifest.success) continue;
    return { name, version: manifest.data.version, root: realpathSync(root) };
  }
  return null;
}

const dependenciesSchema = z.record(z.string(), z.unknown()).catch({});
const projectSchema = z
  .looseObject({ dependencies: dependenciesSchema, devDependencies: dependenciesSchema, optionalDependencies: dependenciesSchema, peerDependencies: dependenciesSchema })
  .transform((manifest) => new Set([manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies, manifest.peerDependencies].flatMap((each) => Object.keys(each))));

/** Names of all that the nearest package.json asks for. */
function declaredIn(project: string): ReadonlySet<string> {
  for (let folder = path.resolve(project); ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    if (existsSync(file)) return projectSchema.safeParse(readJson(file)).data ?? new Set();
    if (folder === path.dirname(folder)) return new Set();
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // A package that Node could not import either.
    return null;
  }
}
