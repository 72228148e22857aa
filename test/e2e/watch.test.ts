import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { BIN, Workspace } from './program.ts';
import { IMPORT, lossOf, squaredError } from './sources.ts';
import { until, Watching } from './watching.ts';

/** `--watch`: what is checked again, and how it ends. */

const SHARED = `${IMPORT}export const settings = { scale: 1 };\nexport class Squares {}\n`;
const USING = `${IMPORT}import { settings } from './lib/shared.js';\n${lossOf('default', 'return tf.mul(settings.scale, tf.mean(tf.square(tf.sub(yPred, yTrue))));')}`;
const ENDLESS = IMPORT + lossOf('default', `console.log('it computes'); for (;;);`);
const FILES = { 'src/one.ts': USING, 'src/two.ts': USING, 'src/alone.ts': IMPORT + squaredError(), 'lib/shared.ts': SHARED };

const open: { workspaces: Workspace[]; sessions: Watching[] } = { workspaces: [], sessions: [] };
afterEach(() => {
  for (const session of open.sessions.splice(0)) session.kill();
  for (const workspace of open.workspaces.splice(0)) workspace.remove();
});

function folder(files: Readonly<Record<string, string>>): Workspace {
  const workspace = new Workspace();
  open.workspaces.push(workspace);
  workspace.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replace('./lib/', '../lib/')])));
  return workspace;
}

function watching(workspace: Workspace, argv: readonly string[], command?: readonly [string, ...string[]]): Watching {
  const session = new Watching(workspace, [...argv, '--watch', '--check', 'scalar-output', '--no-color'], command);
  open.sessions.push(session);
  return session;
}

