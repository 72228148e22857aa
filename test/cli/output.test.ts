import { execFileSync, spawn } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { writeFile } from '../../src/cli/output.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'losscheck-output-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => path.join(folder, name);

describe('writing a report', () => {
  it('makes the folders of a new file and leaves nothing beside it', () => {
    writeFile(at('a/b/report.txt'), 'one', 'cannot');
    writeFile(at('a/b/report.txt'), 'two', 'cannot');
    expect([readFileSync(at('a/b/report.txt'), 'utf8'), readdirSync(at('a/b'))]).toEqual(['two', ['report.txt']]);
  });

  it('follows a link, and leaves the link', () => {
    writeFileSync(at('real.txt'), 'old');
    symlinkSync(at('real.txt'), at('link.txt'));
    symlinkSync(at('absent.txt'), at('dangling.txt'));
    writeFile(at('link.txt'), 'new', 'cannot');
    writeFile(at('dangling.txt'), 'made', 'cannot');
    expect([readFileSync(at('real.txt'), 'utf8'), readFileSync(at('absent.txt'), 'utf8')]).toEqual(['new', 'made']);
    expect([lstatSync(at('link.txt')).isSymbolicLink(), lstatSync(at('dangling.txt')).isSymbolicLink()]).toEqual([true, true]);
  });

  it.skipIf(process.platform === 'win32')('writes into a pipe, which stays one', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    const reader = spawn('cat', [at('pipe')]);
    const read = text(reader.stdout);
    writeFile(at('pipe'), 'through', 'cannot');
    expect(await read).toBe('through');
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true);
  });

  it('says what could not be written, and leaves nothing', () => {
    writeFileSync(at('file'), '');
    expect(() => writeFile(at('file/report.txt'), '', `--reporter: cannot write 'file/report.txt'`)).toThrow(/^--reporter: cannot write 'file\/report\.txt' \(ENOTDIR|EEXIST/);
    expect(() => writeFile(folder, '', 'cannot write')).toThrow(/^cannot write \(EISDIR/);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
