import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EvaluationError, EXIT, LoadError, UsageError } from '../../src/contracts/errors.ts';
import { packageVersion } from '../../src/package-root.ts';
import { failingLoss, loss, report, unloadableLoss } from '../reporters/sample-report.ts';
import { fakeServices, fakeTerminal, run } from './fakes.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'losscheck-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Services whose run fails, or that must not be touched. */
function failingRun(error: unknown) {
  return fakeServices(undefined, { run: () => Promise.reject(error) });
}

describe('help and version', () => {
  it('prints help to stdout and passes, without loading anything', async () => {
    const { exitCode, stdout, stderr } = await run(['--help'], fakeTerminal(), failingRun(new Error('loaded')));
    expect([exitCode, stderr]).toEqual([0, '']);
    for (const command of ['verify', 'eval', 'list', 'explain']) expect(stdout).toContain(`  ${command}`);
  });

  it('documents every flag of verify and the exit codes', async () => {
    const { stdout } = await run(['verify', '--help']);
    const flags =
      '--all --check --skip --input --param --seed --samples --rtol --backend --reporter --strict --timeout --isolate --color --no-color --quiet --verbose';
    for (const flag of flags.split(' ')) expect(stdout).toMatch(new RegExp(`^  ${flag}\\b`, 'm'));
    expect(stdout).toContain('130 interrupted');
  });

  it('prints the version of the package', async () => {
    const { exitCode, stdout } = await run(['--version']);
    expect([exitCode, stdout]).toEqual([0, `${packageVersion()}\n`]);
  });

  it('shows help as wrong usage when no command is given', async () => {
    const { exitCode, stdout, stderr } = await run([]);
    expect([exitCode, stdout]).toEqual([EXIT.usage, '']);
    expect(stderr).toMatch(/^error: no command given\n\nUsage: losscheck/);
  });
});

describe('wrong usage', () => {
  it.each([
    [['verify', 'huber', '--sede', '1'], "error: unknown option '--sede' (did you mean --seed?)\n"],
    [['verfy', 'huber'], "error: unknown command 'verfy' (did you mean verify?)\n"],
    [
      ['./myloss.ts'],
      "error: unknown command './myloss.ts', expected verify, merge, baseline, eval, list, explain, selftest, init, doctor or completion; to check a loss: losscheck verify ./myloss.ts\n",
    ],
    [['eval'], "error: missing required argument 'loss'\n"],
    [['list', 'huber', 'dice'], "error: too many arguments for 'list'. Expected 1 argument but got 2.\n"],
    [['verify', 'huber', '--seed'], "error: option '--seed <n>' argument missing\n"],
    [
      ['verify', 'huber', '--seed', 'x'],
      "error: --seed: found 'x', expected a whole number from 0 to 4294967295; for example --seed 7\n",
    ],
    [['verify', 'huber', '--quiet', '--verbose'], 'error: --quiet and --verbose exclude each other; leave one out\n'],
    [
      ['eval', 'mse', '--precision', '16'],
      "error: --precision: found '16', expected 64 or 32; for example --precision 64\n",
    ],
    [
      ['eval', 'mse', '--inputs', 'absent.json'],
      "error: --inputs: 'absent.json' cannot be read (ENOENT), expected a JSON file; for example --inputs point.json\n  Check the path, and the permissions of the file.\n",
    ],
    [
      ['explain', 'gradient-mismach'],
      "error: explain: found 'gradient-mismach', expected a check or a finding code; did you mean gradient-mismatch?\n",
    ],
  ])('%j', async (argv, stderr) => {
    const ran = await run(argv, fakeTerminal(), failingRun(new Error('must not be loaded')));
    expect([ran.exitCode, ran.stdout, ran.stderr]).toEqual([EXIT.usage, '', stderr]);
  });
});

