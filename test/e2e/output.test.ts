import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  evaluationReportSchema,
  type EvaluationReport,
  type FindingReport,
  type Report,
} from '../../src/contracts/report.ts';
import { reportJsonSchema } from '../../src/reporters/schema.ts';
import { evaluate } from '../../src/run/index.ts';
import { goldenOf, IDS, tensorOf, type GoldenCase, type Nested } from '../losses/built-ins.ts';
import { expectClose } from '../losses/compare.ts';
import {
  BIN,
  expectCivil,
  findingsOf,
  lossOf as entryOf,
  reportOf,
  ROOT,
  run,
  Workspace,
  type Ran,
} from './program.ts';
import { DECLARED, IMPORT, lossOf, squaredError } from './sources.ts';

/** What the program prints: forms, colours, exit codes, numbers. */

const workspace = new Workspace();
afterAll(() => workspace.remove());

/** Its gradient is twice what it should be. */
const DOUBLED = `${IMPORT}
const doubled = tf.customGrad((x, save) => {
  (save as tf.GradSaveFunc)([x as tf.Tensor]);
  const gradFunc = (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, tf.mul(4, saved as tf.Tensor));
  return { value: tf.square(x as tf.Tensor), gradFunc };
});
${lossOf('default', 'return tf.mean(doubled(tf.sub(yPred, yTrue)));')}`;

/** NaN where a prediction is 0. */
const UNGUARDED = IMPORT + lossOf('default', 'return tf.neg(tf.mean(tf.mul(yTrue, tf.log(yPred))));');
const PROBABILITIES = DECLARED.replaceAll(`'real'`, `'probability'`);

beforeAll(() => {
  workspace.write({
    'good.ts': IMPORT + squaredError() + DECLARED,
    'doubled.ts': DOUBLED + DECLARED,
    'unguarded.ts': UNGUARDED + PROBABILITIES,
    'my losses/doubled one.ts': DOUBLED + DECLARED,
    'broken.ts': 'export default (',
    'wrong-metadata.ts': `${IMPORT}${squaredError()}export const losscheck = { inputs: { yPred: { domain: 'rael' }, yTrue: {} } };\n`,
    'exits.ts': IMPORT + lossOf('default', 'process.exit(0);') + DECLARED,
  });
  // The replay lines name the program as a shell finds it.
  mkdirSync(workspace.path('path'));
  symlinkSync(BIN, workspace.path('path/losscheck'));
});

function replay(line: string): Promise<Ran> {
  const search = `${workspace.path('path')}:${process.env['PATH'] ?? ''}`;
  return run('sh', ['-c', line], { cwd: workspace.folder, env: { PATH: search } });
}

