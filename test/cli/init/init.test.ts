import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fakeTerminal, run, type Ran } from '../fakes.ts';

/** `losscheck init` in projects of every kind, without a terminal. */

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'losscheck-init-')));
afterAll(() => rmSync(folder, { recursive: true }));

let projects = 0;

function project(files: Readonly<Record<string, string>> = { 'package.json': '{\n  "name": "a"\n}\n' }): string {
  const root = join(folder, String(projects++));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

function init(cwd: string, ...argv: readonly string[]): Promise<Ran> {
  return run(['init', ...argv], fakeTerminal({ cwd }));
}

function filesOf(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('.git/') && statSync(join(root, name)).isFile())
    .toSorted();
}

function read(root: string, name: string): string {
  return readFileSync(join(root, name), 'utf8');
}

const TYPESCRIPT = JSON.stringify({ name: 'a', devDependencies: { typescript: '6', losscheck: '1' }, dependencies: { '@tensorflow/tfjs-node': '4' } });

describe('losscheck init --yes', () => {
  it('sets up a new project, and says which file is which and what comes next', async () => {
    const root = project();
    const { exitCode, stdout, stderr } = await init(root, '--yes');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(filesOf(root)).toEqual(['.github/workflows/losscheck.yml', 'losscheck.config.mjs', 'package.json', 'src/losses/robust.mjs']);
    expect(stdout).toBe(`losscheck init wrote
  + losscheck.config.mjs             what is verified, and how strictly
  + src/losses/robust.mjs            a loss to start from: change it
  + .github/workflows/losscheck.yml  verifies every pull request
  ~ package.json                     script "losscheck": losscheck verify

Next
  npm install --save-dev losscheck @tensorflow/tfjs
  npx losscheck verify                               every loss of src/losses
`);
    expect(read(root, 'losscheck.config.mjs')).toContain(`import { defineConfig } from 'losscheck';`);
    expect(read(root, 'losscheck.config.mjs')).toMatch(/targets: \['src\/losses'\],[^]*strict: true,/);
    expect(read(root, 'src/losses/robust.mjs')).toContain(`import * as tf from '@tensorflow/tfjs';`);
  });

  it('writes TypeScript where the project has it, with the TensorFlow.js of the project', async () => {
    const root = project({ 'package.json': TYPESCRIPT });
    const { stdout } = await init(root, '--yes');
    expect(filesOf(root)).toEqual(['.github/workflows/losscheck.yml', 'losscheck.config.ts', 'package.json', 'src/losses/robust.ts']);
    expect(read(root, 'src/losses/robust.ts')).toMatch(/from '@tensorflow\/tfjs-node';\nimport type \{ LossMetadata \} from 'losscheck';/);
    expect(stdout).toMatch(/Next\n {2}npx losscheck verify /);
  });

  it('leaves losses alone that are there, and is not strict with them', async () => {
    const root = project({ 'package.json': '{}', 'lib/losses/mine.js': 'export {}' });
    await init(root, '--yes');
    expect(filesOf(root)).toEqual(['.github/workflows/losscheck.yml', 'lib/losses/mine.js', 'losscheck.config.mjs', 'package.json']);
    expect(read(root, 'losscheck.config.mjs')).toMatch(/targets: \['lib\/losses'\],[^]*strict: false,/);
  });

  it('changes nothing the second time, and never overwrites without --force', async () => {
    const root = project();
    await init(root, '--yes', '--starter');
    const second = await init(root, '--yes', '--starter');
    expect(second.stdout.match(/^ {2}= .*as it should be already$/gm)).toHaveLength(4);

    writeFileSync(join(root, 'losscheck.config.mjs'), '// mine');
    const third = await init(root, '--yes', '--starter');
    expect(third.stdout).toMatch(/= losscheck\.config\.mjs +exists, stays as it is \(--force overwrites\)/);
    expect(read(root, 'losscheck.config.mjs')).toBe('// mine');

    const forced = await init(root, '--yes', '--starter', '--force');
    expect(forced.stdout).toMatch(/~ losscheck\.config\.mjs +.*\(overwritten\)/);
    expect(read(root, 'losscheck.config.mjs')).toContain('defineConfig');
  });

  it('does not put a second config beside one of another name, not even with --force', async () => {
    const root = project({ 'package.json': TYPESCRIPT, 'losscheck.config.json': '{}' });
    const { stdout } = await init(root, '--yes', '--force');
    expect(filesOf(root)).not.toContain('losscheck.config.ts');
    expect(read(root, 'losscheck.config.json')).toBe('{}');
    expect(stdout).toContain(`Add to losscheck.config.json:\n\n  targets: ['src/losses']\n`);
  });

  it('writes nothing with --dry-run', async () => {
    const root = project();
    const { stdout } = await init(root, '--yes', '--dry-run');
    expect(stdout).toMatch(/^losscheck init would write\n {2}\+ losscheck\.config\.mjs/);
    expect(filesOf(root)).toEqual(['package.json']);
  });

  it('takes another folder of losses, and another project', async () => {
    const root = project();
    const { stdout } = await run(['init', root, '--yes', '--losses', './code/loss/', '--ci', 'none', '--no-starter'], fakeTerminal({ cwd: folder }));
    expect(filesOf(root)).toEqual(['losscheck.config.mjs', 'package.json']);
    expect(read(root, 'losscheck.config.mjs')).toContain(`targets: ['code/loss']`);
    expect(stdout).toMatch(/Next\n {2}cd \d+\n/);
  });
});

