import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cache } from '../../src/cache.ts';
import { bundleModule } from '../../src/load/bundle.ts';
import { SUPPLIED_PACKAGES } from '../../src/load/supply.ts';
import { evaluate, workspace } from './workspace.ts';

/** Bundles of earlier runs are used while nothing that decided them has changed, and never afterwards. */

const builds = vi.hoisted(() => ({ count: 0 }));
vi.mock('esbuild', async (importOriginal) => {
  const esbuild = await importOriginal<typeof import('esbuild')>();
  const build = (options: import('esbuild').BuildOptions) => {
    builds.count++;
    return esbuild.build(options);
  };
  return { ...esbuild, build };
});

/** Files that a test has just written would count as still being written. */
const SETTLED_MS = 2200;

let kept: Map<string, Buffer>;
let cache: Cache;
beforeEach(() => {
  kept = new Map();
  cache = {
    read: (kind, key) => kept.get(`${kind} ${key}`) ?? null,
    write: (kind, key, contents) => void kept.set(`${kind} ${key}`, Buffer.from(contents)),
  };
});

const outside: string[] = [];
afterEach(() => {
  for (const folder of outside.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What `export const got` of main.ts is now, and whether the bundler was asked. */
async function load(folder: string, name = 'main.ts'): Promise<{ got: unknown; built: boolean }> {
  const before = builds.count;
  const bundle = await bundleModule(path.join(folder, name), { cwd: folder, supplied: SUPPLIED_PACKAGES, cache });
  const { got } = await evaluate(bundle, () => ({}));
  return { got, built: builds.count > before };
}

/** A folder whose bundle is in the cache. */
async function settled(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = workspace(files);
  await sleep(SETTLED_MS);
  expect(await load(folder)).toMatchObject({ built: true });
  return folder;
}

function write(folder: string, name: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}

const MAIN = `import * as tf from '@tensorflow/tfjs';\nimport { value } from './lib/part';\nexport const got = value; void tf;\n`;
const FILES = { 'main.ts': MAIN, 'lib/part.ts': 'export const value = 1;', 'package.json': '{ "type": "module" }' };

describe('a bundle of an earlier run', () => {
  it('is used as long as nothing changed, and is the same', async () => {
    const folder = await settled(FILES);
    const main = path.join(folder, 'main.ts');
    const fresh = await bundleModule(main, { cwd: folder, supplied: SUPPLIED_PACKAGES });
    expect(await load(folder)).toEqual({ got: 1, built: false });
    expect(await bundleModule(main, { cwd: folder, supplied: SUPPLIED_PACKAGES, cache })).toEqual(fresh);
  });
});

describe('it is made again', () => {
  it.each<[string, (folder: string) => void, unknown]>([
    ['the file changes', (folder) => write(folder, 'main.ts', MAIN.replace('got = value', 'got = -value')), -1],
    ['an import changes', (folder) => write(folder, 'lib/part.ts', 'export const value = 2;'), 2],
    ['a file appears that is found first', (folder) => write(folder, 'lib/part.tsx', 'export const value = 3;'), 3],
    ['a file takes the place of another', (folder) => { unlinkSync(path.join(folder, 'lib/part.ts')); write(folder, 'lib/part.js', 'export const value = 4;'); }, 4],
    ['a folder takes the place of a file', (folder) => { unlinkSync(path.join(folder, 'lib/part.ts')); write(folder, 'lib/part/index.ts', 'export const value = 5;'); }, 5],
    ['a link leads elsewhere', (folder) => {
      unlinkSync(path.join(folder, 'lib/part.ts'));
      write(folder, 'other.ts', 'export const value = 6;');
      symlinkSync(path.join(folder, 'other.ts'), path.join(folder, 'lib/part.ts'));
    }, 6],
    ['a tsconfig.json appears', (folder) => write(folder, 'tsconfig.json', '{}'), 1],
    ['a tsconfig.json appears beside an import', (folder) => write(folder, 'lib/tsconfig.json', '{}'), 1],
    ['a package.json changes', (folder) => write(folder, 'package.json', '{ "type": "commonjs" }'), 1],
  ])('when %s', async (_, change, got) => {
    const folder = await settled(FILES);
    expect((await load(folder)).built).toBe(false);
    change(folder);
    expect(await load(folder)).toEqual({ got, built: true });
  });

  it('when a file appears that an import finds before the one it found', async () => {
    const folder = await settled({ 'main.js': '', 'main.ts': `export { got } from './part';`, 'part.js': 'export const got = 1;' });
    write(folder, 'part.ts', 'export const got = 2;');
    expect(await load(folder)).toEqual({ got: 2, built: true });
  });

  it('when a file is gone that it needs, and says so', async () => {
    const folder = await settled(FILES);
    unlinkSync(path.join(folder, 'lib/part.ts'));
    await expect(load(folder)).rejects.toThrow(/cannot find/);
  });

  it('when a configuration changes that the tsconfig.json stands on', async () => {
    const FIELDS = `class Base { set got(value: number) { Base.seen = value; } static seen = 0; }
      class Part extends Base { got = 7; }\nnew Part(); export const got = Base.seen;`;
    const folder = await settled({
      'main.ts': FIELDS,
      'tsconfig.json': '{ "extends": "./base" }',
      'base.json': '{ "compilerOptions": { "useDefineForClassFields": true } }',
    });
    expect(await load(folder)).toEqual({ got: 0, built: false });
    write(folder, 'base.json', '{ "compilerOptions": { "useDefineForClassFields": false } }');
    expect(await load(folder)).toEqual({ got: 7, built: true });
  });
});

describe('no bundle is kept', () => {
  it('where an alias decides, so that another alias is seen at once', async () => {
    const alias = (to: string): string => JSON.stringify({ compilerOptions: { paths: { '@/*': [`./${to}/*`] } } });
    const folder = await settled({
      'main.ts': `export { got } from '@/part';`,
      'a/part.ts': 'export const got = "a";',
      'b/part.ts': 'export const got = "b";',
      'tsconfig.json': alias('a'),
    });
    write(folder, 'tsconfig.json', alias('b'));
    expect(await load(folder)).toEqual({ got: 'b', built: true });
  });

  it('of what bundles an installed package', async () => {
    const folder = await settled({ 'main.ts': `export { got } from 'dep';`, 'node_modules/dep/index.js': 'export const got = 1;' });
    expect(await load(folder)).toEqual({ got: 1, built: true });
  });

  it('of an import that is a folder with a package.json', async () => {
    const folder = await settled({
      'main.ts': `export { got } from './dep';`,
      'dep/package.json': '{ "main": "one.js" }',
      'dep/one.js': 'export const got = 1;',
    });
    expect(await load(folder)).toEqual({ got: 1, built: true });
  });

  it('of files that have only just been written', async () => {
    const folder = workspace(FILES);
    expect((await load(folder)).built).toBe(true);
    expect(await load(folder)).toEqual({ got: 1, built: true });
  });

  it('of a configuration that stands on a package', async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'losscheck-base-'));
    outside.push(elsewhere);
    const folder = await settled({ ...FILES, 'tsconfig.json': JSON.stringify({ extends: `${elsewhere}/tsconfig.json` }) });
    expect((await load(folder)).built).toBe(true);
  });
});
