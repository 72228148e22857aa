import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expectCivil, reportOf, Workspace, type Ran } from './program.ts';
import { IMPORT, squaredError } from './sources.ts';

/** What a start keeps for the next one never changes what the program says. */

const workspace = new Workspace();
afterAll(() => workspace.remove());

function entriesOf(cache: string): string[] {
  return readdirSync(workspace.path(cache), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function withoutDurations(ran: Ran): unknown {
  expectCivil(ran);
  return JSON.parse(JSON.stringify(reportOf(ran), (key, value: unknown) => (key === 'durationMs' ? 0 : value)));
}

describe('code that is kept', () => {
  it.each(['huber', './loss.ts'])('is read by the next run of %s, and made again where it is damaged', async (target) => {
    workspace.write({ 'loss.ts': IMPORT + squaredError() });
    const folder = `cache of ${path.basename(target)}`;
    // On a machine of a CI service nobody would read what a process of a module keeps.
    const verify = () => workspace.losscheck(['verify', target, '--no-cache', '--reporter', 'json'], { LOSSCHECK_CACHE: workspace.path(folder), CI: '' });
    const first = withoutDurations(await verify());
    const code = entriesOf(folder).filter((file) => file.includes(`${path.sep}code${path.sep}`));
    const written = new Map(code.map((file) => [file, readFileSync(file)]));
    // The program and the engines; a native one has no script.
    expect(code.length).toBeGreaterThanOrEqual(2);
    expect(withoutDurations(await verify())).toEqual(first);
    // A run that reads all of it writes none of it.
    expect(entriesOf(folder).filter((file) => file.includes(`${path.sep}code${path.sep}`)).toSorted()).toEqual(code.toSorted());
    for (const file of code) writeFileSync(file, Buffer.from(readFileSync(file).map((byte, index) => (index % 64 === 40 ? byte ^ 0x55 : byte))));
    expect(withoutDurations(await verify())).toEqual(first);
    for (const [file, contents] of written) expect(readFileSync(file).length).toBeGreaterThan(contents.length / 2);
  });

  it('is not needed where it cannot be written', async () => {
    workspace.write({ 'a file': '' });
    const ran = await workspace.losscheck(['verify', 'mae', '--reporter', 'json'], { LOSSCHECK_CACHE: workspace.path('a file/below') });
    expectCivil(ran);
    expect(ran.code).toBe(0);
  });
});

describe('the process that is started early', () => {
  it.each([
    ['a flag that does not exist', ['verify', './loss.ts', '--nosuchflag'], 2],
    ['a check that does not exist', ['verify', './loss.ts', '--check', 'nosuch'], 2],
    ['a file that does not compile', ['verify', './broken.ts'], 3],
    ['a file beside --isolate off', ['verify', './loss.ts', '--isolate', 'off'], 0],
  ])('is gone after %s', async (_, argv, code) => {
    workspace.write({ 'loss.ts': IMPORT + squaredError(), 'broken.ts': 'export default (' });
    const ran = await workspace.losscheck(argv);
    expect([ran.code, ran.leftBehind]).toEqual([code, false]);
    expect(ran.stderr).not.toMatch(/^\s+at /m);
  });
});
