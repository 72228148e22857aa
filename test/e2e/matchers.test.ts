import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT, run, Workspace, type Ran } from './program.ts';
import { IMPORT, lossOf, squaredError } from './sources.ts';

/** The matchers, as a project uses them that has losscheck, vitest and jest installed. */

const workspace = new Workspace();
afterAll(() => workspace.remove());

const MODULES = path.join(ROOT, 'node_modules');
const VITEST = 'node_modules/vitest/vitest.mjs';
const JEST = 'node_modules/jest/bin/jest.js';

const LOSSES = `${IMPORT}import { defineLoss } from 'losscheck';
${squaredError()}
${lossOf('unreduced', 'return tf.square(tf.sub(yPred, yTrue));')}
export const arrow = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mean(tf.abs(tf.sub(yPred, yTrue)));
export const defined = defineLoss({
  inputs: { yPred: { shape: [8], domain: 'real' }, yTrue: { shape: [8], domain: 'real', role: 'target' } },
  loss: (yPred, yTrue) => tf.mean(tf.square(tf.sub(yPred, yTrue))),
});
export class Squared {
  call(yPred: tf.Tensor, yTrue: tf.Tensor) {
    return tf.mean(tf.square(tf.sub(yPred, yTrue)));
  }
}
export const instance = new Squared();
const scaled = (by: number) => (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mul(by, tf.mean(tf.square(tf.sub(yPred, yTrue))));
export const once = scaled(1);
export const twice = scaled(2);
const hidden = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mean(tf.abs(tf.sub(yPred, yTrue)));
export const table = { hidden };
`;

const PLAIN = `const tf = require('@tensorflow/tfjs');
exports.arrow = (yPred, yTrue) => tf.mean(tf.square(tf.sub(yPred, yTrue)));
exports.unreduced = (yPred, yTrue) => tf.square(tf.sub(yPred, yTrue));
`;
const ESM = `import * as tf from '@tensorflow/tfjs';
export const arrow = (yPred, yTrue) => tf.mean(tf.square(tf.sub(yPred, yTrue)));
export default function (yPred, yTrue) { return tf.mean(tf.abs(tf.sub(yPred, yTrue))); }
`;
/** Compiles as other transforms do that keep their map from the code. */
const TRANSFORM = `const { transformSync } = require('esbuild');
exports.process = (text, file) => transformSync(text, { loader: 'ts', format: 'cjs', target: 'node20', sourcemap: true, sourcefile: file });
`;

/** `name: what is expected` as tests with these names. */
function testsOf(expectations: Readonly<Record<string, string>>): string {
  return Object.entries(expectations)
    .map(([name, text]) => `test('${name}', async () => { await expect(${text}; });`)
    .join('\n');
}

beforeAll(() => {
  mkdirSync(workspace.path('node_modules/losscheck'), { recursive: true });
  for (const part of ['bin', 'dist', 'package.json']) cpSync(path.join(ROOT, part), workspace.path(`node_modules/losscheck/${part}`), { recursive: true });
  for (const name of ['esbuild', '@esbuild', 'zod', '@tensorflow', 'vitest', 'jest', '@jest', 'expect', 'typescript', '@types']) symlinkSync(path.join(MODULES, name), workspace.path(`node_modules/${name}`));
  workspace.write({ 'package.json': '{ "type": "module", "private": true }' });
});

const resultsSchema = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ title: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() })) })),
});

/** For each test by name null when it passed, else why it failed. */
function resultsOf({ stdout, stderr, leftBehind }: Ran, report: string): Readonly<Record<string, string | null>> {
  expect(leftBehind).toBe(false);
  const { testResults } = resultsSchema.parse(JSON.parse(report));
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  if (all.length === 0) throw new Error(`no test ran\n${stdout}\n${stderr}`);
  return Object.fromEntries(all.map(({ title, status, failureMessages }) => [title, status === 'passed' ? null : (failureMessages ?? []).join('\n')]));
}

async function vitest(folder: string, argv: readonly string[]): Promise<Readonly<Record<string, string | null>>> {
  const ran = await run(process.execPath, [workspace.path(VITEST), 'run', '--root', '.', '--reporter=json', '--outputFile=out.json', ...argv], { cwd: workspace.path(folder) });
  return resultsOf(ran, readFileSync(workspace.path(`${folder}/out.json`), 'utf8'));
}

async function jest(folder: string, flags: readonly string[] = []): Promise<Readonly<Record<string, string | null>> & { readonly [SAID]: string }> {
  const ran = await run(process.execPath, [...flags, workspace.path(JEST), '--json', '--outputFile=out.json'], { cwd: workspace.path(folder) });
  return { ...resultsOf(ran, readFileSync(workspace.path(`${folder}/out.json`), 'utf8')), [SAID]: ran.stderr };
}
const SAID = Symbol('stderr');

