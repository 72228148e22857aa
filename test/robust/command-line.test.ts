import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { createProgram } from '../../src/cli/program.ts';
import { services as realServices, type Services } from '../../src/cli/services.ts';
import { UsageError } from '../../src/contracts/errors.ts';
import type { VerifyOptions } from '../../src/contracts/options.ts';
import { resolveTargets } from '../../src/load/targets.ts';
import { toJson } from '../../src/reporters/json.ts';
import { baselineFile, readBaseline } from '../../src/run/baseline/baseline.ts';
import { builtIns } from '../../src/run/builtins.ts';
import { loadConfig } from '../../src/run/config/load.ts';
import type { LoadedConfig } from '../../src/run/config/loaded.ts';
import { effectiveConfig } from '../../src/run/config/print.ts';
import { toManyOptions } from '../../src/run/many/options.ts';
import { merge } from '../../src/run/many/merge.ts';
import { toRunOptions } from '../../src/run/options.ts';
import { targetsOf } from '../../src/run/verify.ts';
import { fakeServices, fakeTerminal } from '../cli/fakes.ts';
import { loss, report } from '../reporters/sample-report.ts';
import { complaintAbout, oddTexts, RUNS } from './hostile.ts';

let cwd = '';

/** Whatever a command line may meet on disk. */
const FILES = ['ok.ts', 'a b.ts', 'd', 'd/x.ts', 'loop.ts', 'broken.ts', 'ok.ts/below', 'absent.ts', 'report.json', 'cut.json', 'utf16.json', 'deep.json', 'baseline.json', 'point.json', 'config.json', 'wrong.config.json', 'binary.json', '/dev/null', `${'x'.repeat(300)}.ts`, 'out/new.json', '*.ts', 'd/**', '.'];

beforeAll(() => {
  cwd = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-robust-')));
  const write = (name: string, content: string | Buffer): void => writeFileSync(path.join(cwd, name), content);
  mkdirSync(path.join(cwd, 'd'));
  write('package.json', '{}');
  for (const name of ['ok.ts', 'a b.ts', 'd/x.ts']) write(name, 'export default (a, b) => a;\n');
  symlinkSync('loop.ts', path.join(cwd, 'loop.ts'));
  symlinkSync('nowhere', path.join(cwd, 'broken.ts'));
  const whole = toJson(report([loss()]));
  write('report.json', whole);
  write('cut.json', whole.slice(0, 300));
  write('utf16.json', Buffer.from(`\ufeff${whole}`, 'utf16le'));
  write('deep.json', '['.repeat(10_000));
  write('baseline.json', '{"version": 1, "findings": []}');
  write('point.json', '{"yPred": [1, NaN], "yTrue": [0, 1]}');
  write('config.json', '{"seed": 3, "reporters": ["compact"], "skip": ["memory"]}');
  write('wrong.config.json', '{"seed": "x", "__proto__": 1, "timeout": -1}');
  write('binary.json', Buffer.from([0, 255, 1]));
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Everything that a run does before it checks anything, and its reports; no loss is called. */
function services(): Services {
  const fakes = fakeServices();
  const validate = async (options: VerifyOptions, config: LoadedConfig | null): Promise<void> => {
    const run = toRunOptions(options, config);
    toManyOptions(options, config);
    const baseline = baselineFile(options.baseline, config, run.cwd);
    if (baseline !== null) readBaseline(baseline, run.cwd);
    const { errors } = await resolveTargets(targetsOf(options, config, run.cwd), run.cwd, builtIns().ids);
    for (const { error } of errors) throw error;
  };
  const configOf = (options: VerifyOptions): Promise<LoadedConfig | null> => loadConfig({ ...options, isolate: false });
  return {
    ...realServices,
    watch: () => Promise.reject(new UsageError('nothing is watched here')),
    run: async () => {
      const faked = await fakes.run();
      const changed: typeof faked.updateBaseline = async (options) => {
        await validate(options, await configOf(options));
        return { file: path.join(cwd, 'b.json'), shown: 'b.json', text: null, added: [], removed: [], kept: 0, report: report([loss()]) };
      };
      return {
        ...faked,
        loadConfig: configOf,
        effectiveConfig,
        merge,
        updateBaseline: changed,
        pruneBaseline: changed,
        async verify(options, onProgress, config) {
          await validate(options, config ?? null);
          return faked.verify(options, onProgress, config);
        },
        async evaluate(options) {
          const { target, inputs: _inputs, precision: _precision, ...others } = options;
          await validate({ targets: [target], ...others }, await configOf(others));
          return faked.evaluate(options);
        },
        async selftest(options) {
          const { target, ...others } = options;
          await validate({ targets: [target], ...others }, await configOf(others));
          return faked.selftest(options);
        },
      };
    },
  };
}

const terminalOf = (): ReturnType<typeof fakeTerminal> => fakeTerminal({ cwd });

interface Command {
  readonly name: string;
  readonly flags: readonly { readonly name: string; readonly takesValue: boolean }[];
}

function commandsOf(): readonly Command[] {
  const program = createProgram({ terminal: terminalOf(), services: services(), finish() {} }, { out() {}, error() {} });
  return program.commands.flatMap((command) => (command.commands.length > 0 ? command.commands.map((inner) => ({ name: `${command.name()} ${inner.name()}`, from: inner })) : [{ name: command.name(), from: command }])).map(({ name, from }) => ({
    name,
    flags: [...from.options.map((option) => ({ name: option.long ?? '', takesValue: option.required || option.optional })), { name: '--help', takesValue: false }],
  }));
}

/** Values that are right for some flag, and so wrong for most. */
const VALUES = ['1', '7', '0.5', '1e-5', '-1', '4294967296', 'on', 'off', 'cpu', 'wasm', 'auto', '1/4', '5/4', 'json', 'table', 'html', 'github', 'json:out/r.json', 'json:ok.ts/below', 'junit:d', 'json:/dev/null', 'scalar-output', 'gradient-match,memory', 'huber', 'delta=0.5', 'delta=[', 'x=1', '__proto__=1', 'yPred=probability[8,4]', 'yPred=0:1[2]', 'yPred=class-index:1000000000', 'yPred=real[1000000000]', 'yPred=[[1,2],[3]]', "yPred='[1]'", 'yPred=[1,2]', 'yPred={"a":1}', `yPred=${'['.repeat(5000)}`, '64', '32', '16', '256', 'bash', 'gitlab', 'src/losses', 'main', 'gradient-mismatch'];

const value = fc.oneof(fc.constantFrom(...VALUES), fc.constantFrom(...FILES), oddTexts);
const target = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('huber', 'mse', 'ok.ts', 'ok.ts#default', 'd', 'report.json') },
  { weight: 3, arbitrary: fc.constantFrom(...FILES) },
  { weight: 1, arbitrary: fc.constantFrom(...FILES).map((file) => `${file}#x`) },
  // Searching the whole disk takes as long as it takes.
  { weight: 2, arbitrary: oddTexts.filter((text) => !text.startsWith('/') && !text.includes('..')) },
);