// oxlint-disable-next-line no-control-regex -- escape codes are what is looked for
const ESCAPE = /\u001b\[/;

describe('colour', () => {
  const cases: readonly {
    name: string;
    flags?: readonly string[];
    env: Readonly<Record<string, string>>;
    colored: boolean;
  }[] = [
    { name: 'piped', env: {}, colored: false },
    { name: 'NO_COLOR=1', env: { NO_COLOR: '1' }, colored: false },
    { name: 'FORCE_COLOR=1', env: { FORCE_COLOR: '1' }, colored: true },
    { name: 'NO_COLOR beats FORCE_COLOR', env: { NO_COLOR: '1', FORCE_COLOR: '1' }, colored: false },
    { name: '--color beats NO_COLOR', flags: ['--color'], env: { NO_COLOR: '1' }, colored: true },
    { name: '--no-color beats FORCE_COLOR', flags: ['--no-color'], env: { FORCE_COLOR: '1' }, colored: false },
  ];
  it.each(cases)('$name', async ({ flags = [], env, colored }) => {
    const ran = await workspace.losscheck(['verify', 'doubled.ts', ...flags], env);
    expect(ran.code).toBe(1);
    expect(ESCAPE.test(ran.stdout)).toBe(colored);
    expect(ran.stderr).toBe('');
  });

  it('never reaches JSON or a file', async () => {
    const argv = ['verify', 'doubled.ts', '--reporter', 'json', '--reporter', 'table:colour/report.txt'];
    const ran = await workspace.losscheck(argv, { FORCE_COLOR: '1' });
    expect(ran.stdout).not.toMatch(ESCAPE);
    expect(readFileSync(workspace.path('colour/report.txt'), 'utf8')).not.toMatch(ESCAPE);
    reportOf(ran);
  });
});

describe('the JSON report', () => {
  const schema: unknown = JSON.parse(readFileSync(`${ROOT}/dist/schema/report-v1.json`, 'utf8'));

  it('has the schema that the package ships', () => {
    expect(schema).toEqual(reportJsonSchema());
  });

  it.each([
    { name: 'passing', targets: ['good.ts'], exit: 0 },
    { name: 'failing', targets: ['doubled.ts', 'unguarded.ts'], exit: 1 },
    { name: 'erring', targets: ['broken.ts', 'nowhere.ts', 'exits.ts', 'wrong-metadata.ts'], exit: 2 },
    { name: 'built-in', targets: ['huber', 'dice'], exit: 0 },
  ])('of a $name run is valid', async ({ targets, exit }) => {
    const ran = await workspace.losscheck(['verify', ...targets, '--reporter', 'json']);
    expectCivil(ran);
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(reportJsonSchema());
    const report: unknown = JSON.parse(ran.stdout);
    validate(report);
    expect(validate.errors).toBeNull();
    expect(report).toMatchObject({ schemaVersion: 1, exitCode: exit, summary: { losses: targets.length } });
    expect(ran.code).toBe(exit);
    // The schema must be able to say no.
    expect(validate({ ...reportOf(ran), exitCode: 'none' })).toBe(false);
  });

  it.each([
    { name: 'a passing and a failing loss', targets: ['good.ts', 'doubled.ts', 'unguarded.ts'] },
    { name: 'targets that cannot be loaded', targets: ['broken.ts', 'nowhere.ts', 'exits.ts'] },
    { name: 'built-in losses', targets: ['mse', 'uncertainty-weighted'] },
  ])('is the same each time, but for durations: $name', async ({ targets }) => {
    const argv = ['verify', ...targets, '--reporter', 'json'];
    const [first, second] = [await workspace.losscheck(argv), await workspace.losscheck(argv)];
    expect(withoutDurations(first.stdout)).toBe(withoutDurations(second.stdout));
    expect(first.stdout).toMatch(/"durationMs": \d/);
  });

  it('shows other samples for another seed, and the seed', async () => {
    const [zero, one] = await Promise.all(
      ['0', '1'].map(async (seed) =>
        reportOf(await workspace.losscheck(['verify', 'doubled.ts', '--seed', seed, '--reporter', 'json'])),
      ),
    );
    expect([zero?.seed, one?.seed]).toEqual([0, 1]);
    // Not by the point of the finding: both are shrunk to the same plain numbers.
    const value = (report: Report | undefined): unknown => report?.losses[0]?.checks.find(({ id }) => id === 'scalar-output')?.metrics['value'];
    expect(value(zero)).toEqual(expect.any(Number));
    expect(value(zero)).not.toEqual(value(one));
    expect(mismatchOf(one).replay).toContain('--seed 1');
  });
});

function withoutDurations(text: string): string {
  return text.replaceAll(/"durationMs": [\d.]+/g, '"durationMs": 0');
}

function mismatchOf(report: Report | undefined): FindingReport {
  const found = report?.losses.flatMap(findingsOf).find(({ code }) => code === 'gradient-mismatch');
  if (found === undefined) throw new Error('no gradient-mismatch in the report');
  return found;
}

describe('reporters', () => {
  it('write at once to stdout and to files, all of the same run', async () => {
    const argv = [
      'verify',
      'doubled.ts',
      '--reporter',
      'table',
      '--reporter',
      'json:out/deep/report.json',
      '--reporter',
      'table:out/report.txt',
    ];
    const ran = await workspace.losscheck(argv);
    expect([ran.code, ran.stderr]).toEqual([1, '']);
    expect(readFileSync(workspace.path('out/report.txt'), 'utf8')).toBe(ran.stdout);
    const report = reportOf({ ...ran, stdout: readFileSync(workspace.path('out/deep/report.json'), 'utf8') });
    expect(ran.stdout).toContain(mismatchOf(report).replay);
  });

  it('leave stdout empty when all of them write to files', async () => {
    const ran = await workspace.losscheck(['verify', 'good.ts', '--reporter', 'json:out/only.json']);
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, '', '']);
  });

  it('--quiet of a passing run is a few lines, and of a failing run shows the finding', async () => {
    const [good, bad] = await Promise.all(
      ['good.ts', 'doubled.ts'].map((file) => workspace.losscheck(['verify', file, '--quiet'])),
    );
    expect(good?.stdout.split('\n').length).toBeLessThan(6);
    expect(bad?.stdout).toContain('✗ gradient-mismatch');
    expect(bad?.stdout).not.toContain('│');
  });
});