describe('continuous integration', () => {
  it('on GitHub stands at the root of the repository and works in the folder of the project', async () => {
    const root = project({ 'package-lock.json': '{}', 'packages/a b/package.json': '{}' });
    execFileSync('git', ['init', '-q'], { cwd: root });
    await init(join(root, 'packages/a b'), '--yes');
    expect(parse(read(root, '.github/workflows/losscheck.yml'))).toMatchObject({
      permissions: { contents: 'read' },
      jobs: { losscheck: { defaults: { run: { 'working-directory': 'packages/a b' } }, steps: expect.arrayContaining([expect.objectContaining({ run: 'npm ci' })]) as unknown } },
    });
  });

  it('on GitLab is included where nothing is yet', async () => {
    const root = project();
    await init(root, '--yes', '--ci', 'gitlab');
    expect(parse(read(root, '.gitlab-ci.yml'))).toEqual({ include: [{ local: 'ci/losscheck.gitlab-ci.yml' }] });
    expect(parse(read(root, 'ci/losscheck.gitlab-ci.yml'))).toMatchObject({ losscheck: { before_script: ['npm ci'], artifacts: { when: 'always' } } });
  });

  it('on GitLab is found by its file, which stays as it is: what to add is told', async () => {
    const root = project({ 'package.json': '{}', '.gitlab-ci.yml': 'test: {}\n' });
    const { stdout } = await init(root, '--yes', '--force');
    expect(read(root, '.gitlab-ci.yml')).toBe('test: {}\n');
    expect(stdout).toContain('Add to .gitlab-ci.yml:\n\n  include:\n    - local: ci/losscheck.gitlab-ci.yml\n');
  });

  it('elsewhere is a script that can be started', async () => {
    const root = project();
    await init(root, '--yes', '--ci', 'shell');
    expect(statSync(join(root, 'ci/losscheck.sh')).mode & 0o111).toBe(0o111);
  });

  it.each([
    [{ 'pnpm-lock.yaml': '' }, {}, 'corepack enable', 'pnpm install --frozen-lockfile', 'pnpm exec losscheck verify'],
    [{ 'yarn.lock': '' }, {}, 'corepack enable', 'yarn install --frozen-lockfile', 'yarn losscheck verify'],
    [{ 'yarn.lock': '' }, { packageManager: 'yarn@4.5.0' }, 'corepack enable', 'yarn install --immutable', 'yarn losscheck verify'],
    [{ 'bun.lock': '' }, {}, 'npm install --global bun', 'bun install --frozen-lockfile', 'bunx losscheck verify'],
    [{}, { packageManager: 'pnpm@9.0.0' }, 'corepack enable', 'pnpm install --frozen-lockfile', 'pnpm exec losscheck verify'],
    [{}, { devDependencies: { losscheck: '1' } }, 'npm install', 'npx losscheck verify'],
  ])('with %j and %j uses the package manager of the project', async (files, manifest, ...commands) => {
    const root = project({ 'package.json': JSON.stringify(manifest), ...files });
    await init(root, '--yes');
    const workflow = read(root, '.github/workflows/losscheck.yml');
    const runs = [...workflow.matchAll(/ run: (?:>-\n +)?(.*)/g)].map(([, command]) => command);
    expect(runs).toEqual(commands);
  });
});

