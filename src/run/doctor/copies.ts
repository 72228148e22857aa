import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { PackageCopy } from '../../contracts/doctor.ts';
import { displayPath, resolveLinks } from '../../load/paths.ts';

const SCOPE = '@tensorflow';
/** Where pnpm keeps packages, each in a folder with what it depends on beside it. */
const PNPM_STORE = '.pnpm';

const manifestSchema = z.looseObject({ name: z.string(), version: z.string() });

/**
 * Every copy of a TensorFlow.js package that a module in this folder, or a package it uses, could get: in
 * `node_modules` here, in the folders above, and inside of other packages. Each folder counts once, however many
 * links lead to it.
 */
export function findCopies(cwd: string): readonly PackageCopy[] {
  const seen = new Set<string>();
  const copies: PackageCopy[] = [];
  const visit = (modules: string): void => {
    for (const folder of packagesIn(modules)) {
      const real = resolveLinks(folder);
      if (seen.has(real)) continue;
      seen.add(real);
      if (path.basename(path.dirname(folder)) === SCOPE) copies.push(...describe(folder, cwd));
      visit(path.join(real, 'node_modules'));
    }
  };
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    visit(path.join(folder, 'node_modules'));
    if (folder === path.dirname(folder)) break;
  }
  return copies.toSorted((a, b) => compare(a.name, b.name) || compare(a.path, b.path));
}

function packagesIn(modules: string): readonly string[] {
  return namesIn(modules).flatMap((name) => {
    const folder = path.join(modules, name);
    if (name === PNPM_STORE) return namesIn(folder).flatMap((entry) => packagesIn(path.join(folder, entry, 'node_modules')));
    if (name.startsWith('.')) return [];
    return name.startsWith('@') ? namesIn(folder).map((inScope) => path.join(folder, inScope)) : [folder];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No such folder, no folder, or none that may be read: nothing that a module could import.
    return [];
  }
}

/** Nothing for a folder that holds no package: what is left of an installation, as a rule. */
function describe(folder: string, cwd: string): readonly PackageCopy[] {
  const manifest = manifestSchema.safeParse(readJson(path.join(folder, 'package.json')));
  if (!manifest.success || !manifest.data.name.startsWith(`${SCOPE}/tfjs`)) return [];
  const { name, version } = manifest.data;
  return [{ name, version, path: displayPath(folder, cwd) }];
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // As for a package that Node could not import either.
    return null;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