describe('verify', () => {
  it.each([
    [
      ['verify', 'huber', '--check', 'gradient-mach'],
      "error: --check: unknown check 'gradient-mach', expected one of scalar-output, gradient-match, term-balance; did you mean gradient-match?\n",
    ],
    [
      ['verify', 'huber', '--skip', 'zzz'],
      "error: --skip: unknown check 'zzz', expected one of scalar-output, gradient-match, term-balance; `losscheck explain` lists what they do\n",
    ],
  ])('%j', async (argv, stderr) => {
    const ran = await run(argv);
    expect([ran.exitCode, ran.stdout, ran.stderr, ran.services.calls.verify]).toEqual([EXIT.usage, '', stderr, []]);
  });

  it('compares all backends in what verifies, and in nothing else', async () => {
    for (const argv of [['verify', 'a.ts', '--backend', 'all'], ['baseline', 'update', 'a.ts', '--backend', 'all']]) expect((await run(argv)).stderr).not.toContain('--backend');
    for (const argv of [['eval', 'mse', '--backend', 'all'], ['selftest', 'mse', '--backend', 'all']]) {
      const { stderr, exitCode } = await run(argv);
      expect(stderr).toContain("--backend: found 'all', which is for verify, expected auto, node, wasm or cpu; for example --backend wasm");
      expect(exitCode).toBe(2);
    }
  });

  it('hands every flag to the run, and nothing that was not given', async () => {
    const { services, terminal } = await run(['verify', 'a.ts', 'b.ts#x']);
    expect(services.calls.verify).toEqual([{ targets: ['a.ts', 'b.ts#x'], cwd: terminal.cwd, cache: true, lanes: true }]);

    const flags =
      '--all --check scalar-output --check gradient-match,term-balance --skip term-balance --input yPred=0:1[8,4] ' +
      '--param delta=2 --seed 7 --samples 3 --rtol 1e-4 --backend cpu --strict --timeout 5 --isolate off --no-color ' +
      '--jobs 4 --shard 2/3 --changed=main --no-cache --no-lanes';
    const all = await run(['verify', ...flags.split(' ')]);
    expect(all.stderr).toBe('');
    expect(all.services.calls.verify).toEqual([
      {
        targets: [],
        cwd: terminal.cwd,
        all: true,
        check: ['scalar-output', 'gradient-match', 'term-balance'],
        skip: ['term-balance'],
        input: { yPred: { domain: { min: 0, max: 1 }, shape: [8, 4] } },
        param: { delta: 2 },
        seed: 7,
        samples: 3,
        rtol: 1e-4,
        backend: 'cpu',
        strict: true,
        timeout: 5,
        isolate: false,
        jobs: 4,
        shard: { index: 2, count: 3 },
        changed: 'main',
        cache: false,
        lanes: false,
      },
    ]);
  });

  it.each([
    ['--verbose', true],
    ['--reporter json', true],
    ['--reporter table --reporter json:report.json', true],
    ['--reporter table', undefined],
    ['--quiet', undefined],
  ])('asks for what the checks saw where somebody is shown it: %s', async (flags, details) => {
    const folder = mkdtempSync(join(tmpdir(), 'losscheck-details-'));
    const { services } = await run(['verify', 'a.ts', ...flags.split(' ')], fakeTerminal({ cwd: folder }));
    rmSync(folder, { recursive: true, force: true });
    expect(services.calls.verify.map((options) => options.details)).toEqual([details]);
  });

  it.each([['list'], ['explain', 'gradient-match'], ['verify', 'a.ts']])('%s fills a wide terminal and fits a narrow one', async (...argv) => {
    const widest = async (stdoutColumns: number): Promise<number> => {
      const { stdout } = await run([...argv, '--no-color'], fakeTerminal({ stdoutIsTty: true, stdoutColumns }));
      const laidOut = stdout.split('\n').filter((line) => !line.startsWith('    '));
      return Math.max(...laidOut.map((line) => line.length));
    };
    const [narrow, usual, wide] = [await widest(60), await widest(80), await widest(200)];
    expect(narrow).toBeLessThanOrEqual(60);
    expect(usual).toBeLessThanOrEqual(80);
    expect(usual).toBeGreaterThan(60);
    expect(wide).toBeLessThanOrEqual(120);
    expect(wide).toBeGreaterThan(80);
  });

  it.each([
    [EXIT.passed, report([loss()])],
    [EXIT.failed, report([failingLoss()])],
    [EXIT.load, report([unloadableLoss()])],
    [EXIT.crashed, report([unloadableLoss()], { exitCode: EXIT.crashed })],
  ])('exits with %i as the report says', async (exitCode, answer) => {
    const ran = await run(['verify', 'a.ts'], fakeTerminal(), fakeServices(answer));
    expect([ran.exitCode, ran.stderr]).toEqual([exitCode, '']);
    expect(ran.terminal.written.out).toHaveLength(1);
  });

  it('writes JSON alone to stdout', async () => {
    const answer = report([failingLoss()]);
    const { stdout } = await run(['verify', 'a.ts', '--reporter', 'json'], fakeTerminal(), fakeServices(answer));
    expect(JSON.parse(stdout)).toEqual(answer);
  });

  it('writes to a file, in folders that it makes, without colour and leftovers', async () => {
    const terminal = fakeTerminal({ cwd: folder, stdoutIsTty: true });
    const argv = [
      'verify',
      'a.ts',
      '--reporter',
      'table',
      '--reporter',
      'table:new/r.txt',
      '--reporter',
      'json:new/r.json',
    ];
    const { stdout, stderr } = await run(argv, terminal);
    expect(stderr).toBe('');
    expect(stdout).toContain('\u001b[');
    expect(readdirSync(join(folder, 'new')).toSorted()).toEqual(['r.json', 'r.txt']);
    expect(readFileSync(join(folder, 'new/r.txt'), 'utf8')).not.toContain('\u001b');
    expect(JSON.parse(readFileSync(join(folder, 'new/r.json'), 'utf8'))).toHaveProperty('schemaVersion', 1);
  });

  it('says when a report cannot be written', async () => {
    const { exitCode, stderr } = await run(['verify', 'a.ts', '--reporter', 'json:.'], fakeTerminal({ cwd: folder }));
    expect(exitCode).toBe(EXIT.usage);
    expect(stderr).toMatch(/^error: --reporter: cannot write '\.' \(\w+\); give a path to a file/);
  });

  it('uses colour as flag, environment and terminal say', async () => {
    const colored = async (argv: string[], terminal = fakeTerminal()) =>
      (await run(['verify', 'a.ts', ...argv], terminal)).stdout.includes('\u001b');
    expect(await colored([])).toBe(false);
    expect(await colored([], fakeTerminal({ stdoutIsTty: true }))).toBe(true);
    expect(await colored(['--no-color'], fakeTerminal({ stdoutIsTty: true }))).toBe(false);
    expect(await colored(['--color'], fakeTerminal({ env: { NO_COLOR: '1' } }))).toBe(true);
  });

  it('keeps stdout clean while user code runs, and frees it for the report', async () => {
    const terminal = fakeTerminal();
    const seen: boolean[] = [];
    const answer = report([loss()]);
    const services = fakeServices(answer);
    const room = await services.run();
    const verify: typeof room.verify = async () => {
      seen.push(terminal.diverted.now);
      return answer;
    };
    await run(['verify', 'a.ts'], terminal, { ...services, run: async () => ({ ...room, verify }) });
    expect([...seen, terminal.diverted.now]).toEqual([true, false]);
  });
});

