import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { accessFor } from '../../../src/run/isolation/access.ts';

const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-access-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));

function project(name: string, files: readonly string[]): string {
  for (const file of files) {
    const place = path.join(base, name, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, file.endsWith('package.json') ? '{}' : '');
  }
  return path.join(base, name);
}

const readablePaths = (from: string, allowed: readonly string[]): readonly string[] => accessFor(from, allowed).readable;

/** Whether a process with these paths could read a file, as Node decides it: a folder stands for all in it. */
function mayRead(file: string, paths: readonly string[]): boolean {
  return paths.some((each) => file === each || file.startsWith(`${each}${path.sep}`) || (each.endsWith('*') && file.startsWith(each.slice(0, -1))));
}

describe('what a module may read', () => {
  it('is its project without its secrets, from the root down to its own folder', () => {
    const root = project('plain', ['package.json', '.env', '.env.local', '.npmrc', '.git/config', 'data/table.json', 'src/loss.ts', 'src/.env', 'src/other.ts', '.eslintrc']);
    const paths = readablePaths(path.join(root, 'src/loss.ts'), []);
    const readable = (file: string): boolean => mayRead(path.join(root, file), paths);
    expect(['package.json', 'data/table.json', 'src/loss.ts', 'src/other.ts', '.eslintrc'].filter((file) => !readable(file))).toEqual([]);
    expect(['.env', '.env.local', '.npmrc', '.git/config', 'src/.env'].filter(readable)).toEqual([]);
    expect(mayRead(path.join(base, 'another/file'), paths)).toBe(false);
    expect(mayRead(`${root}-beside/file`, paths)).toBe(false);
  });

  it('reaches to the root of a workspace', () => {
    const root = project('workspace', ['pnpm-workspace.yaml', 'package.json', 'packages/a/package.json', 'packages/a/loss.ts', 'packages/b/table.json']);
    expect(mayRead(path.join(root, 'packages/b/table.json'), readablePaths(path.join(root, 'packages/a/loss.ts'), []))).toBe(true);
    const npm = project('npm-workspace', ['packages/a/package.json', 'packages/a/loss.ts', 'packages/b/table.json']);
    writeFileSync(path.join(npm, 'package.json'), '{ "workspaces": ["packages/*"] }');
    expect(mayRead(path.join(npm, 'packages/b/table.json'), readablePaths(path.join(npm, 'packages/a/loss.ts'), []))).toBe(true);
  });

  it('is only the package where there is no workspace, and the repository where there is no package', () => {
    const root = project('nested', ['.git/config', 'inner/package.json', 'inner/loss.ts', 'beside.json']);
    expect(mayRead(path.join(root, 'beside.json'), readablePaths(path.join(root, 'inner/loss.ts'), []))).toBe(false);
    const bare = project('bare', ['.git/config', 'losses/loss.py', 'losses/loss.ts', 'table.json']);
    expect(mayRead(path.join(bare, 'table.json'), readablePaths(path.join(bare, 'losses/loss.ts'), []))).toBe(true);
  });

  it('holds the packages above it, where they really are', () => {
    const store = project('store', ['pkg/index.js', 'pkg/package.json', 'scoped/index.js']);
    const root = project('linked', ['package.json', 'src/loss.ts', 'node_modules/plain/index.js']);
    mkdirSync(path.join(root, 'node_modules/@scope'), { recursive: true });
    symlinkSync(path.join(store, 'pkg'), path.join(root, 'node_modules/pkg'));
    symlinkSync(path.join(store, 'scoped'), path.join(root, 'node_modules/@scope/scoped'));
    writeFileSync(path.join(root, 'node_modules/.modules.yaml'), `virtualStoreDir: ${path.join(base, 'virtual')}\n`);
    const paths = readablePaths(path.join(root, 'src/loss.ts'), []);
    expect([path.join(root, 'node_modules/plain/index.js'), path.join(store, 'pkg/index.js'), path.join(store, 'scoped/index.js'), path.join(base, 'virtual/x')].filter((file) => !mayRead(file, paths))).toEqual([]);
  });

  it('never is a home or what everybody shares: there, the files beside the module', () => {
    const home = project('home', ['package.json', 'loss.ts', 'beside.json', '.ssh/id', 'documents/letter', '.profile']);
    vi.stubEnv('HOME', home);
    const paths = readablePaths(path.join(home, 'loss.ts'), []);
    vi.unstubAllEnvs();
    expect(mayRead(path.join(home, 'beside.json'), paths)).toBe(true);
    expect(['.ssh/id', 'documents/letter', '.profile'].filter((file) => mayRead(path.join(home, file), paths))).toEqual([]);
  });

  it('is what is allowed besides, under both names of a link', () => {
    const root = project('allowing', ['package.json', 'loss.ts']);
    const data = project('data', ['table.json']);
    symlinkSync(data, path.join(base, 'data-link'));
    const paths = readablePaths(path.join(root, 'loss.ts'), [path.join(base, 'data-link')]);
    expect([path.join(data, 'table.json'), path.join(base, 'data-link/table.json')].filter((file) => !mayRead(file, paths))).toEqual([]);
  });

  it('does not list a folder with thousands of entries', () => {
    const root = project('crowd', ['package.json', 'loss.ts', ...Array.from({ length: 2001 }, (_, index) => `${index}.txt`)]);
    expect(readablePaths(path.join(root, 'loss.ts'), []).filter((each) => each.startsWith(root))).toEqual([]);
  });
});

describe('the list that Node is given', () => {
  it('names no folder twice and nothing in another: Node 20 ends at once when it is', () => {
    const root = project('listed', ['package.json', 'src/a.ts', 'src-old/b.ts', 'node_modules/x/index.js']);
    const paths = readablePaths(path.join(root, 'src/a.ts'), [path.join(root, 'node_modules'), path.join(root, 'src', 'inner'), root, root]);
    for (const each of paths) expect(paths.filter((other) => other !== each && each.startsWith(`${other}${path.sep}`))).toEqual([]);
    expect([new Set(paths).size, paths.includes(root)]).toEqual([paths.length, true]);
  });
});