describe('the hook before a commit', () => {
  it('is one of husky where the project uses it', async () => {
    const root = project({ 'package.json': '{"devDependencies":{"husky":"9"}}' });
    await init(root, '--yes', '--pre-commit');
    expect(read(root, '.husky/pre-commit')).toBe('npx losscheck verify --changed=HEAD --quiet\n');
  });

  it('is added by hand where there is one already, unless it is there', async () => {
    const root = project({ 'package.json': '{}', '.husky/pre-commit': 'npm test\n' });
    const { stdout } = await init(root, '--yes', '--pre-commit', '--force');
    expect(read(root, '.husky/pre-commit')).toBe('npm test\n');
    expect(stdout).toContain('Add to .husky/pre-commit:\n\n  npx losscheck verify --changed=HEAD --quiet\n');

    writeFileSync(join(root, '.husky/pre-commit'), 'npm test\nnpx losscheck verify --changed=HEAD --quiet\n');
    expect((await init(root, '--yes', '--pre-commit')).stdout).not.toContain('Add to');
  });

  it('is one of pre-commit otherwise', async () => {
    const root = project();
    const { stdout } = await init(root, '--yes', '--pre-commit');
    expect(parse(read(root, '.pre-commit-config.yaml'))).toEqual({
      repos: [{ repo: 'local', hooks: [expect.objectContaining({ id: 'losscheck', entry: 'npx losscheck verify --changed=HEAD --quiet', pass_filenames: false })] }],
    });
    expect(stdout).toMatch(/^ {2}pre-commit install /m);
  });
});

describe('init says what is wrong, and writes nothing', () => {
  it.each([
    ['without a terminal and --yes', {}, [], 'error: init: there is no terminal to ask on; add --yes'],
    ['without a package.json', { 'a.txt': '' }, ['--yes'], `error: init: cannot read package.json in '.' (ENOENT)`],
    ['with a package.json that is none', { 'package.json': '{' }, ['--yes'], `error: init: package.json in '.' is no JSON`],
    ['with a list for a package.json', { 'package.json': '[]' }, ['--yes'], `error: init: package.json in '.' holds no object`],
    ['with a folder outside', {}, ['--yes', '--losses', '../x'], `error: --losses: found '../x', expected a folder inside of the project`],
    ['with a file for a folder', {}, ['--yes', '--losses', 'package.json'], `error: --losses: found 'package.json', expected a folder`],
    ['with an unknown CI', {}, ['--yes', '--ci', 'githb'], `error: --ci: found 'githb', expected github, gitlab, shell or none (did you mean github or gitlab?)`],
    ['where a folder cannot be made', { src: '' }, ['--yes'], 'error: init: cannot write '],
    ['with a folder below a file', {}, ['--yes', '--losses', 'package.json/x'], `error: --losses: found 'package.json/x', expected a folder`],
  ])('%s', async (_, files, argv, message) => {
    const root = project('package.json' in files || 'a.txt' in files ? files : { 'package.json': '{}', ...files });
    const before = filesOf(root);
    const { exitCode, stdout, stderr } = await init(root, ...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(filesOf(root)).toEqual(before);
  });
});
