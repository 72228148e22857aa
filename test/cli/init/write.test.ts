import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeAll, type Writing } from '../../../src/cli/init/write.ts';
import { UsageError } from '../../../src/contracts/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'losscheck-write-'));
afterAll(() => rmSync(folder, { recursive: true }));

function writing(name: string, changes: Partial<Writing> = {}): Writing {
  return { file: join(folder, name), contents: name, before: null, isExecutable: false, ...changes };
}

it('writes all files, with their folders and rights', () => {
  writeAll([writing('a/b/one.ts'), writing('run.sh', { isExecutable: true })]);
  expect(readFileSync(join(folder, 'a/b/one.ts'), 'utf8')).toBe('a/b/one.ts');
  expect(statSync(join(folder, 'run.sh')).mode & 0o111).toBe(0o111);
  expect(statSync(join(folder, 'a/b/one.ts')).mode & 0o111).toBe(0);
});

it.each([
  ['the folder of one is a file', (at: string) => writeFileSync(at, ''), 'taken/two.ts'],
  ['one is a folder', (at: string) => mkdirSync(join(at, 'two.ts'), { recursive: true }), 'taken/two.ts'],
])('writes none where %s', (_, spoil, name) => {
  rmSync(join(folder, 'taken'), { recursive: true, force: true });
  spoil(join(folder, 'taken'));
  writeFileSync(join(folder, 'kept.json'), 'before');
  const before = readdirSync(folder, { recursive: true }).toSorted();
  const write = () => writeAll([writing('new/one.ts'), writing('kept.json', { contents: 'after', before: 'before' }), writing(name)]);
  expect(write).toThrow(UsageError);
  expect(write).toThrow(/two\.ts' \(E\w+\); nothing was changed/);
  expect(readdirSync(folder, { recursive: true }).toSorted()).toEqual(before);
  expect(readFileSync(join(folder, 'kept.json'), 'utf8')).toBe('before');
  expect(existsSync(join(folder, 'new'))).toBe(false);
});
