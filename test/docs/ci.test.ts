import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { githubWorkflow, gitlabJob, shellScript } from '../../src/cli/init/ci-templates.ts';
import { packageRoot } from '../../src/package-root.ts';

/** The files for continuous integration: read as those who use them read them, and run with a losscheck that only answers. */

const NPM = { manager: { install: 'npm ci', exec: 'npx', add: 'npm install --save-dev', setup: null, cache: 'npm' }, inRepository: '', lockFile: 'package-lock.json' };

function read(name: string): string {
  return readFileSync(path.join(packageRoot(), name), 'utf8');
}

describe('the examples in ci/', () => {
  it.each([
    ['ci/github-workflow.yml', githubWorkflow(NPM)],
    ['ci/gitlab-ci.yml', gitlabJob(NPM)],
    ['ci/losscheck.sh', shellScript(NPM)],
  ])('%s is what init writes for npm', (name, text) => {
    expect(read(name)).toBe(text);
  });

  it('ask for no more than to read', () => {
    expect(parse(read('ci/github-workflow.yml'))).toMatchObject({ permissions: { contents: 'read' } });
  });
});

describe('docs/ci.md', () => {
  const blocks = [...read('docs/ci.md').matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map(([, language = '', options = '', text = '']) => ({ language, file: /file=(\S+)/.exec(options)?.[1] ?? null, text }));

  it('shows the files of the package as they are', () => {
    const shown = blocks.flatMap(({ file, text }) => (file === null ? [] : [{ file, text }]));
    expect(shown.map(({ file }) => file)).toEqual(['ci/github-workflow.yml', 'ci/gitlab-ci.yml', 'ci/losscheck.sh']);
    for (const { file, text } of shown) expect(text).toBe(read(file));
  });

  it('shows YAML that can be read', () => {
    const yaml = blocks.filter(({ language }) => language === 'yaml');
    expect(yaml.length).toBeGreaterThan(5);
    for (const { text } of yaml) expect(parse(text)).toBeTypeOf('object');
  });

  it('names every input and output of the action', () => {
    const page = read('docs/ci.md');
    for (const name of Object.keys(action.inputs)) expect(page).toContain(`| \`${name}\` |`);
    expect(page).toContain(`Outputs: ${Object.keys(action.outputs).map((name) => `\`${name}\``).join(', ')}.`);
  });
});

const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string().min(1), default: z.string() })),
  outputs: z.record(z.string(), z.object({ description: z.string().min(1), value: z.string() })),
  runs: z.object({
    using: z.literal('composite'),
    steps: z.array(z.looseObject({ id: z.string().optional(), if: z.string().optional(), run: z.string().optional(), shell: z.string().optional(), uses: z.string().optional(), env: z.record(z.string(), z.string()).optional() })),
  }),
});
const action = actionSchema.parse(parse(read('action.yml')));
const verify = action.runs.steps.find(({ id }) => id === 'verify');
if (verify?.run === undefined) throw new Error('action.yml has no step that verifies');
const script = verify.run;

/** A project and an `npx` that writes down how it was called, and ends as it is told. */
const folder = mkdtempSync(path.join(tmpdir(), 'losscheck-ci-'));
const tools = path.join(folder, 'tools');

beforeAll(() => {
  mkdirSync(path.join(folder, 'project/ci'), { recursive: true });
  mkdirSync(path.join(folder, 'project/node_modules'));
  mkdirSync(tools);
  writeFileSync(path.join(folder, 'project/a.ts'), '');
  writeFileSync(path.join(tools, 'npx'), `#!/bin/bash
if [[ $* == '--no-install losscheck --version' ]]; then exit "$FAKE_ABSENT"; fi
printf '%s\\n' "$PWD" "$@" > "$FAKE_CALL"
exit "$FAKE_CODE"
`);
  chmodSync(path.join(tools, 'npx'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Called {
  readonly status: number | null;
  /** Where npx was started, and with what. */
  readonly directory: string;
  readonly argv: readonly string[];
  readonly output: string;
}

function call(command: string, argv: readonly string[], env: Readonly<Record<string, string>>): Called {
  const files = { FAKE_CALL: path.join(folder, 'call'), GITHUB_OUTPUT: path.join(folder, 'output') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const { status } = spawnSync(command, argv, {
    cwd: path.join(folder, 'project'),
    env: { PATH: `${tools}${path.delimiter}${process.env['PATH'] ?? ''}`, FAKE_ABSENT: '0', FAKE_CODE: '0', ...files, ...env },
    encoding: 'utf8',
  });
  const [directory = '', ...given] = readFileSync(files.FAKE_CALL, 'utf8').trimEnd().split('\n');
  return { status, directory, argv: given, output: readFileSync(files.GITHUB_OUTPUT, 'utf8') };
}

/** Runs the step as GitHub does, with the defaults of the inputs where none is given. */
function act(inputs: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}): Called {
  const given = Object.fromEntries(
    Object.entries(verify?.env ?? {}).map(([variable, expression]) => {
      const name = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression)?.[1] ?? '';
      return [variable, inputs[name] ?? action.inputs[name]?.default ?? ''];
    }),
  );
  return call('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { ...given, ...env });
}

const REPORTERS = ['--reporter', 'table', '--reporter', 'json:losscheck-reports/losscheck.json', '--reporter', 'html:losscheck-reports/losscheck.html'];
const SARIF = ['--reporter', 'sarif:losscheck-reports/losscheck.sarif'];

describe('action.yml', () => {
  it('puts no input into a script, where it would be run', () => {
    for (const { run = '' } of action.runs.steps) expect(run).not.toContain('${{');
    execFileSync('bash', ['-n', '-c', script]);
  });

  it('uploads the reports of a failed run too', () => {
    const upload = action.runs.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@') === true);
    expect(upload?.if).toContain('!cancelled()');
  });

  it('runs the losscheck of the project, on the targets of its config', () => {
    const { status, argv, output } = act();
    expect(status).toBe(0);
    expect(argv).toEqual(['--no-install', 'losscheck', 'verify', ...REPORTERS, ...SARIF, '--']);
    expect(output).toBe('exit-code=0\nreports=losscheck-reports\nsarif=losscheck-reports/losscheck.sarif\n');
  });

  it('takes the version asked for where the project has none', () => {
    expect(act({ version: '1.2.3' }, { FAKE_ABSENT: '1' }).argv.slice(0, 3)).toEqual(['--yes', 'losscheck@1.2.3', 'verify']);
  });

  it('hands every input on', () => {
    const { argv, output } = act({ targets: 'src/*.ts\n  huber', strict: 'true', baseline: 'known findings.json', changed: 'origin/main', sarif: 'false', args: '--seed 7 --jobs 2', reports: 'out', 'working-directory': 'packages/a/' });
    expect(argv).toEqual([
      '--no-install', 'losscheck', 'verify', '--seed', '7', '--jobs', '2', '--strict', '--baseline', 'known findings.json', '--changed=origin/main',
      '--reporter', 'table', '--reporter', 'json:out/losscheck.json', '--reporter', 'html:out/losscheck.html', '--', 'src/*.ts', 'huber',
    ]);
    expect(output).toBe('exit-code=0\nreports=packages/a/out\nsarif=\n');
    expect(act({ changed: 'true' }).argv).toContain('--changed');
    expect(act({ changed: 'false' }).argv.some((word) => word.startsWith('--changed'))).toBe(false);
  });

  it.each([1, 2, 3, 4, 70])('ends with the exit code %i, after the outputs are written', (code) => {
    const { status, output } = act({}, { FAKE_CODE: String(code) });
    expect([status, output.split('\n')[0]]).toEqual([code, `exit-code=${code}`]);
  });

  it.each(['$(touch owned)', '`touch owned`', '; touch owned', "' ; touch owned ; '", '"; touch owned; "', 'x\nexit-code=0', '*'])('runs nothing of %j, whatever input it is', (text) => {
    const inputs = Object.fromEntries(Object.keys(action.inputs).map((name) => [name, text]));
    const { argv, output } = act(inputs, { FAKE_ABSENT: '1', FAKE_CODE: '1' });
    expect(existsSync(path.join(folder, 'project/owned'))).toBe(false);
    expect(argv.slice(0, 2)).toEqual(['--yes', ...`losscheck@${text}`.split('\n').slice(0, 1)]);
    expect(output.match(/^exit-code=.*$/gm)).toEqual(['exit-code=1']);
    expect(argv).not.toContain('a.ts');
  });
});

describe('ci/losscheck.sh', () => {
  it('works from anywhere, hands its flags on and keeps the exit code', () => {
    const file = path.join(folder, 'project/ci/losscheck.sh');
    writeFileSync(file, read('ci/losscheck.sh'));
    execFileSync('sh', ['-n', file]);
    const { status, directory, argv } = call('sh', [file, '--shard', '1/4'], { FAKE_CODE: '4', LOSSCHECK_REPORTS: 'my reports' });
    expect(status).toBe(4);
    expect(path.basename(directory)).toBe('project');
    expect(argv).toEqual(['losscheck', 'verify', '--reporter', 'table', '--reporter', 'json:my reports/losscheck.json', '--reporter', 'html:my reports/losscheck.html', '--reporter', 'junit:my reports/junit.xml', '--shard', '1/4']);
  });
});

describe('.pre-commit-hooks.yaml', () => {
  it('offers one hook, that works out itself what has changed', () => {
    expect(parse(read('.pre-commit-hooks.yaml'))).toEqual([
      expect.objectContaining({ id: 'losscheck', language: 'node', entry: 'losscheck verify --quiet', args: ['--changed=HEAD'], pass_filenames: false, require_serial: true }),
    ]);
    const [{ files }] = z.tuple([z.object({ files: z.string() })]).parse(parse(read('.pre-commit-hooks.yaml')));
    const matches = (name: string) => new RegExp(files).test(name);
    expect(['src/a.ts', 'a.mjs', 'lib/b.cjs', 'c.tsx'].every(matches)).toBe(true);
    expect(['readme.md', 'a.json', 'a.ts.snap'].some(matches)).toBe(false);
  });
});
