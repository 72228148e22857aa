import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';

/**
 * A page of the documentation as a reader walks through it: from top to bottom its files are written and its commands
 * run, in one folder, and what the page shows of them must be what comes.
 *
 *     ```ts file=src/focal.ts      written
 *     ```console exit=1            run; the lines after the first are what it prints, `…` stands for lines left out
 */

interface Block {
  readonly language: string;
  readonly options: Readonly<Record<string, string>>;
  readonly text: string;
}

export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(path.join(packageRoot(), page), 'utf8');
  return [...text.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map(([, language = '', options = '', body = '']) => ({
    language,
    options: Object.fromEntries([...options.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value])),
    text: body,
  }));
}

export interface Step {
  /** The command or the file, for the name of a test. */
  readonly name: string;
  readonly run: (folder: string) => void;
}

/** Everything on a page that does something, in its order. */
export function stepsOf(page: string): readonly Step[] {
  return blocksOf(page).flatMap((block): Step[] => {
    const { file, exit } = block.options;
    if (file !== undefined) return [{ name: `write ${file}`, run: (folder) => write(path.join(folder, file), block.text) }];
    if (block.language !== 'console' || exit === undefined) return [];
    const [command = '', ...shown] = block.text.trimEnd().split('\n');
    return [{ name: command.slice(2), run: (folder) => runAndCompare(command.slice(2), shown, Number(exit), folder) }];
  });
}

/** A folder whose `losscheck` command is this one. */
export function walkFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-walk-')));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function runAndCompare(command: string, shown: readonly string[], exit: number, folder: string): void {
  const program = `"${process.execPath}" "${path.join(packageRoot(), 'bin', 'losscheck.js')}"`;
  const shell = command.replaceAll(/\b(?:npx )?losscheck (?=[a-z-])/g, `${program} `);
  const { status, stdout, stderr } = spawnSync(shell, { cwd: folder, shell: true, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', GITHUB_ACTIONS: '' } });
  expect({ status, stderr: status === exit ? '' : stderr }).toEqual({ status: exit, stderr: '' });
  if (shown.length === 0) return;
  const printed = stable(stdout);
  const parts = stable(shown.join('\n')).split(/^…$/m).map((part) => part.trim()).filter((part) => part !== '');
  let from = 0;
  for (const part of parts) {
    expect(printed.slice(from)).toContain(part);
    from = printed.indexOf(part, from) + part.length;
  }
  if (!shown.includes('…')) expect(printed.trim()).toBe(parts[0] ?? '');
}

/** Durations differ from run to run, and the closing line on engines from machine to machine. */
export function stable(output: string): string {
  return output.replaceAll(/ {2}\d+(\.\d+)? m?s$/gm, '').replace(/\nreference float64[\s\S]*$/, '\n');
}