describe('under vitest', () => {
  it.each(['forks', 'threads', 'vmThreads'])('finds the loss of every kind of value (%s)', async (pool) => {
    workspace.write({
      'found/losses.ts': LOSSES,
      'found/losses.test.ts': `import { expect, test } from 'vitest';
import 'losscheck/vitest';
import { huber } from 'losscheck/losses';
import squared, { arrow, defined, instance, Squared } from './losses';
${testsOf({
  'default export': 'squared).toPassLosscheck()',
  arrow: `arrow).toPassLosscheck({ check: 'scalar-output' })`,
  defined: `defined).toPassLosscheck({ check: ['scalar-output', 'gradient-flow'] })`,
  class: `Squared).toPassLosscheck({ check: 'scalar-output' })`,
  instance: `instance).toPassLosscheck({ check: 'scalar-output' })`,
  'built-in': `huber).toPassLosscheck({ check: 'scalar-output', param: { delta: 0.5 } })`,
})}
`,
    });
    const results = await vitest('found', ['--pool', pool]);
    expect(results).toEqual({ 'default export': null, arrow: null, defined: null, class: null, instance: null, 'built-in': null });
  });

  it('says what is wrong, where, and what to do', async () => {
    workspace.write({
      'wrong/losses.ts': LOSSES,
      'wrong/losses.test.ts': `import { expect, test } from 'vitest';
import 'losscheck/vitest';
import { arrow, once, table, unreduced } from './losses';
${testsOf({
  unreduced: 'unreduced).toPassLosscheck()',
  'not unreduced': `unreduced).not.toPassLosscheck({ check: 'scalar-output' })`,
  'not arrow': `arrow).not.toPassLosscheck({ check: 'scalar-output' })`,
  twins: 'once).toPassLosscheck()',
  hidden: 'table.hidden).toPassLosscheck()',
  inner: '(yPred) => yPred).toPassLosscheck()',
  bound: 'arrow.bind(null)).toPassLosscheck()',
  number: '3).toPassLosscheck()',
  'not missing': `'./missing.ts').not.toPassLosscheck()`,
  option: 'arrow).toPassLosscheck({ sampels: 3 })',
  'not a check': `arrow).not.toPassLosscheck({ check: 'gradient' })`,
  sampler: 'arrow).toPassLosscheck({ inputs: { yPred: { domain: () => 0 } } })',
})}
`,
    });
    const said = await vitest('wrong', []);
    expect(said['not unreduced']).toBeNull();
    expect(said['unreduced']).toMatch(/losses\.ts#unreduced does not pass losscheck\n\n✗ not-scalar {2}/);
    expect(said['unreduced']).toMatch(/losses\.ts:8:\d+ \(Square\)\n {2}fix {5}Reduce before returning/);
    expect(said['unreduced']).toMatch(/replay {2}losscheck verify losses\.ts#unreduced --check scalar-output --seed 0/);
    expect(said['not arrow']).toContain('losses.ts#arrow passed losscheck: 1 check passed, seed 0');
    expect(said['twins']).toContain('may be once or twice');
    expect(said['hidden']).toMatch(/hidden, which begins at losses\.ts:\d+, is no loss that the file\s+exports/);
    expect(said['inner']).toContain('is made in the test itself');
    expect(said['bound']).toContain(`expect('./losses.ts#focal')`);
    expect(said['number']).toContain('found the number 3, expected a loss');
    expect(said['not missing']).toContain('there is no file');
    expect(said['option']).toContain(`unknown option 'sampels', expected one of seed, samples`);
    expect(said['not a check']).toContain('expected one of scalar-output');
    expect(said['sampler']).toContain('inputs.yPred.domain is a sampler');
  });
});

describe('a loss that never ends', () => {
  it.each(['forks', 'threads'])('fails its test by the limit of the runner, and leaves no process (%s)', async (pool) => {
    workspace.write({
      'endless/losses.ts': IMPORT + lossOf('endless', 'for (;;);'),
      'endless/losses.test.ts': `import { expect, test } from 'vitest';\nimport 'losscheck/vitest';\nimport { endless } from './losses';\n${testsOf({ endless: 'endless).toPassLosscheck()' })}\n`,
    });
    const said = await vitest('endless', ['--pool', pool, '--testTimeout', '3000']);
    // The JSON of vitest does not say that it was the limit; that nothing is left is seen where the results are read.
    expect(said).toEqual({ endless: expect.stringContaining('Error') });
  });
});

