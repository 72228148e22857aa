import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findCopies } from '../../src/run/doctor/copies.ts';
import { tryBackend } from '../../src/run/doctor/engines.ts';
import { tryConfig } from '../../src/run/doctor/folders.ts';
import { describeNode, problemsOfPackages } from '../../src/run/doctor/doctor.ts';

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-doctor-')));
afterAll(() => rmSync(folder, { recursive: true }));

let projects = 0;

function project(files: Readonly<Record<string, string>>): string {
  const root = path.join(folder, String(projects++));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

function manifest(name: string, version: string): string {
  return JSON.stringify({ name: `@tensorflow/${name}`, version });
}

describe('copies of TensorFlow.js', () => {
  it('are found here, above, and inside of other packages', () => {
    const root = project({
      'node_modules/@tensorflow/tfjs-core/package.json': manifest('tfjs-core', '4.22.0'),
      'node_modules/@tensorflow/broken/package.json': '{',
      'node_modules/@tensorflow/other/package.json': manifest('models', '1.0.0'),
      'node_modules/@tensorflow/tfjs-empty/readme.md': '',
      'packages/a/node_modules/model/node_modules/@tensorflow/tfjs-core/package.json': manifest('tfjs-core', '3.0.0'),
      'packages/a/node_modules/@scope/x/node_modules/@tensorflow/tfjs/package.json': manifest('tfjs', '3.1.0'),
      'packages/b/node_modules/@tensorflow/tfjs/package.json': manifest('tfjs', '1.0.0'),
    });
    expect(findCopies(path.join(root, 'packages/a'))).toEqual([
      { name: '@tensorflow/tfjs', version: '3.1.0', path: 'node_modules/@scope/x/node_modules/@tensorflow/tfjs' },
      { name: '@tensorflow/tfjs-core', version: '4.22.0', path: '../../node_modules/@tensorflow/tfjs-core' },
      { name: '@tensorflow/tfjs-core', version: '3.0.0', path: 'node_modules/model/node_modules/@tensorflow/tfjs-core' },
    ]);
  });

  it('count once in the store of pnpm, and in a circle of links', () => {
    const root = project({
      'node_modules/.pnpm/@tensorflow+tfjs@4.22.0/node_modules/@tensorflow/tfjs/package.json': manifest('tfjs', '4.22.0'),
      'node_modules/.pnpm/@tensorflow+tfjs-core@4.22.0/node_modules/@tensorflow/tfjs-core/package.json': manifest('tfjs-core', '4.22.0'),
      'node_modules/@tensorflow/readme': '',
    });
    const store = path.join(root, 'node_modules/.pnpm');
    symlinkSync(path.join(store, '@tensorflow+tfjs@4.22.0/node_modules/@tensorflow/tfjs'), path.join(root, 'node_modules/@tensorflow/tfjs'), 'junction');
    symlinkSync(path.join(store, '@tensorflow+tfjs-core@4.22.0/node_modules/@tensorflow/tfjs-core'), path.join(store, '@tensorflow+tfjs@4.22.0/node_modules/@tensorflow/tfjs-core'), 'junction');
    symlinkSync(root, path.join(root, 'node_modules/itself'), 'junction');
    expect(findCopies(root).map(({ name }) => name)).toEqual(['@tensorflow/tfjs', '@tensorflow/tfjs-core']);
  });

  it('of two versions are a warning that names both; of the version that losscheck has they are none', () => {
    const reference = { backend: 'cpu', precision: 64, tfjs: '4.22.0', fallbackReason: null } as const;
    const engines = { reference, production: { ...reference, precision: 32 as const } };
    const copy = (version: string) => ({ name: '@tensorflow/tfjs-core', version, path: version });
    expect(problemsOfPackages([copy('4.22.0'), copy('4.22.0')], { engines })).toEqual([]);
    expect(problemsOfPackages([], { engines: null })).toEqual([]);
    const [mixed, ...more] = problemsOfPackages([copy('4.22.0'), copy('4.10.0')], { engines });
    expect(mixed).toMatchObject({ severity: 'warning', message: expect.stringMatching(/tfjs-core is installed in 2 versions: 4\.22\.0, 4\.10\.0/) as string, fix: expect.stringContaining('npm ls @tensorflow/tfjs-core') as string });
    expect(more).toEqual([]);
    const note = { message: 'this project has @tensorflow/tfjs-core 2.8.6, and so on', fix: 'Do this.' };
    expect(problemsOfPackages([copy('2.8.6')], { engines: { ...engines, notes: [note] } })).toMatchObject([{ severity: 'warning', about: 'packages', ...note }]);
  });
});

describe('Node.js', () => {
  it.each([
    ['20.19.0', true],
    ['20.18.9', false],
    ['18.20.0', false],
    ['22.0.0', true],
    ['24.1.0', true],
  ])('%s is supported: %s', (version, supported) => {
    expect(describeNode(version).supported).toBe(supported);
  });
});

describe('the config', () => {
  it('is the nearest one, and none of another repository', async () => {
    const root = project({ '.git/HEAD': '', 'losscheck.config.json': '{}', 'a/losscheck.config.json': '{}', 'a/b/c.ts': '', 'd/.git/HEAD': '' });
    const fileAt = async (folder: string): Promise<string | null> => (await tryConfig(path.join(root, folder))).file;
    expect([await fileAt('.'), await fileAt('a/b'), await fileAt('d')]).toEqual(['losscheck.config.json', '../losscheck.config.json', null]);
  });

  it('that is wrong is a problem with its place', async () => {
    const { file, problem } = await tryConfig(project({ '.git/HEAD': '', 'losscheck.config.json': '{ "seed": "x" }' }));
    expect([file, problem?.message]).toEqual([null, 'losscheck.config.json: seed: found "x"; accepted: a whole number']);
  });
});

describe('a backend', () => {
  it('is tried in a process of its own', async () => {
    const { engines, problem } = await tryBackend('cpu', folder);
    expect(problem).toBeNull();
    expect(engines).toMatchObject({ reference: { precision: 64 }, production: { backend: 'cpu', precision: 32 } });
  });

  it.each([
    ['throws as it loads', `throw new Error('wrong ABI');`, /does not load on Node .*: wrong ABI/],
    ['ends its process', 'process.kill(process.pid, "SIGKILL");', /process.kill on its own process/],
  ])('that %s is told as a reason', async (_, code, reason) => {
    const root = project({ 'node_modules/@tensorflow/tfjs-node/index.js': code, 'node_modules/@tensorflow/tfjs-node/package.json': manifest('tfjs-node', '4.22.0') });
    expect((await tryBackend('node', root)).problem).toMatch(reason);
  });
});
