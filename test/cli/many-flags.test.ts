import { describe, expect, it } from 'vitest';
import { parseJobs, parseShard, spellOutChanged } from '../../src/cli/flags/many.ts';
import { run } from './fakes.ts';

describe('--jobs', () => {
  it('is a whole number from 1', async () => {
    expect(['1', '8', '256'].map(parseJobs)).toEqual([1, 8, 256]);
  });

  it.each(['0', '-1', '1.5', 'two', '', '257', '1e1'])('refuses %j in one line', async (text) => {
    const { exitCode, stderr } = await run(['verify', 'huber', `--jobs=${text}`]);
    expect([exitCode, stderr]).toEqual([2, `error: --jobs: found '${text}', expected a whole number from 1 to 256; for example --jobs 4\n`]);
  });
});

describe('--shard', () => {
  it('is i/n', () => {
    expect(['1/1', '2/5', '10/10'].map(parseShard)).toEqual([{ index: 1, count: 1 }, { index: 2, count: 5 }, { index: 10, count: 10 }]);
  });

  it.each(['0/4', '5/4', '1', '/4', '1/', '1/0', 'a/b', '1/2/3', '-1/4', '1.5/4'])('refuses %j in one line', async (text) => {
    const { exitCode, stderr } = await run(['verify', 'huber', `--shard=${text}`]);
    expect([exitCode, stderr]).toEqual([2, `error: --shard: found '${text}', expected i/n with i from 1 to n; for example --shard 1/4\n`]);
  });
});

describe('--changed', () => {
  it('never takes a target for its ref', async () => {
    const { services } = await run(['verify', '--changed', 'src/losses']);
    expect(services.calls.verify[0]).toMatchObject({ targets: ['src/losses'], changed: '' });
  });

  it('takes a ref after an equals sign', async () => {
    const { services } = await run(['verify', 'src', '--changed=origin/main']);
    expect(services.calls.verify[0]).toMatchObject({ targets: ['src'], changed: 'origin/main' });
  });

  it('is off unless it is given, and a target after -- may be called so', async () => {
    const { services } = await run(['verify', 'src']);
    expect(services.calls.verify[0]).not.toHaveProperty('changed');
    expect(spellOutChanged(['verify', '--', '--changed'])).toEqual(['verify', '--', '--changed']);
  });
});

describe('--no-cache', () => {
  it.each([[[], true], [['--no-cache'], false]])('with %j gives cache %s', async (flags, cache) => {
    const { services } = await run(['verify', 'a.ts', ...flags]);
    expect(services.calls.verify[0]).toMatchObject({ cache });
  });
});

describe('merge', () => {
  it('hands over the reports, renders what comes back and exits with its code', async () => {
    const { exitCode, stdout, services } = await run(['merge', 'a.json', 'reports', '--reporter', 'json']);
    expect(services.calls.merge).toEqual([{ reports: ['a.json', 'reports'], cwd: process.cwd() }]);
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { schemaVersion: 1 }]);
  });

  it('needs a report', async () => {
    expect(await run(['merge'])).toMatchObject({ exitCode: 2, stderr: "error: missing required argument 'reports'\n" });
  });

  it('has one reporter on stdout', async () => {
    expect(await run(['merge', 'a.json', '--reporter', 'json', '--reporter', 'table'])).toMatchObject({ exitCode: 2 });
  });
});
