import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCivil, findingOf, lossOf as entryOf, reportOf, Workspace, type Ran } from './program.ts';
import { DECLARED, IMPORT, lossOf, squaredError } from './sources.ts';

/** What a module may do, what a person may allow it, and what its limits are. */

const workspace = new Workspace();
afterAll(() => workspace.remove());

const FS = `import { readFileSync } from 'node:fs';\n`;
const scaled = (name: string, scale: string): string => lossOf(name, `return tf.mul(${scale}, tf.mean(tf.square(tf.sub(yPred, yTrue))));`);

beforeAll(() => {
  workspace.write({
    'outside/table.json': '[2]',
    'project/package.json': '{ "workspaces": ["packages/*"] }',
    'project/.env': 'SCALE=2',
    'project/data/table.json': '[2]',
    'project/packages/a/package.json': '{ "name": "a" }',
    'project/packages/a/own.ts': `${IMPORT}${FS}const [scale] = JSON.parse(readFileSync(new URL('../../data/table.json', import.meta.url), 'utf8'));\n${DECLARED}${scaled('own', 'scale')}`,
    'project/packages/a/neighbour.ts': `${IMPORT}import { createRequire } from 'node:module';\nconst { scale } = createRequire(import.meta.url)('b');\n${DECLARED}${scaled('neighbour', 'scale')}`,
    'project/packages/b/package.json': '{ "name": "b", "main": "index.js" }',
    'project/packages/b/index.js': `exports.scale = JSON.parse(require('node:fs').readFileSync(require('node:path').join(__dirname, 'scale.json'), 'utf8'));`,
    'project/packages/b/scale.json': '3',
    'project/outside.ts': `${IMPORT}${FS}const [scale] = JSON.parse(readFileSync(new URL('../outside/table.json', import.meta.url), 'utf8'));\n${DECLARED}${scaled('far', 'scale')}`,
    'project/secret.ts': `${IMPORT}${DECLARED}${scaled('secret', "Number(process.env['LOSS_SCALE'] ?? 1)")}${squaredError('right')}`,
    'project/reads.config.ts': `${FS}readFileSync(new URL('../outside/table.json', import.meta.url));\nexport default { seed: 1 };\n`,
    'project/endless/a.ts': `${IMPORT}${DECLARED}${lossOf('a', 'for (;;);')}${squaredError('after')}`,
    'project/endless/b.ts': `${IMPORT}${DECLARED}${squaredError('b')}`,
  });
  mkdirSync(workspace.path('project/node_modules'));
  symlinkSync('../packages/b', workspace.path('project/node_modules/b'), 'dir');
});

const losscheck = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> => workspace.losscheck(argv, env);
const verify = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> => {
  const ran = await losscheck(['verify', ...argv, '--no-cache', '--reporter', 'json'], env);
  expectCivil(ran);
  return ran;
};