describe('a replay line', () => {
  it.each([
    { name: 'of a plain run', argv: ['doubled.ts'] },
    { name: 'of another seed', argv: ['doubled.ts', '--seed', '7'] },
    { name: 'of more samples and a wider tolerance', argv: ['doubled.ts', '--samples', '5', '--rtol', '0.001'] },
    { name: 'of a finding at an edge', argv: ['unguarded.ts', '--seed', '3'] },
    { name: 'of a file with a space in its name', argv: ['my losses/doubled one.ts'] },
    { name: 'of a folder', argv: ['my losses'] },
    { name: 'of a chosen backend', argv: ['unguarded.ts', '--backend', 'cpu'] },
    {
      name: 'of inputs declared on the command line',
      argv: ['doubled.ts', '--input', 'yPred=0.1:0.2[3]', '--input', 'yTrue=0.5:0.6[3]'],
    },
    { name: 'of a run without isolation', argv: ['doubled.ts', '--isolate', 'off'] },
  ])('$name shows the same findings again', async ({ argv }) => {
    const first = await workspace.losscheck(['verify', ...argv, '--reporter', 'json']);
    expect(first.code).toBe(1);
    const findings = reportOf(first)
      .losses.flatMap(findingsOf)
      .filter(({ severity }) => severity === 'error');
    expect(findings.length).toBeGreaterThan(0);
    for (const line of new Set(findings.map(({ replay: text }) => text))) {
      const again = await replay(`${line} --reporter json`);
      expect(again.code).toBe(1);
      const shown = reportOf(again).losses.flatMap(findingsOf);
      expect(shown).toEqual(findings.filter(({ replay: text }) => text === line));
    }
  });

  it.each(['broken.ts', 'nowhere.ts', 'exits.ts', 'wrong-metadata.ts', 'hubber', '**/*.nothing'])(
    '%s cannot be checked, again',
    async (target) => {
      const first = await workspace.losscheck(['verify', target, '--reporter', 'json']);
      const [finding] = reportOf(first).losses.flatMap(findingsOf);
      if (finding === undefined) throw new Error('no finding');
      const again = await replay(`${finding.replay} --reporter json`);
      expect(again.code).toBe(first.code);
      expect(reportOf(again).losses.flatMap(findingsOf)).toEqual([finding]);
    },
  );
});

describe('exit codes', () => {
  it.each([
    { targets: ['good.ts', 'mse'], exit: 0 },
    { targets: ['good.ts', 'doubled.ts'], exit: 1 },
    { targets: ['good.ts', 'doubled.ts', 'exits.ts'], exit: 4 },
    { targets: ['good.ts', 'exits.ts', 'broken.ts', 'doubled.ts'], exit: 3 },
    { targets: ['broken.ts', 'exits.ts', 'wrong-metadata.ts', 'doubled.ts'], exit: 2 },
  ])('$exit for $targets', async ({ targets, exit }) => {
    const ran = await workspace.losscheck(['verify', ...targets, '--reporter', 'json']);
    expectCivil(ran);
    expect([ran.code, reportOf(ran).exitCode]).toEqual([exit, exit]);
  });

  it('fails on a warning only under --strict', async () => {
    workspace.write({
      'terms.ts': `${IMPORT}${lossOf('default', 'const a = tf.mean(tf.square(tf.sub(yPred, yTrue)));\n  const b = tf.mul(1e6, a);\n  return { total: tf.add(a, b), components: { a, b } };')}${DECLARED}`,
    });
    const [loose, strict] = await Promise.all(
      [[], ['--strict']].map((flags) => workspace.losscheck(['verify', 'terms.ts', '--reporter', 'json', ...flags])),
    );
    if (loose === undefined || strict === undefined) throw new Error('a run is missing');
    const warned = entryOf(reportOf(loose), 'terms.ts#default').checks.filter(({ status }) => status === 'warn');
    expect(warned.length).toBeGreaterThan(0);
    expect([loose.code, strict.code]).toEqual([0, 1]);
  });
});

const PAIR = ['--input', 'yPred=[1,2,3]', '--input', 'yTrue=[1.5,2.5,3.5]'];
const MASK = '[[0,0,0,0,0],[0,1,1,1,0],[0,1,1,1,0],[0,1,1,1,0],[0,0,0,0,0]]';
const GOOD_MASK = '[[0,0,0,0,0],[0,0.9,0.8,0.9,0],[0,0.85,0.95,0.85,0],[0,0.9,0.8,0.9,0],[0,0,0,0,0]]';
const BAD_MASK = '[[0,0,0,0,0],[0,0,0,0,0],[0.8,0.9,0.85,0,0],[0.9,0.8,0.9,0,0],[0,0,0,0,0]]';

async function evaluated(argv: readonly string[]): Promise<EvaluationReport> {
  const ran = await workspace.losscheck(['eval', ...argv, '--reporter', 'json']);
  expectCivil(ran);
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  return evaluationReportSchema.parse(JSON.parse(ran.stdout));
}

