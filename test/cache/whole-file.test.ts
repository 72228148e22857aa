import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { removeAbandoned, replaceFile, temporaryName } from '../../src/whole-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'losscheck-whole-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The number of a process that has ended. */
const gone = spawnSync(process.execPath, ['-e', '']).pid;

function left(name: string, pid: number, ageMs: number): string {
  const file = path.join(folder, `${name}.${pid}.tmp`);
  writeFileSync(file, 'half of a rep');
  const then = (Date.now() - ageMs) / 1000;
  utimesSync(file, then, then);
  return file;
}

describe('a file that is replaced', () => {
  it('holds the new text, and nothing stays beside it', () => {
    const file = path.join(folder, 'report.json');
    replaceFile(file, 'old');
    replaceFile(file, 'new');
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['new', ['report.json']]);
  });

  it('stays what it was when it cannot be replaced', () => {
    const file = path.join(folder, 'taken');
    mkdirSync(path.join(file, 'by a folder'), { recursive: true });
    expect(() => replaceFile(file, 'new')).toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    expect([existsSync(temporaryName(file)), readdirSync(file)]).toEqual([false, ['by a folder']]);
    rmSync(file, { recursive: true });
  });

  it('takes along what a process left that was killed while it wrote this file, and nothing else', () => {
    const file = path.join(folder, 'report.json');
    const abandoned = left('report.json', gone, 60_000);
    const kept = [left('report.json', process.ppid, 60_000), left('report.json', gone + 1_000_000_000, 0), left('other.json', gone, 60_000)];
    replaceFile(file, 'new');
    expect([existsSync(abandoned), ...kept.map((each) => existsSync(each))]).toEqual([false, true, true, true]);
    removeAbandoned(folder);
    expect(kept.map((each) => existsSync(each))).toEqual([true, true, false]);
  });
});