describe('what a module may read', () => {
  it.each(['own', 'neighbour'])('its project and the packages that it resolves: %s', async (name) => {
    const ran = await verify([`project/packages/a/${name}.ts`]);
    expect([ran.code, reportOf(ran).losses.map(({ verdict }) => verdict)]).toEqual([0, ['pass']]);
  });

  it('nothing else, unless it is allowed in the words that the finding gives', async () => {
    const refused = await verify(['project/outside.ts']);
    expect(refused.code).toBe(4);
    const finding = findingOf(entryOf(reportOf(refused), 'project/outside.ts'), 'forbidden-access');
    expect(finding.message).toContain(`it reads ${workspace.path('outside/table.json')}`);
    expect(finding.location).toMatchObject({ file: 'project/outside.ts', line: 3 });
    const allow = /--allow-read (\S+)$/.exec(finding.fix)?.[1] ?? '';
    const allowed = await verify(['project/outside.ts', '--allow-read', allow]);
    expect([allowed.code, reportOf(allowed).losses[0]?.verdict]).toEqual([0, 'pass']);
    const relative = await verify(['project/outside.ts', '--allow-read', 'outside']);
    expect(relative.code).toBe(0);
  });

  it('and of the environment what is allowed; the other losses of the file are checked', async () => {
    const env = { LOSS_SCALE: '2' };
    const refused = await verify(['project/secret.ts'], env);
    const report = reportOf(refused);
    expect([refused.code, entryOf(report, 'project/secret.ts#right').verdict]).toEqual([4, 'pass']);
    expect(findingOf(entryOf(report, 'project/secret.ts#secret'), 'forbidden-access')).toMatchObject({ message: 'it reads the environment variable LOSS_SCALE', fix: expect.stringMatching(/--allow-env LOSS_SCALE$/) as string });
    expect((await verify(['project/secret.ts', '--allow-env', 'LOSS_SCALE'], env)).code).toBe(0);
    expect((await verify(['project/secret.ts'])).code).toBe(0);
  });

  it('holds for eval', async () => {
    const point = ['--input', 'yPred=[1,2]', '--input', 'yTrue=[1,4]'];
    const refused = await losscheck(['eval', 'project/outside.ts', ...point]);
    expectCivil(refused);
    expect([refused.code, refused.stdout]).toEqual([4, '']);
    expect(refused.stderr).toMatch(/^error: the loss gave no value: it reads .*table\.json/);
    const allowed = await losscheck(['eval', 'project/outside.ts', ...point, '--allow-read', 'outside']);
    expect([allowed.code, allowed.stdout.includes('4')]).toEqual([0, true]);
  });

  it('holds for a config that is code', async () => {
    const refused = await losscheck(['verify', 'mse', '--config', 'project/reads.config.ts']);
    expectCivil(refused);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/reads\.config\.ts:2:\d+: the config gave no answer: it reads .*table\.json/);
    const allowed = await losscheck(['verify', 'mse', '--config', 'project/reads.config.ts', '--allow-read', 'outside']);
    expect(allowed.code).toBe(0);
  });

  it('holds no longer without isolation, and the report says so', async () => {
    const ran = await verify(['project/outside.ts', '--isolate', 'off']);
    expect([ran.code, reportOf(ran).isolation]).toEqual([0, 'off']);
    const table = await losscheck(['verify', 'project/outside.ts', '--isolate', 'off']);
    expect(table.stdout.replaceAll('\n', ' ')).toContain('not isolated: the modules could do what losscheck can');
  });
});

describe('limits', () => {
  it('--run-timeout ends a run, and names what was not checked', async () => {
    const ran = await verify(['project/endless', 'mse', '--run-timeout', '4', '--timeout', '600', '--jobs', '1']);
    const report = reportOf(ran);
    expect(ran.code).toBe(4);
    expect(entryOf(report, 'mse').verdict).toBe('pass');
    const ended = report.losses.filter(({ id }) => id.includes('endless'));
    expect(ended.map(({ id }) => id)).toEqual(['project/endless/a.ts#a', 'project/endless/a.ts#after', 'project/endless/b.ts']);
    for (const loss of ended) expect(findingOf(loss, 'timeout').message).toBe('the run ended after 4 s, before this was checked');
  });

  it.each([
    [['--max-memory', '10'], "--max-memory: found '10', expected a whole number of megabytes, at least 256"],
    [['--run-timeout', '0'], "--run-timeout: found '0', expected a number of seconds above 0"],
    [['--allow-read', ''], "--allow-read: found '', expected a path"],
    [['--allow-env', 'A=b'], '--allow-env'],
  ])('%s is refused', async (flags, words) => {
    const ran = await losscheck(['verify', 'mse', ...flags]);
    expectCivil(ran);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(words);
  });
});

it('no process in which a module ran writes compiled code', async () => {
  const cache = workspace.path('code-cache');
  await verify(['project/packages/a/own.ts'], { LOSSCHECK_CACHE: cache, CI: '1' });
  const written = (): number => readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => /[\\/]code[\\/]./.test(name)).length;
  const ofParent = written();
  await verify(['project/packages/a/own.ts'], { LOSSCHECK_CACHE: cache, CI: '' });
  // The process that ran losscheck's own loss meanwhile wrote its scripts and the engines; a native one has no script.
  expect(written()).toBeGreaterThanOrEqual(ofParent + 2);
});