describe('interrupts', () => {
  /** Starts a run that hangs until it is released. */
  async function startHanging(argv: readonly string[]) {
    const terminal = fakeTerminal();
    const services = fakeServices();
    const room = await services.run();
    const releases: (() => void)[] = [];
    const verify: typeof room.verify = (options) =>
      new Promise((resolve) => releases.push(() => resolve(room.verify(options))));
    const running = run(argv, terminal, { ...services, run: async () => ({ ...room, verify }) });
    await vi.waitFor(() => expect(releases).toHaveLength(1));
    const finish = async () => {
      for (const release of releases) release();
      await running;
    };
    return { terminal, finish };
  }

  it('ends with 130 on Ctrl-C', async () => {
    const { terminal, finish } = await startHanging(['verify', 'a.ts']);
    terminal.interrupt();
    await vi.waitFor(() => expect(terminal.exits).toEqual([EXIT.interrupted]));
    expect(terminal.written.error).toBe('interrupted\n');
    await finish();
  });

  it('leaves Ctrl-C to the system when user code runs in this process', async () => {
    const { terminal, finish } = await startHanging(['verify', 'a.ts', '--isolate', 'off']);
    terminal.interrupt();
    await finish();
    expect(terminal.exits).toEqual([]);
  });
});

describe('eval', () => {
  it('merges the file and the flags, flags first', async () => {
    writeFileSync(join(folder, 'point.json'), '{"yPred": [1, 2], "yTrue": [3, 4]}');
    const argv = [
      'eval',
      'mse',
      '--inputs',
      'point.json',
      '--input',
      'yPred=[5, NaN]',
      '--precision',
      '32',
      '--param',
      'a=b',
    ];
    const { services, exitCode } = await run(argv, fakeTerminal({ cwd: folder }));
    expect(exitCode).toBe(0);
    expect(services.calls.evaluate).toEqual([
      { target: 'mse', inputs: { yPred: [5, NaN], yTrue: [3, 4] }, cwd: folder, precision: 32, param: { a: 'b' } },
    ]);
  });

  it('prints a value for people and for scripts', async () => {
    const text = await run(['eval', 'mse', '--input', 'yPred=[1,2]']);
    expect(text.stdout).toContain('value           NaN\n  gradient yPred  [1, 2]');
    const json = await run(['eval', 'mse', '--input', 'yPred=[1,2]', '--reporter', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schemaVersion: 1,
      loss: 'mse',
      value: 'NaN',
      gradients: { yPred: [1, 2] },
    });
  });

  it('shows a target that cannot be loaded with its place and fix, and exits 3', async () => {
    const error = new LoadError('syntax-error', 'a.ts:1:3: expected ")"', {
      fix: 'close the parenthesis',
      location: { file: 'a.ts', line: 1, column: 3 },
      frame: { startLine: 1, lines: ['f(;'] },
    });
    const { exitCode, stderr } = await run(['eval', 'a.ts'], fakeTerminal(), failingRun(error));
    expect(exitCode).toBe(EXIT.load);
    expect(stderr).toBe(
      'error: a.ts:1:3: expected ")"\n  a.ts:1:3\n  > 1 | f(;\n      |   ^\n  fix: close the parenthesis\n',
    );
  });

  it('shows a loss that gives no value, and exits 1', async () => {
    const error = new EvaluationError('the loss threw: bad shape', {
      fix: 'look at the line',
      location: { file: 'a.ts', line: 2, column: 3 },
    });
    const { exitCode, stderr } = await run(['eval', 'a.ts'], fakeTerminal(), failingRun(error));
    expect([exitCode, stderr]).toEqual([
      EXIT.failed,
      'error: the loss threw: bad shape\n  a.ts:2:3\n  fix: look at the line\n',
    ]);
  });

  it('counts wrong metadata as wrong configuration', async () => {
    const error = new LoadError('invalid-metadata', 'a.ts: inputs.yPred.domain', { fix: 'use probability' });
    expect((await run(['eval', 'a.ts'], fakeTerminal(), failingRun(error))).exitCode).toBe(EXIT.usage);
  });

  it('passes on usage errors of the run with their hint', async () => {
    const failing = failingRun(new UsageError('mse has no input z', 'its inputs are yPred, yTrue'));
    const { exitCode, stderr } = await run(['eval', 'mse'], fakeTerminal(), failing);
    expect([exitCode, stderr]).toEqual([EXIT.usage, 'error: mse has no input z\n  its inputs are yPred, yTrue\n']);
  });
});

