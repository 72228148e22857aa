import { describe, expect, it } from 'vitest';
import path from 'node:path';
import { symlinkSync, mkdirSync } from 'node:fs';
import { importedPackages } from '../../src/load/supply.ts';
import { ownTensorflow, tensorflowOf } from '../../src/load/tensorflow/copy.ts';
import { findTensorflow } from '../../src/load/tensorflow/installed.ts';
import type { Cache } from '../../src/cache.ts';
import { workspace } from './workspace.ts';

/** Which TensorFlow.js a project has, by the manifests of its packages. */

type Files = Record<string, string>;

function installed(name: string, version: string, under = ''): Files {
  return { [`${under}node_modules/@tensorflow/${name}/package.json`]: JSON.stringify({ name: `@tensorflow/${name}`, version }) };
}

function together(version: string, names: readonly string[] = ['tfjs', 'tfjs-core', 'tfjs-backend-cpu', 'tfjs-layers']): Files {
  return Object.assign({}, ...names.map((name) => installed(name, version))) as Files;
}

/** As npm puts it where another version is in the way. */
const INSIDE_NODE = 'node_modules/@tensorflow/tfjs-node/';

const none: Cache = { read: () => null, write: () => {} };

describe('the TensorFlow.js of a project', () => {
  it('is found in the folders above a module, with the packages that belong to it', () => {
    const folder = workspace({ ...together('4.17.0'), 'src/losses/a.ts': '' });
    expect(findTensorflow(path.join(folder, 'src/losses'), [], false)).toMatchObject({
      core: { version: '4.17.0', root: path.join(folder, 'node_modules/@tensorflow/tfjs-core') },
      cpu: { version: '4.17.0' },
      layers: { version: '4.17.0' },
      wasm: null,
      native: null,
      otherNative: null,
      notes: [],
    });
  });

  it('is none where no package is installed', () => {
    expect(findTensorflow(workspace({ 'a.ts': '' }), [], false)).toBeNull();
  });

  it('leaves out what is of another version', () => {
    const folder = workspace({ ...together('4.17.0', ['tfjs-core']), ...installed('tfjs-backend-cpu', '4.22.0'), ...installed('tfjs-backend-wasm', '4.10.0') });
    expect(findTensorflow(folder, [], false)).toMatchObject({ core: { version: '4.17.0' }, cpu: null, wasm: null });
  });

  it('goes with the native backend where both compute with one copy', () => {
    const folder = workspace({ ...together('4.22.0'), ...installed('tfjs-node', '4.22.0') });
    expect(findTensorflow(folder, ['@tensorflow/tfjs'], false)).toMatchObject({ native: { name: '@tensorflow/tfjs-node', version: '4.22.0' }, notes: [] });
  });

  it('is the one that the module imports, and a native backend with another copy is told', () => {
    const folder = workspace({ ...together('4.10.0'), ...installed('tfjs-node', '4.22.0'), ...installed('tfjs', '4.22.0', INSIDE_NODE), ...installed('tfjs-core', '4.22.0', INSIDE_NODE) });
    const found = findTensorflow(folder, ['@tensorflow/tfjs'], false);
    expect(found).toMatchObject({ core: { version: '4.10.0' }, native: null, otherNative: { version: '4.22.0' } });
    expect(found?.notes.map(({ message }) => message)).toEqual([expect.stringMatching(/2 copies of @tensorflow\/tfjs-core: 4\.10\.0 through @tensorflow\/tfjs, 4\.22\.0 through @tensorflow\/tfjs-node; tensors/) as string]);
    expect(findTensorflow(folder, ['@tensorflow/tfjs-node'], false)).toMatchObject({ core: { version: '4.22.0' }, native: { version: '4.22.0' } });
  });

  it('is that of the native backend when that is asked for by name', () => {
    const folder = workspace({ ...together('4.10.0'), ...installed('tfjs-node', '4.22.0'), ...installed('tfjs', '4.22.0', INSIDE_NODE), ...installed('tfjs-core', '4.22.0', INSIDE_NODE) });
    expect(findTensorflow(folder, ['@tensorflow/tfjs'], true)).toMatchObject({ core: { version: '4.22.0' }, native: { version: '4.22.0' } });
  });

  it('is the one of package.json where the module imports none', () => {
    const packages = { ...together('4.10.0'), ...installed('tfjs-node', '4.22.0'), ...installed('tfjs', '4.22.0', INSIDE_NODE), ...installed('tfjs-core', '4.22.0', INSIDE_NODE) };
    const declaring = (name: string): string => workspace({ ...packages, 'package.json': JSON.stringify({ dependencies: { [name]: '*' } }) });
    expect(findTensorflow(declaring('@tensorflow/tfjs'), [], false)?.core.version).toBe('4.10.0');
    expect(findTensorflow(declaring('@tensorflow/tfjs-node'), [], false)?.core.version).toBe('4.22.0');
    expect(findTensorflow(workspace({ ...packages, 'package.json': 'no JSON' }), [], false)?.core.version).toBe('4.22.0');
  });

  it('that mixes versions is told, with the command that mends it', () => {
    const folder = workspace({ ...together('4.10.0', ['tfjs', 'tfjs-core']), ...installed('tfjs-node', '4.22.0') });
    expect(findTensorflow(folder, [], false)?.notes).toEqual([
      { message: '@tensorflow/tfjs-node is 4.22.0 and computes with @tensorflow/tfjs-core 4.10.0; they are made to be of one version', fix: 'npm install @tensorflow/tfjs-node@4.10.0' },
    ]);
  });
});

describe('what the engines are made of', () => {
  it('is losscheck’s own copy where a project has none', async () => {
    expect(await tensorflowOf(workspace({}), { imported: [], preferNative: false, cache: none })).toEqual(ownTensorflow());
  });

  it.each([
    ['a version that losscheck does not know', together('2.8.6'), /has @tensorflow\/tfjs-core 2\.8\.6, and losscheck knows the versions 3 and 4: verified with losscheck's own 4\.22\.0/],
    ['a core without the CPU backend', together('4.17.0', ['tfjs-core']), /no @tensorflow\/tfjs-backend-cpu 4\.17\.0/],
    ['a copy without its files', together('4.17.0'), /it cannot be made to compute in float64/],
  ])('says why it is not the copy of the project: %s', async (_, files, reason) => {
    const { scripts, version, notes } = await tensorflowOf(workspace(files), { imported: [], preferNative: false, cache: none });
    expect({ scripts, version }).toEqual({ scripts: null, version: '4.22.0' });
    expect(notes.map(({ message }) => message)).toEqual([expect.stringMatching(reason)]);
  });

  it('is ready where the project has the very copy that losscheck brings', async () => {
    const folder = workspace({ 'a.ts': '' });
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(path.resolve('node_modules/@tensorflow'), path.join(folder, 'node_modules/@tensorflow'));
    const { scripts, version, notes } = await tensorflowOf(folder, { imported: [], preferNative: false, cache: none });
    expect({ scripts, version, notes }).toEqual({ scripts: null, version: '4.22.0', notes: [] });
  });
});

describe('packages that a bundle asks for', () => {
  it('are those of TensorFlow.js, deep imports included', () => {
    const code = 'var a = __losscheck_require("@tensorflow/tfjs-node"); var b = __losscheck_require("@tensorflow/tfjs-core/dist/log.js"); var c = require_fs("node:fs"); "@tensorflow/tfjs"';
    expect(importedPackages(code)).toEqual(['@tensorflow/tfjs-core', '@tensorflow/tfjs-node']);
  });
});