/** Writes nothing where it should not, and asks git nothing: each would cost ten thousand processes. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = { init: ['--dry-run', '--yes'] };
const LEFT_OUT = new Set(['--changed', '--force']);

const commandLines = fc.constantFrom(...commandsOf()).chain((command) => {
  const flags = command.flags.filter(({ name }) => !LEFT_OUT.has(name));
  const flag = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...flags).chain(({ name, takesValue }) => (takesValue ? value.map((text): readonly string[] => [name, text]) : fc.constant<readonly string[]>([name]))) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...flags), value).map(([{ name }, text]): readonly string[] => [`${name}=${text}`]) },
    { weight: 1, arbitrary: oddTexts.map((text): readonly string[] => [`--${text}`]) },
  );
  const words = fc.tuple(fc.array(target, { maxLength: 2 }), fc.array(flag, { maxLength: 3 }));
  return fc.oneof(
    { weight: 20, arbitrary: words.map(([targets, given]) => [...command.name.split(' '), ...targets, ...given.flat(), ...(HARMLESS[command.name] ?? [])]) },
    { weight: 1, arbitrary: fc.array(fc.oneof(oddTexts, fc.constantFrom('verify', 'merge', 'baseline', 'help', '--help', '--version', '--')), { maxLength: 4 }) },
  );
});

const terminals = fc.record({ isTty: fc.boolean(), columns: fc.constantFrom(0, 1, 20, 80, 100_000) });

describe('a command line, whatever it is', () => {
  it('ends with a code that is documented, and in words', async () => {
    const codes = new Map<number, number>();
    const real = services();
    await fc.assert(
      fc.asyncProperty(commandLines, terminals, async (argv, { isTty, columns }) => {
        const terminal = fakeTerminal({ cwd, stdoutIsTty: isTty, stdoutColumns: columns, stderrColumns: columns });
        const exitCode = await main(argv, terminal, real);
        codes.set(exitCode, (codes.get(exitCode) ?? 0) + 1);
        const complaint = complaintAbout(terminal.written.out.join('') + terminal.written.error, exitCode);
        if (complaint !== null) throw new Error(`${complaint}: ${terminal.written.error.slice(0, 400)}`);
      }),
      RUNS,
    );
    // A generator of nothing but nonsense would show nothing.
    if (RUNS.numRuns >= 1000 && [0, 2, 3].some((code) => (codes.get(code) ?? 0) < RUNS.numRuns / 100)) throw new Error(`exit codes ${JSON.stringify([...codes])}: too few of one kind`);
  });
});