describe('a bug in losscheck', () => {
  const bug = new TypeError('x is not a function');

  it('exits 70, says how to report it, and shows no stack', async () => {
    const { exitCode, stdout, stderr } = await run(['verify', 'a.ts'], fakeTerminal(), failingRun(bug));
    expect([exitCode, stdout]).toEqual([EXIT.internal, '']);
    expect(stderr).toContain('error: this is a bug in losscheck, not in your loss\n  TypeError: x is not a function\n');
    expect(stderr).toContain('LOSSCHECK_DEBUG=1');
    expect(stderr).not.toContain('    at ');
  });

  it('shows the stack under LOSSCHECK_DEBUG=1', async () => {
    const terminal = fakeTerminal({ env: { LOSSCHECK_DEBUG: '1' } });
    expect((await run(['verify', 'a.ts'], terminal, failingRun(bug))).stderr).toContain('    at ');
  });

  it('refuses a report with an exit code that is not in the interface', async () => {
    const ran = await run(['verify', 'a.ts'], fakeTerminal(), fakeServices(report([loss()], { exitCode: 5 })));
    expect(ran.exitCode).toBe(EXIT.internal);
  });
});

describe('list', () => {
  it('shows id, purpose, formula, inputs, parameters, source and family', async () => {
    const { exitCode, stdout } = await run(['list']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatchSnapshot();
  });

  it('gives JSON for scripts', async () => {
    const { stdout } = await run(['list', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([
      {
        id: 'huber',
        family: 'regression',
        parameters: [{ name: 'delta', default: 1 }],
        example: { inputs: { yPred: [0, 0], yTrue: [0.5, 3] }, params: {}, value: 1.3125 },
        oracle: { name: 'torch.nn.functional.huber_loss', versions: { torch: '2.15.0' } },
      },
      { id: 'dice', oracle: null },
    ]);
  });

  it.each([
    ['ube', ['huber']],
    ['Dice LOSS', ['dice']],
    ['far away', ['huber']],
    ['boxes', ['dice']],
    ['e', ['huber', 'dice']],
  ])('finds %j in id, name, description or family', async (words, ids) => {
    const { exitCode, stdout } = await run(['list', words, '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(ids.map((id) => ({ id })));
    expect(JSON.parse(stdout)).toHaveLength(ids.length);
  });

  it.each([
    ['hubber', 'did you mean huber?'],
    ['zzz', '`losscheck list` shows them all'],
  ])('says that it has no %s', async (words, mend) => {
    const { exitCode, stdout, stderr } = await run(['list', words, '--json']);
    expect([exitCode, stdout, stderr]).toEqual([EXIT.usage, '', `error: list: found no built-in loss for '${words}'; ${mend}\n`]);
  });
});

describe('explain', () => {
  it('lists all checks with their codes when nothing is named', async () => {
    const { stdout } = await run(['explain']);
    expect(stdout).toMatchSnapshot();
  });

  it('explains what keeps a loss from being checked', async () => {
    const { exitCode, stdout } = await run(['explain', 'syntax-error']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^syntax-error: syntax error\n\nThe file does not compile\./);
  });
});
