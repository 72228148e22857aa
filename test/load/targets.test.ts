import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nearestNames } from '../../src/load/nearest.ts';
import { resolveTargets } from '../../src/load/targets.ts';
import { workspace } from './workspace.ts';

const BUILTINS = ['huber', 'focal', 'mse', 'mae', 'dice', 'dice-bce'];

async function shown(targets: readonly string[], folder: string): Promise<readonly string[]> {
  const { files, errors } = await resolveTargets(targets, folder, BUILTINS);
  expect(errors).toEqual([]);
  return files.map(({ displayPath, exportName }) =>
    exportName === null ? displayPath : `${displayPath}#${exportName}`,
  );
}

async function failure(target: string, folder: string) {
  const { files, builtins, errors } = await resolveTargets([target], folder, BUILTINS);
  expect([files, builtins]).toEqual([[], []]);
  expect(errors).toHaveLength(1);
  expect(errors[0]?.target).toBe(target);
  const error = errors[0]?.error;
  if (error === undefined) throw new Error('no error');
  return error;
}

describe('resolveTargets', () => {
  it('takes files, exports, built-ins, spaces, letters of any language and absolute paths', async () => {
    const folder = workspace({ 'a.ts': '', 'my losses/fo cal.mjs': '', 'vèrlust.cjs': '' });
    const result = await resolveTargets(
      ['a.ts', './my losses/fo cal.mjs#focal', 'huber', 'vèrlust.cjs', path.join(folder, 'a.ts#list[0]')],
      folder,
      BUILTINS,
    );
    expect(result.errors).toEqual([]);
    expect(result.builtins).toEqual(['huber']);
    expect(
      result.files.map(({ file, displayPath, exportName, explicit }) => ({ file, displayPath, exportName, explicit })),
    ).toEqual([
      { file: path.join(folder, 'a.ts'), displayPath: 'a.ts', exportName: null, explicit: true },
      {
        file: path.join(folder, 'my losses/fo cal.mjs'),
        displayPath: 'my losses/fo cal.mjs',
        exportName: 'focal',
        explicit: true,
      },
      { file: path.join(folder, 'vèrlust.cjs'), displayPath: 'vèrlust.cjs', exportName: null, explicit: true },
    ]);
  });

  it('searches a folder for code that could be a loss', async () => {
    const folder = workspace({
      'l/b.ts': '',
      'l/a.mts': '',
      'l/deep/c.cts': '',
      'l/d.js': '',
      'l/e.mjs': '',
      'l/f.cjs': '',
      'l/types.d.ts': '',
      'l/a.test.ts': '',
      'l/a.spec.js': '',
      'l/vite.config.ts': '',
      'l/readme.md': '',
      'l/node_modules/x/i.js': '',
      'l/dist/o.js': '',
      'l/.hidden/h.ts': '',
      'l/deep/dist/o.js': '',
    });
    expect(await shown(['l'], folder)).toEqual(['l/a.mts', 'l/b.ts', 'l/d.js', 'l/deep/c.cts', 'l/e.mjs', 'l/f.cjs']);
    expect((await resolveTargets(['l'], folder, BUILTINS)).files.every(({ explicit }) => !explicit)).toBe(true);
    expect(await shown(['l/dist'], folder)).toEqual(['l/dist/o.js']);
  });

  it('matches globs, also under folders whose names look like one', async () => {
    const folder = workspace({ '[x] (1)/a.ts': '', '[x] (1)/n/b.mts': '', '[x] (1)/n/c.js': '', '[x] (1)/z.json': '' });
    const inner = path.join(folder, '[x] (1)');
    expect(await shown(['**/*.{ts,mts}'], inner)).toEqual(['a.ts', 'n/b.mts']);
    expect(await shown(['n/?.js'], inner)).toEqual(['n/c.js']);
    expect(await shown(['**'], inner)).toEqual(['a.ts', 'n/b.mts', 'n/c.js']);
    expect(await shown(['[x] (1)/a.ts'], folder)).toEqual(['[x] (1)/a.ts']);
  });

  it('removes duplicates, also by link, and keeps order', async () => {
    const folder = workspace({ 'b.ts': '', 'a.ts': '' });
    symlinkSync(path.join(folder, 'b.ts'), path.join(folder, 'link.ts'));
    expect(await shown(['b.ts', './b.ts', '*.ts', 'b.ts#x', 'a.ts#y'], folder)).toEqual(['b.ts', 'a.ts']);
    const { files } = await resolveTargets(['.', 'a.ts'], folder, BUILTINS);
    expect(files.find(({ displayPath }) => displayPath === 'a.ts')?.explicit).toBe(true);
  });

  it('comes to an end in a folder that links to itself', async () => {
    const folder = workspace({ 'l/a.ts': '' });
    symlinkSync(path.join(folder, 'l'), path.join(folder, 'l/again'));
    expect(await shown(['l'], folder)).toEqual(['l/a.ts']);
  });

  it('takes a name that exists on disk, or that has a "#" in it, as a file', async () => {
    const folder = workspace({ 'huber/h.ts': '', 'odd#name.ts': '' });
    expect(await shown(['huber', 'odd#name.ts', 'odd#name.ts#f'], folder)).toEqual(['huber/h.ts', 'odd#name.ts']);
  });

  it('says what is near when nothing is there', async () => {
    const folder = workspace({ 'losses/focal.ts': '', 'notes.md': '', 'types.d.ts': '', 'empty/readme.md': '' });
    expect((await failure('losses/focl.ts', folder)).message).toBe(
      'there is no file losses/focl.ts; did you mean losses/focal.ts?',
    );
    expect((await failure('losses/focal', folder)).message).toContain('did you mean losses/focal.ts?');
    expect((await failure('gone/a.ts', folder)).message).toContain('its folder does not exist');
    expect((await failure('gone/a.ts', folder)).code).toBe('file-not-found');
    expect((await failure('losses/zzzzzzzz.ts', folder)).message).toBe('there is no file losses/zzzzzzzz.ts');
    expect((await failure('empty', folder)).code).toBe('no-files');
    expect((await failure('*.mjs', folder)).code).toBe('no-files');
    expect((await failure('notes.md', folder)).code).toBe('unsupported-file');
    expect((await failure('types.d.ts', folder)).code).toBe('unsupported-file');
    expect((await failure('losses/focal.ts#', folder)).code).toBe('file-not-found');
  });

  it('suggests built-in losses and a path for an unknown id', async () => {
    const error = await failure('hubre', workspace({}));
    expect(error.code).toBe('unknown-loss');
    expect(error.message).toBe('no built-in loss is called "hubre". Did you mean huber?');
    expect(error.fix).toContain('./hubre.ts');
    expect((await failure('zzzzzzzzzz', workspace({}))).message).not.toContain('Did you mean');
  });

  it('goes on after a target that leads nowhere', async () => {
    const folder = workspace({ 'a.ts': '' });
    const { files, builtins, errors } = await resolveTargets(['gone.ts', 'a.ts', 'nope', 'mse'], folder, BUILTINS);
    expect([files.length, builtins, errors.map(({ error }) => error.code)]).toEqual([
      1,
      ['mse'],
      ['file-not-found', 'unknown-loss'],
    ]);
  });
});

describe('nearestNames', () => {
  it('counts a swap as one step, ignores case, and leaves out what is far', () => {
    expect(nearestNames('probabilty', ['probability', 'positive', 'real'])).toEqual(['probability']);
    expect(nearestNames('MSE', ['mse', 'mae', 'dice'])).toEqual(['mse', 'mae']);
    expect(nearestNames('ab', ['xy', 'zw'])).toEqual([]);
  });
});
