import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onlyChanged } from '../../src/run/many/changed.ts';
import { toRunOptions } from '../../src/run/options.ts';
import { findUnits } from '../../src/run/units.ts';

let top = '';
let repository = '';
beforeEach(() => {
  top = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-changed-')));
  repository = path.join(top, 'repository');
  mkdirSync(repository);
  git('init', '--quiet', '--initial-branch=work');
  write({
    'losses/a.ts': loss('a', `import { scale as used } from '../shared/scale.ts';`),
    'losses/b.ts': loss('b', `import used from '../shared/table.json';`),
    'losses/c.ts': loss('c', `import used from '../shared/old.cjs';`),
    'losses/d.ts': loss('d', `import { scale as used } from '../shared/part';`),
    'shared/scale.ts': 'export const scale = 1;\n',
    'shared/table.json': '{"a":1}\n',
    'shared/old.cjs': 'module.exports = 1;\n',
    'shared/part.ts': 'export const scale = 1;\n',
    'shared/part/index.ts': 'export const scale = 2;\n',
    'package-lock.json': '{}\n',
    'README.md': 'text\n',
    '.gitignore': 'generated.ts\nnode_modules\n',
  });
  commit('first');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(top, { recursive: true, force: true });
});

function loss(name: string, line: string): string {
  // An import that nothing uses is dropped by the compiler.
  const used = line.includes('used') ? 'export const kept = used;\n' : '';
  return `${line}\n${used}import * as tf from '@tensorflow/tfjs';\nexport const ${name} = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mean(tf.sub(yPred, yTrue));\n`;
}

function write(files: Readonly<Record<string, string>>, folder = repository): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

function git(...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'protocol.file.allow=always', ...args], { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function commit(message: string): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
}

async function changed(ref = '', { targets = ['losses'], cwd = repository } = {}): Promise<string[]> {
  const units = await findUnits({ targets, all: false }, toRunOptions({ targets, cwd }));
  return (await onlyChanged(units, ref, cwd)).units.map(({ key }) => key);
}

describe('what has changed since HEAD', () => {
  it('is nothing after a commit, and the report says of how many', async () => {
    const units = await findUnits({ targets: ['losses'], all: false }, toRunOptions({ targets: ['losses'], cwd: repository }));
    const { report } = await onlyChanged(units, '', repository);
    expect(report).toEqual({ since: `HEAD (${git('rev-parse', 'HEAD').slice(0, 8)})`, targets: 0, of: 4 });
  });

  it.each<[string, string, string]>([
    ['the file itself', 'losses/a.ts', 'losses/a.ts'],
    ['a file that it imports from another folder', 'shared/scale.ts', 'losses/a.ts'],
    ['JSON that it imports', 'shared/table.json', 'losses/b.ts'],
    ['CommonJS that it imports', 'shared/old.cjs', 'losses/c.ts'],
  ])('is what depends on %s', async (_, file, expected) => {
    const text = file.endsWith('.json') ? '{"a":2}\n' : file.endsWith('.cjs') ? 'module.exports = 2;\n' : `export const scale = 3;\nexport const a = 1;\n`;
    write({ [file]: text });
    expect(await changed()).toEqual([expected]);
    git('add', '--all');
    expect(await changed()).toEqual([expected]);
  });

  it('is a file that is new, or that git does not keep track of', async () => {
    write({ 'losses/new.ts': loss('fresh', ''), 'losses/generated.ts': loss('made', '') });
    expect(await changed()).toEqual(['losses/generated.ts', 'losses/new.ts']);
  });

  it('is a file that was renamed, and not what was deleted', async () => {
    renameSync(path.join(repository, 'losses/a.ts'), path.join(repository, 'losses/z.ts'));
    expect(await changed()).toEqual(['losses/z.ts']);
    git('add', '--all');
    expect(await changed()).toEqual(['losses/z.ts']);
  });

  it('is what now imports another file than before, as one was deleted', async () => {
    rmSync(path.join(repository, 'shared/part.ts'));
    expect(await changed()).toEqual(['losses/d.ts']);
  });

  it('is what cannot be bundled', async () => {
    rmSync(path.join(repository, 'shared/scale.ts'));
    write({ 'losses/b.ts': 'export default (' });
    expect(await changed()).toEqual(['losses/a.ts', 'losses/b.ts']);
  });

  it('is what imports from outside of the repository', async () => {
    write({ 'elsewhere.ts': 'export const scale = 1;\n' }, top);
    write({ 'losses/a.ts': loss('a', `import { scale as used } from '../../elsewhere.ts';`) });
    commit('second');
    expect(await changed()).toEqual(['losses/a.ts']);
  });

  it('is no other file and no package', async () => {
    write({ 'README.md': 'other\n', 'losses/notes.md': 'x\n', 'node_modules/p/index.js': 'module.exports = 1;\n', 'node_modules/p/package.json': '{"name":"p"}' });
    write({ 'losses/a.ts': loss('a', `import used from 'p';`) });
    commit('second');
    write({ 'node_modules/p/index.js': 'module.exports = 2;\n' });
    expect(await changed()).toEqual([]);
  });

  it.each(['package-lock.json', 'apps/web/pnpm-lock.yaml'])('is everything when %s is another, built-in losses too', async (file) => {
    write({ [file]: '{"other":1}\n' });
    expect(await changed('', { targets: ['losses', 'huber'] })).toEqual(['huber', 'losses/a.ts', 'losses/b.ts', 'losses/c.ts', 'losses/d.ts']);
  });

  it('is everything below a tsconfig.json that is another', async () => {
    write({ 'losses/tsconfig.json': '{}', 'more/e.ts': loss('e', '') });
    commit('second');
    write({ 'losses/tsconfig.json': '{"compilerOptions":{}}' });
    expect(await changed('', { targets: ['losses', 'more'] })).toEqual(['losses/a.ts', 'losses/b.ts', 'losses/c.ts', 'losses/d.ts']);
  });

  it('keeps a target that leads nowhere', async () => {
    expect(await changed('', { targets: ['losses', 'gone.ts', 'huber'] })).toEqual(['gone.ts']);
  });

  it('is seen from a folder inside of the repository, and through a link to it', async () => {
    write({ 'shared/scale.ts': 'export const scale = 9;\n' });
    symlinkSync(repository, path.join(top, 'link'));
    expect(await changed('', { targets: ['.'], cwd: path.join(repository, 'losses') })).toEqual(['a.ts']);
    expect(await changed('', { cwd: path.join(top, 'link') })).toEqual(['losses/a.ts']);
  });

  it('is right for names with spaces and letters of all kinds', async () => {
    write({ 'losses/ü ñ "x".ts': loss('odd', '') });
    commit('second');
    expect(await changed()).toEqual([]);
    write({ 'losses/ü ñ "x".ts': loss('odd', '// more') });
    expect(await changed()).toEqual(['losses/ü ñ "x".ts']);
  });
});

