import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { blocksOf, stepsOf, walkFolder } from './walk.ts';

/** docs/tutorial.md, walked from the empty folder to the green gate. */

const PAGE = 'docs/tutorial.md';
const { folder, remove } = walkFolder();
afterAll(remove);

/** What the commands do that need the network, and git's own settings. */
beforeAll(() => {
  spawnSync('git', ['init', '--quiet'], { cwd: folder });
  for (const [name, value] of [['user.name', 'Ada'], ['user.email', 'ada@example.org']]) spawnSync('git', ['config', name ?? '', value ?? ''], { cwd: folder });
  mkdirSync(path.join(folder, 'node_modules'));
  for (const name of ['@tensorflow', 'typescript']) symlinkSync(path.join(packageRoot(), 'node_modules', name), path.join(folder, 'node_modules', name), 'junction');
  symlinkSync(packageRoot(), path.join(folder, 'node_modules', 'losscheck'), 'junction');
  writeFileSync(path.join(folder, '.gitignore'), 'node_modules\n');
});

describe('docs/tutorial.md', () => {
  it('takes fewer than 15 commands', () => {
    expect(blocksOf(PAGE).filter(({ language }) => language === 'console').length).toBeLessThan(15);
  });

  it.each(stepsOf(PAGE).map((step) => [step.name, step] as const))('%s', (name, step) => {
    step.run(folder);
    if (name !== 'npm init -y') return;
    const manifest = JSON.stringify({ name: 'rare-positives', version: '1.0.0', devDependencies: { '@tensorflow/tfjs': '^4', losscheck: '*', typescript: '^6' } }, null, 2);
    writeFileSync(path.join(folder, 'package.json'), `${manifest}\n`);
  });
});
