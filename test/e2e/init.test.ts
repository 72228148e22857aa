import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectCivil, reportOf, ROOT, run, Workspace } from './program.ts';

/** Projects set up by the built program, and used as their owners will. */

const workspace = new Workspace();
afterAll(() => workspace.remove());

const BIN = path.join(ROOT, 'bin/losscheck.js');

/** A project that has losscheck installed, as far as Node.js can tell. */
function project(name: string, manifest: object = {}): string {
  const folder = workspace.path(name);
  workspace.write({ [`${name}/package.json`]: JSON.stringify({ name: 'project', ...manifest }) });
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules/losscheck'), 'junction');
  symlinkSync(path.join(ROOT, 'node_modules/@tensorflow'), path.join(folder, 'node_modules/@tensorflow'), 'junction');
  return folder;
}

function losscheck(folder: string, ...argv: readonly string[]) {
  return run(process.execPath, [BIN, ...argv], { cwd: folder });
}

describe('losscheck init', () => {
  it.each([
    ['JavaScript', {}, 'src/losses/robust.mjs'],
    ['TypeScript', { devDependencies: { typescript: '6' } }, 'src/losses/robust.ts'],
  ])('in a project of %s writes a loss that passes every check', async (language, manifest, file) => {
    const folder = project(`new-${language}`, manifest);
    const made = await losscheck(folder, 'init', '--yes');
    expectCivil(made);
    expect([made.code, made.stderr]).toEqual([0, '']);
    const verified = await losscheck(folder, 'verify', '--strict', '--reporter', 'json');
    expectCivil(verified);
    expect([verified.code, verified.stderr]).toEqual([0, '']);
    const [loss] = reportOf(verified).losses;
    expect(loss).toMatchObject({ id: `${file}#robust`, verdict: 'pass', notes: [] });
    expect(loss?.checks.filter(({ status }) => status !== 'pass').map(({ id, status }) => [id, status])).toEqual([['term-balance', 'skip']]);
  });

  it('writes a loss that the compiler of TypeScript accepts', async () => {
    const folder = project('typed', { type: 'module', devDependencies: { typescript: '6' } });
    await losscheck(folder, 'init', '--yes');
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
    const compiled = await run(process.execPath, [tsc, ...options, 'src/losses/robust.ts'], { cwd: folder });
    expect([compiled.stdout, compiled.code]).toEqual(['', 0]);
  });

  it('demands --yes without a terminal', async () => {
    const ran = await losscheck(project('piped'), 'init');
    expectCivil(ran);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toContain('add --yes');
  });

  it('writes hooks and scripts that can be started', async () => {
    const folder = project('hooks', { devDependencies: { husky: '9' } });
    await losscheck(folder, 'init', '--yes', '--ci', 'shell', '--pre-commit');
    for (const file of ['ci/losscheck.sh', '.husky/pre-commit']) expect(statSync(path.join(folder, file)).mode & 0o100).toBe(0o100);
    for (const args of [['init', '-q'], ['add', '-A']]) await run('git', args, { cwd: folder });
    // What the hook runs before the first commit, which has none to compare with.
    const first = await losscheck(folder, 'verify', '--changed=HEAD', '--quiet');
    expectCivil(first);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^✓ 1 loss passed/);
    expect(readFileSync(path.join(folder, '.husky/pre-commit'), 'utf8')).toContain('--changed=HEAD');
  });
});

const doctorSchema = z.object({
  schemaVersion: z.literal(1),
  engines: z.object({ reference: z.object({ precision: z.literal(64) }), production: z.object({ precision: z.literal(32) }) }).nullable(),
  packages: z.array(z.object({ name: z.string(), version: z.string(), path: z.string() })),
  problems: z.array(z.object({ about: z.string(), severity: z.string() })),
  exitCode: z.number(),
});

describe('losscheck doctor', () => {
  it('finds a project in which verify works', async () => {
    const folder = project('healthy');
    const [table, json] = await Promise.all([losscheck(folder, 'doctor'), losscheck(folder, 'doctor', '--reporter', 'json')]);
    for (const ran of [table, json]) {
      expectCivil(ran);
      expect([ran.code, ran.stderr]).toEqual([0, '']);
    }
    expect(table.stdout).toContain('✓ losscheck can verify losses here');
    const report = doctorSchema.parse(JSON.parse(json.stdout));
    expect(report.engines).not.toBeNull();
    expect(report.packages.map(({ name }) => name)).toContain('@tensorflow/tfjs-core');
  });

  it.each([
    ['a native library that ends its process', 'process.kill(process.pid, "SIGKILL");', 3, 'process.kill on its own process'],
    ['one that does not load', 'throw new Error("wrong ABI");', 0, 'wrong ABI'],
  ])('lives through %s', async (_, code, exit, words) => {
    const folder = workspace.path(`odd ${exit}`);
    const native = `odd ${exit}/node_modules/@tensorflow/tfjs-node`;
    workspace.write({ [`odd ${exit}/package.json`]: '{}', [`${native}/index.js`]: code, [`${native}/package.json`]: '{"name":"@tensorflow/tfjs-node","version":"4.22.0"}' });
    const ran = await losscheck(folder, 'doctor');
    expectCivil(ran);
    expect([ran.code, ran.stderr]).toEqual([exit, '']);
    expect(ran.stdout.replaceAll(/\s+/g, ' ')).toContain(words);
  });

  it('says that verify cannot work without its compiler', async () => {
    const folder = project('without compiler');
    const broken = path.join(folder, 'broken');
    writeFileSync(broken, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const ran = await run(process.execPath, [BIN, 'doctor', '--reporter', 'json'], { cwd: folder, env: { ESBUILD_BINARY_PATH: broken } });
    expectCivil(ran);
    expect(ran.code).toBe(3);
    expect(doctorSchema.parse(JSON.parse(ran.stdout))).toMatchObject({ problems: [{ about: 'compiler', severity: 'error' }], exitCode: 3 });
  });

  it('warns where nothing can be kept', async () => {
    const folder = project('closed');
    writeFileSync(path.join(folder, 'a file'), '');
    const ran = await run(process.execPath, [BIN, 'doctor'], { cwd: folder, env: { LOSSCHECK_CACHE: path.join(folder, 'a file/below') } });
    expectCivil(ran);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('! cache ');
    rmSync(path.join(folder, 'a file'));
  });
});
