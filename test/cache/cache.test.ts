import { chmodSync, existsSync, mkdtempSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheFolder, cacheKey, openCache } from '../../src/cache.ts';

let project = '';
beforeEach(() => {
  vi.stubEnv('LOSSCHECK_CACHE', '');
  project = mkdtempSync(path.join(tmpdir(), 'losscheck-cache-'));
  mkdirSync(path.join(project, 'node_modules'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(project, { recursive: true, force: true });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

describe('cache', () => {
  it('gives back what was written, to another process too, and nothing for another key', () => {
    openCache(project).write('bundle', cacheKey('a'), 'contents');
    expect(openCache(project).read('bundle', cacheKey('a'))?.toString()).toBe('contents');
    expect(openCache(project).read('bundle', cacheKey('b'))).toBeNull();
    expect(openCache(project).read('result', cacheKey('a'))).toBeNull();
  });

  it('stands beside the packages of the project, or where LOSSCHECK_CACHE says', () => {
    expect(cacheFolder(path.join(project, 'src', 'losses'))).toBe(path.join(project, 'node_modules', '.cache', 'losscheck'));
    vi.stubEnv('LOSSCHECK_CACHE', path.join(project, 'elsewhere'));
    expect(cacheFolder(project)).toBe(path.join(project, 'elsewhere'));
  });

  it.each([['cut off', ''], ['changed', 'x'.repeat(40)]])('does not read an entry that was %s, and mends it', (_, damaged) => {
    const cache = openCache(project);
    cache.write('bundle', cacheKey('a'), 'contents');
    const [file = ''] = filesIn(cacheFolder(project));
    writeFileSync(file, damaged);
    expect(cache.read('bundle', cacheKey('a'))).toBeNull();
    cache.write('bundle', cacheKey('a'), 'contents');
    expect(cache.read('bundle', cacheKey('a'))?.toString()).toBe('contents');
  });

  it('goes on without entries where it cannot write', () => {
    const file = path.join(project, 'a-file');
    writeFileSync(file, '');
    chmodSync(file, 0o444);
    vi.stubEnv('LOSSCHECK_CACHE', file);
    const cache = openCache(project);
    cache.write('bundle', cacheKey('a'), 'contents');
    expect(cache.read('bundle', cacheKey('a'))).toBeNull();
  });

  it('forgets what nobody has read for a month, and leaves no temporary file', () => {
    const cache = openCache(project);
    cache.write('bundle', cacheKey('old'), 'old');
    const [file = ''] = filesIn(cacheFolder(project));
    utimesSync(file, 1, 1);
    cache.write('bundle', cacheKey('new'), 'new');
    expect(cache.read('bundle', cacheKey('old'))).toBeNull();
    expect(filesIn(cacheFolder(project))).toHaveLength(1);
  });

  it('forgets builds that nobody has used for a month, and no others', () => {
    const builds = ['0.0.1-old', '0.0.2-recent'].map((name) => path.join(cacheFolder(project), name));
    for (const build of builds) mkdirSync(path.join(build, 'code'), { recursive: true });
    utimesSync(builds[0] ?? '', 1, 1);
    openCache(project).write('code', cacheKey('new'), 'new');
    expect(builds.map((build) => existsSync(build))).toStrictEqual([false, true]);
  });

  it('keeps parts of a key apart', () => {
    expect(cacheKey('ab', 'c')).not.toBe(cacheKey('a', 'bc'));
  });
});
