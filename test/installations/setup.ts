import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT } from '../e2e/program.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the installed package. */
    losscheck: string;
  }
}

/**
 * Losscheck as it is published, installed beside no tfjs-node: which backend a project gets is to depend on the project
 * alone, and not on what the repository's own node_modules hold.
 */
export default function setup(project: TestProject): () => void {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-installed-')));
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  // The usual setup has built it.
  const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8' })) as [{ filename: string }];
  execFileSync('npm', ['install', '--silent', '--ignore-scripts', '--no-audit', '--no-fund', `./${filename}`], { cwd: folder });
  rmSync(path.join(folder, 'node_modules', '@tensorflow', 'tfjs-node'), { recursive: true, force: true });
  project.provide('losscheck', path.join(folder, 'node_modules', 'losscheck'));
  return () => rmSync(folder, { recursive: true, force: true });
}
