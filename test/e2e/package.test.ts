import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectCivil, findingOf, lossOf as entryOf, reportOf, ROOT, run, Workspace, type Ran } from './program.ts';
import { IMPORT, lossOf, squaredError } from './sources.ts';

/** The package as it is published: packed, installed into projects of every kind, and used there. */

const workspace = new Workspace();
afterAll(() => workspace.remove());

const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');

async function trainIn(project: string): Promise<unknown> {
  workspace.write({ [`${project}/train.mjs`]: TRAIN });
  return JSON.parse(await succeed(process.execPath, ['train.mjs'], workspace.path(project)));
}

const packedSchema = z.tuple([z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) })]);
let tarball = '';
let packed: readonly string[] = [];

/** Runs a command that must succeed. */
async function succeed(command: string, argv: readonly string[], cwd: string): Promise<string> {
  const ran = await run(command, argv, { cwd });
  if (ran.code !== 0) throw new Error(`${command} ${argv.join(' ')} exited ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
  return ran.stdout;
}

async function install(project: string, manifest: object, argv: readonly string[]): Promise<void> {
  workspace.write({ [`${project}/package.json`]: JSON.stringify({ name: 'project', private: true, ...manifest }) });
  await succeed('npm', ['install', '--no-audit', '--no-fund', ...argv], workspace.path(project));
}

/** The program as a person in this folder starts it. */
function npx(folder: string, argv: readonly string[]): Promise<Ran> {
  return run('npx', ['--no-install', 'losscheck', ...argv], { cwd: workspace.path(folder) });
}

const DEFINED = `${IMPORT}import { defineLoss } from 'losscheck';

export default defineLoss({
  inputs: {
    yPred: { shape: [8, 4], domain: 'real' },
    yTrue: { shape: [8, 4], domain: 'real', role: 'target' },
  },
  loss: (yPred, yTrue) => tf.mean(tf.square(tf.sub(yPred, yTrue))),
});
`;
const UNREDUCED = IMPORT + lossOf('default', 'return tf.square(tf.sub(yPred, yTrue));');

/** Uses the public interface as a script in a project would. */
const CHECK = `import { defineLoss, evaluate, verify, LoadError, UsageError } from 'losscheck';
import type { DefinedLoss, EvaluationReport, FindingReport, LossReport, Report, VerifyOptions } from 'losscheck';
import myloss from './myloss.js';

const options: VerifyOptions = { targets: ['./myloss.ts'], seed: 1, isolate: false };
export async function check(): Promise<'pass' | 'fail' | 'inconclusive' | 'error' | undefined> {
  const report: Report = await verify(options, ({ done, total }) => [done, total]);
  const loss: LossReport | undefined = report.losses[0];
  const findings: readonly FindingReport[] = loss?.findings ?? [];
  const point: EvaluationReport = await evaluate({ target: 'mse', inputs: { yPred: [1], yTrue: [2] } });
  // @ts-expect-error -- targets are a list
  await verify({ targets: 'mse' });
  return findings.length > 0 || point.loss === '' ? 'fail' : loss?.verdict;
}
export const defined: DefinedLoss = myloss;
// @ts-expect-error -- no such domain
defineLoss({ inputs: { yPred: { domain: 'rael' } }, loss: (yPred) => yPred });
export { LoadError, UsageError };
`;

/** Trains a step with an imported loss; says how many copies of TensorFlow.js have run. */
const TRAIN = `import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { mse, forCompile } from 'losscheck/losses';
import { lossesWith } from 'losscheck/losses/with';

const [x, y] = [tf.tensor2d([[1], [2]]), tf.tensor2d([[2], [4]])];
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'zeros' })] });
model.compile({ optimizer: tf.train.sgd(0.1), loss: forCompile(mse) });
const { history } = await model.fit(x, y, { epochs: 50, verbose: 0, yieldEvery: 'never' });
const copies = Object.keys(createRequire(import.meta.url).cache).filter((file) => /tf-core[^/\\\\]*\\.js$/.test(file));
const { huber } = lossesWith(tf);
console.log(JSON.stringify({ copies: copies.length, learned: history.loss.at(-1) < 0.1, value: huber(y, x).dataSync()[0] }));
`;

beforeAll(async () => {
  // The build has run before the tests, and other tests are using it: no scripts.
  const stdout = await succeed(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', workspace.folder],
    ROOT,
  );
  const [{ filename, files }] = packedSchema.parse(JSON.parse(stdout));
  tarball = workspace.path(filename);
  packed = files.map((file) => file.path);
  await install('project', { type: 'module' }, ['@tensorflow/tfjs@4.22.0', tarball]);
  workspace.write({ 'project/myloss.ts': DEFINED, 'project/wrong.ts': UNREDUCED, 'project/check.ts': CHECK });
});

describe('the tarball', () => {
  it('holds what is needed and nothing of the workshop', () => {
    for (const needed of [
      'package.json',
      'bin/losscheck.js',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/schema/report-v1.json',
      'README.md',
      'LICENSE',
      'docs/backends.md',
      'scripts/native-backend.mjs',
    ]) {
      expect(packed).toContain(needed);
    }
    // What a project needs where the installer of tfjs-node cannot download.
    const stray = packed.filter((file) =>
      file !== 'scripts/native-backend.mjs' &&
      /(^|\/)(test|tests|fixtures|src|scripts|node_modules)\/|\.map$|\.test\.|tsconfig|(?<!\.d)\.ts$/.test(file),
    );
    expect(stray).toEqual([]);
  });

  it('has every file that package.json promises', () => {
    const { files } = z
      .object({ files: z.array(z.string()) })
      .parse(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')));
    const missing = files.filter(
      (promised) => !packed.some((file) => file === promised || file.startsWith(`${promised}/`)),
    );
    expect(missing).toEqual([]);
  });

  it('names no path of the machine that built it', () => {
    const installed = workspace.path('project/node_modules/losscheck');
    const telltales = [ROOT, homedir(), tmpdir()].filter((folder) => folder.length > 4);
    const telling = filesUnder(installed).filter((file) => {
      const text = readFileSync(file, 'utf8');
      return telltales.some((folder) => text.includes(`${folder}/`)) || text.includes('sourceMappingURL=data:');
    });
    expect(telling).toEqual([]);
    const bundles = readdirSync(path.join(installed, 'dist/losses')).filter((name) => name.endsWith('.json') && name !== 'built-ins.json');
    expect(bundles.length).toBeGreaterThan(30);
    for (const name of bundles) {
      const { map } = z.object({ map: z.string() }).parse(JSON.parse(readFileSync(path.join(installed, 'dist/losses', name), 'utf8')));
      const { sources } = z.object({ sources: z.array(z.string()) }).parse(JSON.parse(map));
      expect(sources.length).toBeGreaterThan(0);
      expect(sources.filter((source) => path.isAbsolute(source) || source.startsWith('file:'))).toEqual([]);
    }
  });
});

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.includes('node_modules'))
    .map((file) => path.join(folder, file))
    .filter((file) => statSync(file).isFile());
}

describe('in a project with its own @tensorflow/tfjs', () => {
  it('verifies a right loss (exit 0) and a wrong one (exit 1)', async () => {
    const [right, wrong] = await Promise.all(
      ['./myloss.ts', './wrong.ts'].map((file) => npx('project', ['verify', file, '--reporter', 'json'])),
    );
    if (right === undefined || wrong === undefined) throw new Error('a run is missing');
    expectCivil(right);
    expectCivil(wrong);
    expect([right.code, wrong.code]).toEqual([0, 1]);
    expect(entryOf(reportOf(right), 'myloss.ts#default').verdict).toBe('pass');
    expect(findingOf(entryOf(reportOf(wrong), 'wrong.ts#default'), 'not-scalar').location).toMatchObject({
      file: 'wrong.ts',
      line: 3,
    });
  });

  it('brings no second copy of tfjs-core', async () => {
    const listed = await succeed(
      'npm',
      ['ls', '--all', '--parseable', '@tensorflow/tfjs-core'],
      workspace.path('project'),
    );
    expect(
      new Set(
        listed
          .trim()
          .split('\n')
          .filter((line) => line.endsWith('tfjs-core')),
      ).size,
    ).toBe(1);
  });

  it.each([
    { module: 'nodenext', resolution: 'nodenext' },
    { module: 'esnext', resolution: 'bundler' },
  ])('gives its types under moduleResolution $resolution', async ({ module, resolution }) => {
    const flags = [
      '--noEmit',
      '--strict',
      '--target',
      'es2022',
      '--module',
      module,
      '--moduleResolution',
      resolution,
      'check.ts',
      'myloss.ts',
    ];
    const cwd = workspace.path('project');
    const plain = await run(process.execPath, [TSC, '--skipLibCheck', ...flags], { cwd });
    expect([plain.stdout, plain.code]).toEqual(['', 0]);
    // The types of tfjs itself do not stand up to this; ours must.
    const thorough = await run(process.execPath, [TSC, '--skipLibCheck', 'false', ...flags], { cwd });
    expect(
      thorough.stdout.split('\n').filter((line) => /^(node_modules\/losscheck\/|check\.ts|myloss\.ts)/.test(line)),
    ).toEqual([]);
  });

  it('gives losses that train with the TensorFlow.js of the project', async () => {
    expect(await trainIn('project')).toEqual({ copies: 1, learned: true, value: 1 });
  });

  it('gives its functions to scripts, by import and by require', async () => {
    workspace.write({
      'project/use.mjs': `import { verify } from 'losscheck';\nconst { exitCode } = await verify({ targets: ['./myloss.ts'] });\nconsole.log(exitCode);\n`,
      'project/use.cjs': `const schema = require('losscheck/schema/report-v1.json');\nconsole.log(schema.title);\n`,
    });
    const cwd = workspace.path('project');
    expect(await succeed(process.execPath, ['use.mjs'], cwd)).toBe('0\n');
    expect(await succeed(process.execPath, ['use.cjs'], cwd)).toBe('losscheck report, version 1\n');
  });

  it('takes modules of a folder with "type": "commonjs"', async () => {
    workspace.write({
      'project/commonjs/package.json': '{ "type": "commonjs" }\n',
      'project/commonjs/one.ts': IMPORT + squaredError(),
      'project/commonjs/two.js': `const tf = require('@tensorflow/tfjs');\nmodule.exports = { mse: (yPred, yTrue) => tf.mean(tf.square(tf.sub(yPred, yTrue))) };\n`,
      'project/commonjs/three.cts': `import tf = require('@tensorflow/tfjs');\nexport = { mse: (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mean(tf.square(tf.sub(yPred, yTrue))) };\n`,
      'project/commonjs/four.mts': DEFINED,
    });
    const ran = await npx('project/commonjs', ['verify', '.', '--reporter', 'json']);
    expectCivil(ran);
    expect([
      ran.code,
      reportOf(ran)
        .losses.map(({ id }) => id)
        .sort(),
    ]).toEqual([0, ['four.mts#default', 'one.ts#default', 'three.cts#mse', 'two.js#mse']]);
  });

  it('verifies a file outside any package', async () => {
    workspace.write({ 'alone/myloss.ts': DEFINED });
    const bin = workspace.path('project/node_modules/losscheck/bin/losscheck.js');
    const ran = await run(process.execPath, [bin, 'verify', 'myloss.ts', '--reporter', 'json'], {
      cwd: workspace.path('alone'),
    });
    expectCivil(ran);
    expect([ran.code, reportOf(ran).losses[0]?.verdict]).toEqual([0, 'pass']);
  });
});

describe('in other installations', () => {
  it('works without optional packages', async () => {
    await install('lean', {}, ['--omit=optional', tarball]);
    workspace.write({ 'lean/myloss.ts': DEFINED });
    const ran = await npx('lean', ['verify', 'myloss.ts', '--reporter', 'json']);
    expectCivil(ran);
    expect([ran.code, reportOf(ran).losses[0]?.verdict]).toEqual([0, 'pass']);
    expect(reportOf(ran).engines.production).toMatchObject({
      backend: 'cpu',
      fallbackReason: expect.stringContaining('tfjs-node'),
    });
  });

  it('says what is missing when the compiler could not be installed', async () => {
    await install('bare', {}, ['--omit=optional', '--ignore-scripts', tarball]);
    workspace.write({ 'bare/myloss.ts': DEFINED });
    const ran = await npx('bare', ['verify', 'myloss.ts']);
    expectCivil(ran);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/^error: .*esbuild/m);
    expect(ran.stderr).toContain('npm install');
  });

  it('works where packages are links into a store, as with pnpm', async () => {
    await install('linked', { type: 'module' }, ['--install-strategy=linked', '@tensorflow/tfjs@4.22.0', tarball]);
    workspace.write({ 'linked/myloss.ts': DEFINED, 'linked/wrong.ts': UNREDUCED, 'linked/check.ts': CHECK });
    const cwd = workspace.path('linked');
    expect(readdirSync(path.join(cwd, 'node_modules/@tensorflow'))).toEqual(['tfjs']);
    const [right, wrong] = await Promise.all(['myloss.ts', 'wrong.ts'].map((file) => npx('linked', ['verify', file])));
    expect([right?.code, wrong?.code]).toEqual([0, 1]);
    const flags = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2022',
      '--module',
      'nodenext',
      'check.ts',
      'myloss.ts',
    ];
    const types = await run(process.execPath, [TSC, ...flags], { cwd });
    expect([types.stdout, types.code]).toEqual(['', 0]);
  });
});