/** Ids of the losses that a table names. */
function idsIn(table: string): string[] {
  return [...new Set([...table.matchAll(/^[✓✗] (\S+\.ts(?:#\w+)?) /gm)].map(([, id = '']) => id))].toSorted();
}

function leftovers(workspace: Workspace): string[] {
  return readdirSync(workspace.folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tmp'));
}

describe('what is checked again', () => {
  it('is what changed or imports it, and reports in files tell of everything', async () => {
    const workspace = folder(FILES);
    const session = watching(workspace, ['src', '--reporter', 'table', '--reporter', 'json:out/report.json']);
    const first = await session.nextRun();
    expect(idsIn(first.table)).toEqual(['src/alone.ts#default', 'src/one.ts#default', 'src/two.ts#default']);
    expect(first.state).toBe('3 of 3 losses pass; watching 4 files: Ctrl-C ends it');

    workspace.write({ 'src/alone.ts': IMPORT + lossOf('default', 'return tf.square(tf.sub(yPred, yTrue));') });
    const second = await session.nextRun();
    expect([idsIn(second.table), second.state]).toEqual([['src/alone.ts#default'], '2 of 3 losses pass; watching 4 files: Ctrl-C ends it']);
    expect(session.report('out/report.json').summary).toMatchObject({ losses: 3, passed: 2, failed: 1 });
    expect(session.report('out/report.json').exitCode).toBe(1);

    workspace.write({ 'lib/shared.ts': SHARED.replace('scale: 1', 'scale: 2') });
    const third = await session.nextRun();
    expect(idsIn(third.table)).toEqual(['src/one.ts#default', 'src/two.ts#default']);
    expect(session.stderr).toContain('changed: lib/shared.ts\n');

    expect(await session.end('SIGINT')).toBe(130);
    expect(leftovers(workspace)).toEqual([]);
  });

  it('has new files, and no longer those that are gone', async () => {
    const workspace = folder(FILES);
    const session = watching(workspace, ['src/**/*.ts']);
    await session.nextRun();
    workspace.write({ 'src/deep/new.ts': IMPORT + squaredError() });
    const grown = await session.nextRun();
    expect([idsIn(grown.table), grown.state]).toEqual([['src/deep/new.ts#default'], expect.stringContaining('4 of 4 losses pass')]);
    rmSync(workspace.path('src/one.ts'));
    const shrunk = await session.nextRun();
    expect([idsIn(shrunk.table), shrunk.state]).toEqual([[], expect.stringContaining('3 of 3 losses pass')]);
  });

  it('waits for a syntax error to be mended, in the file or in what it imports', async () => {
    const workspace = folder(FILES);
    const session = watching(workspace, ['src/one.ts', 'src/alone.ts']);
    await session.nextRun();
    workspace.write({ 'lib/shared.ts': `${SHARED}export const = ;\n` });
    const broken = await session.nextRun();
    expect(broken.table).toContain('syntax-error');
    expect([idsIn(broken.table), broken.state]).toEqual([['src/one.ts'], expect.stringContaining('1 of 2 losses pass')]);
    workspace.write({ 'lib/shared.ts': SHARED });
    const mended = await session.nextRun();
    expect([idsIn(mended.table), mended.state]).toEqual([['src/one.ts#default'], expect.stringContaining('2 of 2 losses pass')]);
  });

  it('begins with a broken file too, and with one that is not there yet', async () => {
    const workspace = folder({ 'src/one.ts': 'export default (' });
    const session = watching(workspace, ['src/one.ts', 'src/later.ts']);
    expect((await session.nextRun()).state).toContain('0 of 2 losses pass');
    workspace.write({ 'src/one.ts': IMPORT + squaredError() });
    expect((await session.nextRun()).state).toContain('1 of 2 losses pass');
    workspace.write({ 'src/later.ts': IMPORT + squaredError() });
    expect((await session.nextRun()).state).toContain('2 of 2 losses pass');
  });

  it('is stopped when its file changes again, with its process', async () => {
    const workspace = folder({ 'src/one.ts': IMPORT + squaredError() });
    const session = watching(workspace, ['src/one.ts', '--timeout', '300']);
    await session.nextRun();
    const idle = session.processes();
    workspace.write({ 'src/one.ts': ENDLESS });
    await until('a process that computes', () => (session.processes() > idle ? true : null));
    workspace.write({ 'src/one.ts': IMPORT + squaredError() });
    expect((await session.nextRun()).state).toContain('1 of 1 loss passes');
    await until('the end of the process that was stopped', () => (session.processes() <= idle ? true : null));
  });

  it('is one run for many saves', async () => {
    const workspace = folder(FILES);
    const session = watching(workspace, ['src']);
    await session.nextRun();
    for (let save = 0; save < 20; save++) writeFileSync(workspace.path('src/alone.ts'), `${IMPORT}${squaredError()}// ${save}\n`);
    await session.nextRun();
    workspace.write({ 'src/two.ts': `${FILES['src/two.ts'].replace('./lib/', '../lib/')}// last\n` });
    expect(idsIn((await session.nextRun()).table)).toEqual(['src/two.ts#default']);
  });
});

describe('how it ends', () => {
  it.each([
    ['SIGINT', '--watch'],
    ['SIGTERM', '--watch'],
    ['SIGHUP', '--watch'],
    ['SIGTERM', '--strict'],
    ['SIGHUP', '--strict'],
  ] as const)('%s leaves no process that computes, and exits 130 (%s)', async (signal, flag) => {
    const workspace = folder({ 'src/one.ts': ENDLESS });
    const session = new Watching(workspace, ['src', '--timeout', '300', flag]);
    open.sessions.push(session);
    await session.says('it computes');
    expect(await session.end(signal)).toBe(130);
    expect(leftovers(workspace)).toEqual([]);
  });

  it.each([
    ['--shard', '1/2'],
    ['--isolate', 'off'],
  ])('refuses %s %s', async (...flags) => {
    const ran = await folder(FILES).losscheck(['verify', 'src', '--watch', ...flags]);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toContain(`--watch`);
    expect(ran.stderr).toContain('Leave');
  });

  it('refuses wrong options at once', async () => {
    const ran = await folder(FILES).losscheck(['verify', 'src', '--watch', '--param', 'delta=1']);
    expect([ran.code, ran.leftBehind]).toEqual([2, false]);
  });
});

const SCRIPT = ['script', '-qefc'] as const;
const hasTerminal = spawnSync('script', ['-qefc', 'true', '/dev/null'], { input: '' }).status === 0;

describe.skipIf(!hasTerminal)('on a terminal', () => {
  it('runs all, failed or the same again by keys, and quits with the code of the last state', async () => {
    const workspace = folder({ 'src/one.ts': IMPORT + squaredError(), 'src/wrong.ts': IMPORT + lossOf('default', 'return tf.square(tf.sub(yPred, yTrue));') });
    const command = `"${process.execPath}" "${BIN}" verify src --watch --check scalar-output --no-color`;
    const session = new Watching(workspace, [command, '/dev/null'], [...SCRIPT]);
    open.sessions.push(session);
    const shown = (count: number): Promise<number> => until(`run ${count}`, () => ([...session.stdout.matchAll(/losses pass; watching 2 files: a run all, f run failed, Enter rerun, q quit/g)].length >= count ? count : null));
    const tables = (): string => session.stdout.slice(session.stdout.lastIndexOf('checking again'));
    await shown(1);
    session.press('f');
    await shown(2);
    expect(tables()).not.toContain('src/one.ts#default');
    expect(tables()).toContain('src/wrong.ts#default');
    session.press('a');
    await shown(3);
    expect(tables()).toContain('src/one.ts#default');
    session.press('\r');
    await shown(4);
    expect(tables()).toContain('src/one.ts#default');
    session.press('q');
    expect(await session.end(null)).toBe(1);
  });
});
