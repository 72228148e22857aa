import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { stable } from './walk.ts';

/** The README is executed: its modules are written to a folder, its commands run there. */

interface Block {
  readonly language: string;
  readonly options: string;
  readonly text: string;
}

const readme = readFileSync(path.join(packageRoot(), 'README.md'), 'utf8');
const blocks: readonly Block[] = [...readme.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map(([, language = '', options = '', text = '']) => ({
  language,
  options: options.trim(),
  text,
}));
const modules = blocks.filter(({ options }) => options.startsWith('file='));
const consoles = blocks.filter(({ language }) => language === 'console');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'losscheck-readme-'));
  for (const { options, text } of modules) writeFileSync(path.join(folder, options.slice('file='.length)), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('README.md', () => {
  it('has modules and commands to run', () => {
    expect([modules.length, consoles.length]).toEqual([5, 7]);
  });

  it.each(consoles.map(({ options, text }) => ({ command: text.split('\n', 1)[0] ?? '', options, text })))('$command', ({ command, options, text }) => {
    const shell = command.replace(/^\$ losscheck/, `"${process.execPath}" "${path.join(packageRoot(), 'bin', 'losscheck.js')}"`);
    const { status, stdout } = spawnSync(shell, { cwd: folder, shell: true, encoding: 'utf8', env: { ...process.env, GITHUB_ACTIONS: '' } });
    expect(stable(stdout)).toBe(text.slice(command.length + 1));
    expect(status).toBe(Number(options.replace('exit=', '')));
  });

  it('shows a program that runs', () => {
    const script = readFileSync(path.join(folder, 'gate.ts'), 'utf8').replace("'losscheck'", JSON.stringify(path.join(packageRoot(), 'dist', 'index.js')));
    writeFileSync(path.join(folder, 'gate.mjs'), script);
    const { status, stdout } = spawnSync(process.execPath, ['gate.mjs'], { cwd: folder, encoding: 'utf8' });
    expect([stdout, status]).toEqual(['bce.ts#default: pass\n', 0]);
  });

  it('shows a training script that compiles and trains', () => {
    const project = path.join(folder, 'project');
    mkdirSync(path.join(project, 'node_modules'), { recursive: true });
    symlinkSync(packageRoot(), path.join(project, 'node_modules', 'losscheck'), 'junction');
    symlinkSync(path.join(packageRoot(), 'node_modules', '@tensorflow'), path.join(project, 'node_modules', '@tensorflow'), 'junction');
    const use = `import * as tf from '@tensorflow/tfjs';
      import { step } from './train.ts';
      const [x, y] = [tf.randomNormal([16, 2], 0, 1, 'float32', 1), tf.ones([16, 1])];
      const losses = Array.from({ length: 50 }, () => Number(step(x, y)?.dataSync()[0]));
      console.log(losses.every(Number.isFinite) && Number(losses.at(-1)) < Number(losses[0]));`;
    writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
    writeFileSync(path.join(project, 'train.ts'), readFileSync(path.join(folder, 'train.ts')));
    writeFileSync(path.join(project, 'use.ts'), use);
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', '--allowImportingTsExtensions', '--rewriteRelativeImportExtensions'];
    const compiled = spawnSync(process.execPath, [tsc, ...options, 'use.ts', '--outDir', 'out'], { cwd: project, encoding: 'utf8' });
    expect([compiled.stdout, compiled.status]).toEqual(['', 0]);
    const { stdout, stderr } = spawnSync(process.execPath, ['out/use.js'], { cwd: project, encoding: 'utf8' });
    expect([stdout, stderr.replace(/=+\n[^=]*=+\n/, '').trim()]).toEqual(['true\n', '']);
  });
});