describe('under jest', () => {
  it('finds losses in CommonJS, and warns when nobody waits', async () => {
    workspace.write({
      'cjs/package.json': '{ "jest": { "testRegex": "test\\\\.js$" } }',
      'cjs/losses.js': PLAIN,
      'cjs/losses.test.js': `require('losscheck/jest');
const { arrow, unreduced } = require('./losses');
test('nobody waits', () => { expect(arrow).toPassLosscheck({ check: 'scalar-output' }); });
${testsOf({ arrow: 'arrow).toPassLosscheck()', string: `'./losses.js#arrow').toPassLosscheck({ check: 'scalar-output' })`, unreduced: 'unreduced).toPassLosscheck()', 'not unreduced': 'unreduced).not.toPassLosscheck()' })}
`,
    });
    const said = await jest('cjs');
    expect(said).toMatchObject({ arrow: null, string: null, 'not unreduced': null, 'nobody waits': null });
    expect(said['unreduced']).toMatch(/✗ not-scalar[^]*losses\.js:3:\d+/);
    expect(said[SAID]).toContain('LosscheckWarning: a test ended before losscheck did');
  });

  it('finds losses in compiled files, by name where the map is kept from the code', async () => {
    workspace.write({
      'compiled/package.json': '{ "jest": { "testRegex": "test\\\\.ts$", "transform": { "\\\\.ts$": "./transform.cjs" } } }',
      'compiled/transform.cjs': TRANSFORM,
      'compiled/losses.ts': `// A comment that compilers leave out,\n// and another.\n${IMPORT}${squaredError()}${lossOf('other', 'return tf.mean(tf.abs(tf.sub(yPred, yTrue)));')}`,
      'compiled/losses.test.ts': `import { expect, test } from '@jest/globals';
import { matchers } from 'losscheck/jest';
import squared, { other } from './losses';
expect.extend(matchers);
${testsOf({ other: `other).toPassLosscheck({ check: 'scalar-output' })`, 'default export': 'squared).toPassLosscheck()' })}
`,
    });
    const said = await jest('compiled');
    expect(said['other']).toBeNull();
    expect(said['default export']).toContain(`or name a loss of the file: 'losses.ts#default'`);
  });

  it('finds losses in ES modules', async () => {
    workspace.write({
      'esm/package.json': '{ "type": "module", "jest": { "testRegex": "test\\\\.js$", "transform": {} } }',
      'esm/losses.js': ESM,
      'esm/losses.test.js': `import 'losscheck/jest';
import anonymous, { arrow } from './losses.js';
${testsOf({ arrow: `arrow).toPassLosscheck({ check: 'scalar-output' })`, 'default export': `anonymous).toPassLosscheck({ check: 'scalar-output' })` })}
`,
    });
    expect(await jest('esm', ['--experimental-vm-modules'])).toMatchObject({ arrow: null, 'default export': null });
  });
});

describe('the types', () => {
  it.each([
    { name: 'vitest', file: 'v.ts', head: `import { expect } from 'vitest';\nimport 'losscheck/vitest';` },
    { name: 'jest in an ES module', file: 'j.ts', head: `import { expect } from '@jest/globals';\nimport 'losscheck/jest';` },
    { name: 'jest in CommonJS', file: 'j.cts', head: `import { expect } from '@jest/globals';\nimport 'losscheck/jest';` },
  ])('know the matcher and its options: $name', async ({ file, head }) => {
    workspace.write({
      [`types/${file}`]: `${head}
async function use(): Promise<void> {
  await expect('huber').toPassLosscheck();
  await expect('huber').not.toPassLosscheck({ check: ['memory'], skip: 'descent', seed: 1, strict: true, inputs: { yPred: { domain: 'logit' } } });
  // @ts-expect-error -- no such option
  await expect('huber').toPassLosscheck({ sampels: 3 });
  // @ts-expect-error -- no such domain
  await expect('huber').toPassLosscheck({ inputs: { yPred: { domain: 'logits' } } });
  const answer: Promise<void> = expect('huber').toPassLosscheck();
  return answer;
}
void use;
`,
    });
    const tsc = workspace.path('node_modules/typescript/bin/tsc');
    const ran = await run(process.execPath, [tsc, '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'node16', file], { cwd: workspace.path('types') });
    expect([ran.stdout, ran.code]).toEqual(['', 0]);
  });
});

describe('docs/testing.md', () => {
  const examples = [...readFileSync(path.join(ROOT, 'docs/testing.md'), 'utf8').matchAll(/^```\w+ file=(\S+)\n([^]*?)^```$/gm)].map(([, file = '', text = '']) => ({ file, text }));

  it('has examples that hold', async () => {
    for (const { file, text } of examples) workspace.write({ [`docs/${file.includes('cjs') ? 'jest' : 'vitest'}/${file}`]: text });
    workspace.write({ 'docs/jest/package.json': '{ "jest": { "testRegex": "test\\\\.cjs$" } }' });
    const [ofVitest, ofJest] = [await vitest('docs/vitest', []), await jest('docs/jest')];
    expect(Object.values(ofVitest)).toEqual([null, null, null, null]);
    expect(Object.values(ofJest)).toEqual([null]);
  });
});
