import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, run, Workspace, type Ran } from './program.ts';

/** What scripts/native-backend.mjs says where it cannot do its work. What it does where it can is in test/installations. */

const workspace = new Workspace();
const node = 'node_modules/@tensorflow/tfjs-node';

beforeAll(() =>
  workspace.write({
    'empty/package.json': '{}',
    [`project/${node}/package.json`]: '{ "name": "@tensorflow/tfjs-node", "version": "4.22.0", "main": "index.js" }',
    [`project/${node}/index.js`]: 'throw new Error("no addon");',
    'project/node_modules/@mapbox/node-pre-gyp/index.js': 'exports.find = () => "addon.node";',
    'project/node_modules/adm-zip/index.js': 'module.exports = class {};',
    'project/other.whl': 'not the wheel',
    [`torn/${node}/package.json`]: '{ "name": "@tensorflow/tfjs-node", "version": "4.22.0" }',
  }),
);
afterAll(() => workspace.remove());

function make(folder: string, ...argv: string[]): Promise<Ran> {
  return run(process.execPath, [path.join(ROOT, 'scripts/native-backend.mjs'), '--cache', workspace.path('cache'), ...argv], { cwd: workspace.path(folder) });
}

describe('the script that makes the native backend', () => {
  it('says how to install the package that it completes', async () => {
    const { code, stdout, stderr } = await make('empty');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^The native backend could not be made: @tensorflow\/tfjs-node is not installed in .*empty: npm install --ignore-scripts @tensorflow\/tfjs-node\n$/);
  });

  it('finds the project that it is given', async () => {
    expect((await make('project', '--project', workspace.path('empty'))).stderr).toContain('is not installed in');
  });

  it('refuses a wheel that is not the one, and leaves nothing behind', async () => {
    const { code, stderr } = await make('project', '--wheel', 'other.whl');
    expect(code).toBe(1);
    expect(stderr).toMatch(/other\.whl is not the wheel of tensorflow-cpu\S* 2\.12\.1 for Python 3\.11: its SHA-256 is [0-9a-f]{64} instead of [0-9a-f]{64}\n$/);
    expect((await make('project', '--wheel', 'missing.whl')).stderr).toMatch(/there is no file .*missing\.whl\n$/);
    expect((await run('ls', ['-A', workspace.path('cache')], { cwd: workspace.folder })).stdout).toBe('');
  });

  it('needs what the package needs, in one line', async () => {
    const { code, stderr } = await make('torn');
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining("Cannot find module '@mapbox/node-pre-gyp'")]);
  });

  it('shows its flags for one that it does not know', async () => {
    const { code, stderr } = await make('empty', '--here');
    expect(code).toBe(2);
    expect(stderr).toMatch(/Unknown option '--here'[^]*Usage: node native-backend\.mjs \[--project DIR\]/);
  });
});