describe('what to compare with', () => {
  it('is any ref that is given', async () => {
    git('tag', 'v1');
    write({ 'losses/b.ts': loss('b', '') });
    commit('second');
    expect([await changed('v1'), await changed('HEAD'), await changed('HEAD~1')]).toEqual([['losses/b.ts'], [], ['losses/b.ts']]);
  });

  it('is where the branch left the default branch of the remote, whatever happened there since', async () => {
    const remote = path.join(top, 'remote');
    git('branch', 'main');
    git('clone', '--quiet', '--bare', repository, remote);
    git('remote', 'add', 'origin', remote);
    write({ 'losses/a.ts': loss('a', '') });
    commit('on the branch');
    git('checkout', '--quiet', 'main');
    write({ 'losses/c.ts': loss('c', '') });
    commit('meanwhile on main');
    git('push', '--quiet', 'origin', 'main');
    git('checkout', '--quiet', 'work');
    git('fetch', '--quiet', 'origin');
    expect(await changed()).toEqual(['losses/a.ts']);
    expect(await changed('origin/main')).toEqual(['losses/a.ts', 'losses/c.ts']);
  });
});

describe('a person is told', () => {
  const told = (ref = '', cwd = repository) => changed(ref, { cwd }).then(() => null, (error: unknown) => error);

  it('that there is no repository', async () => {
    vi.stubEnv('GIT_CEILING_DIRECTORIES', top);
    write({ 'losses/a.ts': loss('a', '') }, path.join(top, 'plain'));
    expect(await told('', path.join(top, 'plain'))).toMatchObject({ name: 'UsageError', message: expect.stringContaining('in no git repository') as string });
  });

  it.each(['no-such-branch', '--output=x', 'HEAD:losses/a.ts', '-'])('that %s is no commit', async (ref) => {
    expect(await told(ref)).toMatchObject({ name: 'UsageError', message: `--changed: git knows no commit '${ref}' here`, hint: expect.stringContaining('--changed=origin/main') as string });
  });

  it('that a shallow clone has neither the ref nor the default branch, and how to get them', async () => {
    write({ 'losses/a.ts': loss('a', '') });
    commit('second');
    const clone = path.join(top, 'clone');
    git('clone', '--quiet', '--depth=1', `file://${repository}`, clone);
    const fix = { name: 'UsageError', hint: expect.stringContaining('fetch-depth: 0') as string };
    expect(await told('HEAD~1', clone)).toMatchObject(fix);
    execFileSync('git', ['remote', 'remove', 'origin'], { cwd: clone });
    expect(await told('', clone)).toMatchObject({ ...fix, message: expect.stringContaining('does not have the default branch') as string });
  });

  it('that there is no commit yet', async () => {
    rmSync(path.join(repository, '.git'), { recursive: true });
    git('init', '--quiet');
    expect(await told()).toMatchObject({ name: 'UsageError', message: expect.stringContaining('no commit yet') as string });
  });

  it('that git is missing', async () => {
    vi.stubEnv('PATH', top);
    expect(await told()).toMatchObject({ name: 'UsageError', message: '--changed: git cannot be started' });
  });
});