describe('eval gives the numbers of the documents', () => {
  it('mse: 0.25, and each gradient -1/3', async () => {
    const { value, gradients, engine, components, ...rest } = await evaluated(['mse', ...PAIR]);
    expect([value, components]).toEqual([0.25, {}]);
    expect(Object.keys(gradients)).toEqual(['yPred']);
    expectClose(tensorOf(nestedSchema.parse(gradients['yPred'])), [-1 / 3, -1 / 3, -1 / 3], 1e-15);
    expect(engine).toMatchObject({ backend: 'cpu', precision: 64 });
    expect(rest).toEqual({ schemaVersion: 1, loss: 'mse' });
  });

  it('mse in float32, as in production', async () => {
    const { value, gradients, engine } = await evaluated(['mse', ...PAIR, '--precision', '32']);
    expect(value).toBe(0.25);
    expect(engine.precision).toBe(32);
    expect(gradients['yPred']).toEqual([-1, -1, -1].map((each) => Math.fround(each / 3)));
  });

  it.each([
    { name: 'a good Dice', argv: ['dice', '--input', `yPred=${GOOD_MASK}`, '--input', `yTrue=${MASK}`], value: 0.0644 },
    { name: 'a bad Dice', argv: ['dice', '--input', `yPred=${BAD_MASK}`, '--input', `yTrue=${MASK}`], value: 0.4785 },
    { name: 'weighted MSE', argv: ['weighted-mse', ...PAIR, '--input', 'weights=[0.5,1,2]'], value: 0.2917 },
    {
      name: 'weighted log loss',
      argv: [
        'weighted-log-loss',
        '--input',
        'yPred=[[0.6,0.4],[0.2,0.8]]',
        '--input',
        'yTrue=[[1,0],[0,1]]',
        '--param',
        'weights=[0.2,0.8]',
      ],
      value: 0.367,
    },
    { name: 'combined', argv: ['combined', ...PAIR, '--param', 'weights={"mse":0.7,"l1":0.3}'], value: 0.325 },
  ])('$name: $value', async ({ argv, value }) => {
    const report = await evaluated(argv);
    expect(Number(Number(report.value).toFixed(4))).toBe(value);
  });

  it('combined: with its components', async () => {
    expect((await evaluated(['combined', ...PAIR])).components).toEqual({ mse: 0.25, l1: 0.5 });
  });
});

/** What `eval` gives for a tensor; NaN and infinities, which are strings, are refused. */
const nestedSchema: z.ZodType<Nested> = z.lazy(() => z.union([z.number(), z.array(nestedSchema)]));

/** The golden data come from PyTorch in double. */
const RTOL = 1e-10;
/** Here PyTorch bounds a derivative by 1e-12 written in float32, which is 4e-9 less than 1e-12. */
const BOUNDED_IN_FLOAT32 = { name: 'certain and wrong', rtol: 1e-8 };

function expectGolden({ value, components, gradients }: EvaluationReport, golden: GoldenCase): void {
  expectClose(tensorOf(nestedSchema.parse(value)), golden.value, RTOL);
  expect(Object.keys(components)).toEqual(Object.keys(golden.components ?? {}));
  for (const [name, expected] of Object.entries(golden.components ?? {})) {
    expectClose(tensorOf(Number(components[name])), expected, RTOL);
  }
  if (!golden.compare.includes('gradients')) return;
  expect(Object.keys(gradients)).toEqual(Object.keys(golden.gradients ?? {}));
  for (const [name, expected] of Object.entries(golden.gradients ?? {})) {
    const rtol = golden.name === BOUNDED_IN_FLOAT32.name ? BOUNDED_IN_FLOAT32.rtol : RTOL;
    expectClose(tensorOf(nestedSchema.parse(gradients[name])), expected, rtol);
  }
}

describe('eval agrees with PyTorch', () => {
  it.each(IDS)('%s', async (id) => {
    const { cases } = goldenOf(id);
    expect(cases.length).toBeGreaterThan(0);
    for (const { inputs, params, ...golden } of cases) {
      const report = await evaluate({ target: id, inputs, param: params, isolate: false });
      expect(report.loss).toBe(id);
      expectGolden(report, { inputs, params, ...golden });
    }
  });

  it.each(['huber', 'cross-entropy', 'giou', 'vae-elbo'] as const)('%s, from a file and on stdout', async (id) => {
    const golden = goldenOf(id).cases.find(({ compare }) => compare.includes('gradients'));
    if (golden === undefined) throw new Error(`no case of ${id} has gradients`);
    workspace.write({ 'point.json': JSON.stringify(golden.inputs) });
    const params = Object.entries(golden.params).flatMap(([name, value]) => [
      '--param',
      `${name}=${JSON.stringify(value)}`,
    ]);
    expectGolden(await evaluated([id, '--inputs', 'point.json', ...params]), golden);
  });
});
