import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VerifyOptions } from '../../src/contracts/options.ts';
import type { CheckReport, Report } from '../../src/contracts/report.ts';
import { verify } from '../../src/run/index.ts';

/** Configs: found, read, and between what a module says and the defaults. */

const MODULES = {
  'package.json': '{ "name": "project", "type": "module" }',
  'src/mse.ts': `import * as tf from '@tensorflow/tfjs';
    export const mse = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mean(tf.square(tf.sub(yPred, yTrue)));`,
  'src/log.ts': `import * as tf from '@tensorflow/tfjs';
    export const log = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.neg(tf.mean(tf.mul(yTrue, tf.log(yPred))));`,
  'src/declared.ts': `import * as tf from '@tensorflow/tfjs';
    export const declared = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mean(tf.square(tf.sub(yPred, yTrue)));
    export const losscheck = {
      inputs: { yPred: { shape: [3, 2], domain: 'probability' }, yTrue: { shape: [3, 2], domain: 'binary', role: 'target' } },
      tolerance: { rtol: 1e-4 },
    };`,
  'src/leaky.ts': `import * as tf from '@tensorflow/tfjs';
    export function leaky(yPred: tf.Tensor, yTrue: tf.Tensor) {
      tf.keep(tf.add(yTrue, 1));
      return tf.mean(tf.square(tf.sub(yPred, yTrue)));
    }`,
};

