import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach } from 'vitest';
import type { ModuleBundle } from '../../src/contracts/engine.ts';
import { LoadError, type LoadErrorCode } from '../../src/contracts/errors.ts';
import { bundleModule } from '../../src/load/bundle.ts';
import { SUPPLIED_PACKAGES } from '../../src/load/supply.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, removed after the test. Its own name has a space and a letter beyond ASCII. */
export function workspace(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck löad ')));
  folders.push(folder);
  for (const [name, contents] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
  return folder;
}

export function bundleIn(folder: string, name: string): Promise<ModuleBundle> {
  return bundleModule(path.join(folder, name), { cwd: folder, supplied: SUPPLIED_PACKAGES });
}

type Supply = (specifier: string) => unknown;
type Exports = Record<string, unknown>;
type Script = (supply: Supply, hand: (exports: Exports) => void, meta: object) => Promise<void>;
type ScriptConstructor = new (...parametersAndBody: string[]) => Script;

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as ScriptConstructor;

/** Runs a bundle as an engine does, with `supply` answering the imports that were left to it. */
export async function evaluate(
  bundle: ModuleBundle,
  supply: Supply = (specifier) => ({ specifier }),
): Promise<Exports> {
  const script = new AsyncFunction('__losscheck_require', '__losscheck_exports', '__losscheck_meta', bundle.code);
  const meta = { url: pathToFileURL(bundle.entry).href, filename: bundle.entry, dirname: path.dirname(bundle.entry) };
  let handed: Exports | null = null;
  await script(supply, (exports) => (handed = exports), meta);
  if (handed === null) throw new Error('the bundle handed nothing over');
  return handed;
}

export async function load(files: Readonly<Record<string, string>>, name: string, supply?: Supply): Promise<Exports> {
  return evaluate(await bundleIn(workspace(files), name), supply);
}

/** The error that a piece of work must end in. */
export async function loadErrorOf(work: () => unknown, code: LoadErrorCode): Promise<LoadError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof LoadError && error.code === code) return error;
    throw error;
  }
  throw new Error(`nothing was thrown, expected a LoadError ${code}`);
}
