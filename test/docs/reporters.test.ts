import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { REPORTER_NAMES } from '../../src/reporters/names.ts';

/** The page on reports is executed: its module is written to a folder, its commands run there. */

const page = readFileSync(path.join(packageRoot(), 'docs/reporters.md'), 'utf8');
const modules = [...page.matchAll(/^```ts file=(\S+)\n(.*?)^```$/gms)];
const consoles = [...page.matchAll(/^```console exit=(\d+)\n\$ ([^\n]*)\n(.*?)^```$/gms)].map(([, exit = '', command = '', output = '']) => ({ exit, command, output }));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'losscheck-reports-page-'));
  for (const [, name = '', text = ''] of modules) writeFileSync(path.join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stable(output: string): string {
  return output.replaceAll(/time="[\d.]+"/g, 'time="0"');
}

describe('docs/reporters.md', () => {
  it('has a section and a row for each format', () => {
    for (const name of REPORTER_NAMES) expect(page).toMatch(new RegExp(`^\\| \`${name}\``, 'm'));
    for (const name of REPORTER_NAMES.filter((each) => each !== 'table')) expect(page).toMatch(new RegExp(`^## ${name}$`, 'm'));
  });

  it('has an example of each format but the table', () => {
    const shown = consoles.flatMap(({ command }) => [...command.matchAll(/--reporter (\w+)/g)].map(([, name]) => name));
    expect(new Set(shown)).toEqual(new Set(REPORTER_NAMES.filter((name) => name !== 'table')));
  });

  it.each(consoles)('$command', ({ exit, command, output }) => {
    const shell = command.replace(/^losscheck/, `"${process.execPath}" "${path.join(packageRoot(), 'bin', 'losscheck.js')}"`);
    const { GITHUB_ACTIONS: _actions, GITHUB_STEP_SUMMARY: _summary, ...env } = process.env;
    const { status, stdout } = spawnSync(shell, { cwd: folder, env, shell: true, encoding: 'utf8' });
    expect(stable(stdout)).toBe(stable(output));
    expect(status).toBe(Number(exit));
  });
});
