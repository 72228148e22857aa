import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's root, found from this file: it runs from `src/` in tests and from `dist/` when built. */
export function packageRoot(): string {
  let directory = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(directory, 'package.json'))) {
    const parent = path.dirname(directory);
    if (parent === directory) throw new Error('losscheck cannot find its own package.json');
    directory = parent;
  }
  return directory;
}

export function packageVersion(): string {
  return manifest().version;
}

/** Versions of Node.js that the package asks for: `>=20.19`. */
export function requiredNode(): string {
  return manifest().engines.node;
}

function manifest(): { readonly version: string; readonly engines: { readonly node: string } } {
  return JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as ReturnType<typeof manifest>;
}

/** What tells one build of losscheck from another: its version and a digest of its program. */
export function buildId(): string {
  return readFileSync(path.join(packageRoot(), 'dist', 'build-id'), 'utf8').trim();
}