let folder = '';
beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-config-')));
  mkdirSync(path.join(folder, 'src'));
  for (const [file, text] of Object.entries(MODULES)) writeFileSync(path.join(folder, file), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CONFIGS = ['losscheck.config.ts', 'losscheck.config.json', 'losscheck.config.mjs'];
beforeEach(() => {
  for (const name of CONFIGS) rmSync(path.join(folder, name), { force: true });
  writeFileSync(path.join(folder, 'package.json'), MODULES['package.json']);
});

function write(config: unknown, name = 'losscheck.config.json'): void {
  writeFileSync(path.join(folder, name), typeof config === 'string' ? config : JSON.stringify(config));
}

function verified(options: VerifyOptions = {}): Promise<Report> {
  return verify({ cwd: folder, backend: 'cpu', isolate: false, check: ['scalar-output', 'gradient-match'], ...options });
}

function checkOf(report: Report, id: string, loss = 0): CheckReport {
  const found = report.losses[loss]?.checks.find((check) => check.id === id);
  if (found === undefined) throw new Error(`no ${id} in ${JSON.stringify(report.losses.map(({ id: name, findings }) => [name, findings]))}`);
  return found;
}

describe('a config', () => {
  it('gives the targets, relative to itself, for folders below it as well', async () => {
    write({ targets: ['src/mse.ts', 'huber'] });
    const ids = async (cwd: string) => (await verified({ cwd })).losses.map(({ id }) => id);
    expect(await ids(folder)).toEqual(['huber', 'src/mse.ts#mse']);
    expect(await ids(path.join(folder, 'src'))).toEqual(['huber', 'mse.ts#mse']);
  });

  it.each([null, { seed: 1 }, { targets: [] }])('without targets leaves a run without a target nothing to check: %j', async (config) => {
    if (config !== null) write(config);
    await expect(verified()).rejects.toThrow(/^verify: found no target/);
  });

  it('is named in the report, and is not looked for when it is not wanted', async () => {
    write({ seed: 7 });
    expect(await verified({ targets: ['src/mse.ts'] })).toMatchObject({ config: 'losscheck.config.json', seed: 7 });
    const without = await verified({ targets: ['src/mse.ts'], config: false });
    expect([without.config, without.seed]).toEqual([undefined, 0]);
  });

  it.each([
    ['losscheck.config.ts', `import { defineConfig } from 'losscheck'; export default defineConfig({ seed: 3 as number });`],
    ['losscheck.config.mjs', `export default { seed: 3 };`],
    ['losscheck.config.json', `{ "$schema": "./node_modules/losscheck/dist/schema/config-v1.json", "seed": 3 }`],
    ['package.json', `{ "name": "project", "type": "module", "losscheck": { "seed": 3 } }`],
  ])('may be %s', async (name, text) => {
    write(text, name);
    expect((await verified({ targets: ['src/mse.ts'] })).seed).toBe(3);
  });

  it('may be code in a process of its own', async () => {
    write(`import { defineConfig } from 'losscheck'; export default defineConfig({ seed: 3, targets: ['src/mse.ts'] });`, 'losscheck.config.ts');
    expect(await verified({ isolate: true })).toMatchObject({ seed: 3, exitCode: 0 });
  });

  it.each([
    ['losscheck.config.json', '\n', /losscheck\.config\.json: the file is empty/],
    ['losscheck.config.ts', `export default Promise.reject(new Error('late'));`, /losscheck\.config\.ts: the promise that it exports was rejected: late/],
    ['losscheck.config.json', '{ "seed": -1 }', /seed: found -1; accepted: at least 0/],
  ])('%s that holds %j is refused', async (name, text, complaint) => {
    write(text, name);
    await expect(verified({ targets: ['src/mse.ts'] })).rejects.toThrow(complaint);
  });

  it('says in one line each what is wrong with it', async () => {
    write({ targts: ['src'], samples: 0, overrides: [{ files: 'src/**', inputs: { yPred: { domain: 'probabilty' } } }] });
    await expect(verified({ targets: ['src/mse.ts'] })).rejects.toThrow(
      /targts: unknown field \(did you mean "targets"\?\)[^]*samples: found 0; accepted: at least 1|samples[^]*targts/,
    );
    await expect(verified({ targets: ['src/mse.ts'] })).rejects.toThrow(/overrides\[0\]\.inputs\.yPred\.domain: found "probabilty".*did you mean "probability"/);
  });

  it.each([
    [{ severity: { memry: 'error' } }, /severity: found "memry" \(did you mean "memory"\?\)/],
    [{ skip: ['nothing'] }, /skip: found "nothing"/],
    [{ overrides: [{ files: 'a', allow: [{ check: 'memory', code: 'leek', reason: 'x' }] }] }, /overrides\[0\]\.allow: found "leek"/],
  ])('knows the checks and codes there are: %j', async (config, complaint) => {
    write(config);
    await expect(verified({ targets: ['src/mse.ts'] })).rejects.toThrow(complaint);
  });
});

describe('precedence', () => {
  it('is flag, module, config, default for the tolerance', async () => {
    const rtolOf = async (target: string, options: VerifyOptions = {}) => checkOf(await verified({ targets: [target], details: true, ...options }), 'gradient-match').summary.match(/would have seen (\S+)/)?.[1];
    write({ tolerance: { rtol: 1e-3 } });
    expect(await rtolOf('src/mse.ts')).toBe('1.0e-3');
    expect(await rtolOf('src/declared.ts')).toBe('1.0e-4');
    expect(await rtolOf('src/declared.ts', { rtol: 1e-6 })).toBe('1.0e-6');
    expect(await rtolOf('src/mse.ts', { config: false })).toBe('1.0e-5');
  });

  it('is the same for inputs, field by field', async () => {
    write({ overrides: [{ files: 'src/**', inputs: { yPred: { domain: 'probability', shape: [5, 2] }, elsewhere: { domain: 'real' } } }] });
    const inputsOf = async (target: string, options: VerifyOptions = {}) => (await verified({ targets: [target], ...options })).losses[0]?.inputs.map(({ domain, shape }) => `${domain} ${shape.join('x')}`);
    expect(await inputsOf('src/log.ts')).toEqual(['probability 5x2', 'binary 5x2']);
    expect(await inputsOf('src/declared.ts')).toEqual(['probability 3x2', 'binary 3x2']);
    expect(await inputsOf('src/log.ts', { input: { yPred: { domain: 'positive' } } })).toEqual(['positive 5x2', expect.any(String)]);
  });

  it('lets a later override win, and only where its globs match', async () => {
    write({ samples: 2, overrides: [{ files: ['src/*.ts'], samples: 4 }, { files: './src/mse.ts', samples: 5 }, { files: 'lib/**', samples: 6 }, { files: 'huber', samples: 7 }] });
    const samplesOf = async (target: string, options: VerifyOptions = {}) => checkOf(await verified({ targets: [target], check: ['scalar-output'], ...options }), 'scalar-output').summary;
    expect(await samplesOf('src/mse.ts')).toContain('5 points');
    expect(await samplesOf('src/log.ts')).toContain('4 points');
    expect(await samplesOf('huber')).toContain('7 points');
    expect(await samplesOf('mse')).toContain('2 points');
    expect(await samplesOf('mse', { samples: 1 })).toContain('1 point');
  });

  it('lets --check decide alone, and --skip add to what the config skips', async () => {
    write({ check: ['scalar-output', 'memory', 'precision'], skip: ['precision'] });
    const ran = async (options: VerifyOptions) => (await verify({ targets: ['src/mse.ts'], cwd: folder, isolate: false, ...options })).losses[0]?.checks.map(({ id }) => id);
    expect(await ran({})).toEqual(['scalar-output', 'memory']);
    expect(await ran({ skip: ['memory'] })).toEqual(['scalar-output']);
    expect(await ran({ check: ['precision'] })).toEqual(['precision']);
    await expect(ran({ skip: ['memory', 'scalar-output'] })).rejects.toThrow(/no check is left/);
  });
});

describe('severity', () => {
  const run = async (severity: Record<string, string>, options: VerifyOptions = {}) => {
    write({ severity });
    return verify({ targets: ['src/leaky.ts'], cwd: folder, isolate: false, backend: 'cpu', skip: ['determinism'], ...options });
  };

  it('of a check makes its warnings fail, or its findings information', async () => {
    expect((await run({})).exitCode).toBe(0);
    const raised = await run({ memory: 'error' });
    expect([raised.exitCode, checkOf(raised, 'memory').status]).toEqual([1, 'fail']);
    const lowered = await run({ memory: 'info' }, { strict: true });
    expect([lowered.exitCode, checkOf(lowered, 'memory').status]).toEqual([0, 'pass']);
    expect(checkOf(lowered, 'memory').summary).toContain('counts for nothing: severity in the config');
  });

  it('off leaves a check out, unless it is asked for', async () => {
    expect((await run({ memory: 'off' })).losses[0]?.checks.map(({ id }) => id)).not.toContain('memory');
    expect(checkOf(await run({ memory: 'off' }, { check: ['memory'], skip: [] }), 'memory').status).toBe('warn');
  });

  it('of a finding code wins over that of its check', async () => {
    const [code = ''] = checkOf(await run({}), 'memory').findings.filter(({ severity }) => severity === 'warning').map((found) => found.code);
    const report = await run({ memory: 'error', [code]: 'warning' });
    expect([report.exitCode, checkOf(report, 'memory').status]).toEqual([0, 'warn']);
  });
});

const OWN = (run: string) => `import { defineCheck, defineConfig } from 'losscheck';
export default defineConfig({ checks: [defineCheck({
  id: 'bounded', title: 'is the loss small?', severity: 'error', precision: 64,
  findings: { 'above-bound': { title: 'the loss is high', message: ({ value }) => 'The loss is ' + value + '.', why: 'Rates are tuned.', fix: 'Divide it.' } },
  run(context) { ${run} },
})] });`;

describe('a check of the project', () => {
  const measured = `const value = Math.max(...context.samples.map(({ point }) => context.reference.scalar(point)));`;

  it('runs like the others and tells its findings in its own words', async () => {
    write(OWN(`${measured} return { status: 'fail', summary: 'high', metrics: { value }, findings: [{ code: 'above-bound', severity: 'error', data: { value, point: { yPred: [1], yTrue: [2] } } }] };`), 'losscheck.config.ts');
    for (const isolate of [false, true]) {
      const report = await verified({ targets: ['src/mse.ts'], check: ['bounded'], isolate });
      expect(report.exitCode).toBe(1);
      const { status, findings, metrics } = checkOf(report, 'bounded');
      expect([status, findings[0]?.title, findings[0]?.message]).toEqual(['fail', 'the loss is high', `The loss is ${metrics['value']}.`]);
      expect(findings[0]?.replay).toBe('losscheck verify src/mse.ts#mse --check bounded --seed 0 --backend cpu');
      expect(findings[0]?.eval).toContain('--input');
    }
  });

  it('runs on built-in losses too', async () => {
    write(OWN(`${measured} return { status: 'pass', summary: 'low', metrics: { value }, findings: [] };`), 'losscheck.config.ts');
    for (const isolate of [false, true]) expect(checkOf(await verified({ targets: ['huber'], check: ['bounded'], isolate }), 'bounded').status).toBe('pass');
  });

  it.each([
    ['throws', `throw new Error('boom');`, /your check bounded threw: boom/],
    ['is asynchronous', `return Promise.resolve();`, /returned .*a check that is asynchronous|your check bounded returned/],
    ['passes with an error', `return { status: 'pass', summary: 'x', metrics: {}, findings: [{ code: 'above-bound', severity: 'error', data: {} }] };`, /says pass and has found an error or a warning/],
    ['gives data in a circle', `const data = {}; data.data = data; return { status: 'warn', summary: 'x', metrics: {}, findings: [{ code: 'above-bound', severity: 'warning', data }] };`, /returned data that cannot be written as JSON/],
    ['names no finding', `return { status: 'warn', summary: 'x', metrics: {}, findings: [] };`, /says warn without a finding/],
    ['has no words for what it finds', `return { status: 'warn', summary: 'x', metrics: {}, findings: [{ code: 'other', severity: 'warning', data: {} }] };`, /found "other", which its findings do not describe/],
  ])('that %s is an error of the config', async (_, body, complaint) => {
    write(OWN(body), 'losscheck.config.ts');
    await expect(verified({ targets: ['src/mse.ts'], check: ['bounded'] })).rejects.toThrow(complaint);
  });

  it('cannot take the name of another', async () => {
    write(OWN('').replace(`id: 'bounded'`, `id: 'memory'`), 'losscheck.config.ts');
    await expect(verified({ targets: ['src/mse.ts'] })).rejects.toThrow(/checks\[0\]\.id: losscheck has a check memory already/);
  });
});
