import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { stable } from './walk.ts';

/** The terminal in the README shows what the program prints; `node scripts/pictures.mjs` takes it anew. */

const folder = mkdtempSync(path.join(tmpdir(), 'losscheck-pictures-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('docs/pictures/terminal.svg is a run of fixtures/pictures/focal.ts', () => {
  copyFileSync(path.join(packageRoot(), 'fixtures/pictures/focal.ts'), path.join(folder, 'focal.ts'));
  const { stdout } = spawnSync(process.execPath, [path.join(packageRoot(), 'bin/losscheck.js'), 'verify', 'focal.ts'], { cwd: folder, encoding: 'utf8' });
  const [, drawn = ''] = readFileSync(path.join(packageRoot(), 'docs/pictures/terminal.svg'), 'utf8').split('<g font-family="ui-monospace');
  const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '' && !/^\d+(\.\d+)?$|^ms$/.test(word));
  const shown = drawn.replace(/^[^>]*>/, '').replace(/<\/text>/g, ' ').replace(/<[^>]*>/g, ' ').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  // The picture was taken on the CPU backend.
  const expected = words(stable(stdout)).map((word) => (word === 'tensorflow' ? 'cpu' : word));
  expect(expected.length).toBeGreaterThan(200);
  expect(words(shown).slice(0, expected.length)).toEqual(expected);
});
