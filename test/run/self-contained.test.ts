import { afterAll, describe, expect, it } from 'vitest';
import { bundleModule } from '../../src/load/bundle.ts';
import { SUPPLIED_PACKAGES } from '../../src/load/supply.ts';
import { isSelfContained } from '../../src/run/many/self-contained.ts';
import { Workspace } from '../e2e/program.ts';

const workspace = new Workspace();
afterAll(() => workspace.remove());

async function judge(source: string, others: Readonly<Record<string, string>> = {}): Promise<boolean> {
  workspace.write({ 'loss.ts': source, ...others });
  const { code } = await bundleModule(workspace.path('loss.ts'), { cwd: workspace.folder, supplied: SUPPLIED_PACKAGES });
  return isSelfContained(code);
}

const LOSS = 'export const loss = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mean(tf.square(tf.sub(yPred, yTrue)));\n';
const TF = `import * as tf from '@tensorflow/tfjs';\n`;

describe('a module that sees only itself', () => {
  it.each<[string, string]>([
    ['a plain loss', TF + LOSS],
    ['named imports of another package', `import { mean, sub, type Tensor } from '@tensorflow/tfjs-core';\nexport default (a: Tensor, b: Tensor) => mean(sub(a, b));`],
    ['a class with fields, a map and an error', `${TF}export class Loss { weights = new Map([['a', 1]]); #n = 0; call(p: tf.Tensor, t: tf.Tensor) { if (this.#n > 3) throw new RangeError('no'); return tf.mean(tf.sub(p, t)); } }`],
    ['random numbers, which are held', `${TF}export const noisy = (p: tf.Tensor, t: tf.Tensor) => tf.mul(Math.random(), tf.mean(tf.sub(p, t)));`],
    ['names of tfjs that are members of its own', `${TF}export const flat = (p: tf.Tensor, t: tf.Tensor) => { const data = p.dataSync(); return tf.mean(tf.sub(data[0] ?? 0, t)); };`],
    ['a property that is called like a global', `${TF}const options = { process: 1, Date: 2 };\nexport const f = (p: tf.Tensor, t: tf.Tensor) => tf.mul(options.process + options.Date, tf.mean(tf.sub(p, t)));`],
    ['its own path', `${TF}export const here = import.meta.url;\n${LOSS}`],
  ])('%s', async (_, source) => {
    expect(await judge(source)).toBe(true);
  });

  it('may import files of its own, JSON and CommonJS too', async () => {
    const source = `${TF}import { scale } from './scale.ts';\nimport table from './table.json';\nimport old from './old.cjs';\nexport const f = (p: tf.Tensor, t: tf.Tensor) => tf.mul(scale * table.a * old.b, tf.mean(tf.sub(p, t)));`;
    expect(await judge(source, { 'scale.ts': 'export const scale = 2;', 'table.json': '{"a":1}', 'old.cjs': 'module.exports = { b: 3 };' })).toBe(true);
  });
});

describe('a module that may see something else', () => {
  it.each<[string, string]>([
    ['reads a file', `import { readFileSync } from 'node:fs';\nexport const weights = readFileSync('w.json', 'utf8');\n`],
    ['reads a file by the old name of the module', `import fs from 'fs';\nexport const weights = fs.readFileSync('w.json', 'utf8');\n`],
    ['starts a process', `import { execSync } from 'node:child_process';\nexport const user = execSync('id');\n`],
    ['asks the system', `import os from 'node:os';\nexport const cores = os.cpus().length;\n`],
    ['asks the network', `import http from 'node:http';\nexport const agent = http.globalAgent;\n`],
    ['reads the environment', `export const scale = Number(process.env.SCALE ?? 1);\n`],
    ['reads the command line', `export const flags = process.argv;\n`],
    ['imports process', `import { env } from 'node:process';\nexport const scale = env.SCALE;\n`],
    ['goes through globalThis', `export const scale = (globalThis as any).scale;\n`],
    ['fetches', `export const weights = await fetch('http://localhost/').then(() => 1, () => 2);\n`],
    ['compiles text', `export const f = new Function('return 1')();\n`],
    ['compiles text by the constructor of a function', `export const f = (() => 1).constructor('return process')();\n`],
    ['evaluates text', `export const f = eval('1');\n`],
    ['reads the clock', `export const now = Date.now();\n`],
    ['waits', `setTimeout(() => {}, 1);\n`],
    ['prints, which a person wants to see', `console.log('here');\n`],
    ['prints a tensor', `tf.scalar(1).print();\n`],
    ['loads a model', `export const model = tf.loadLayersModel;\n`],
    ['loads a model by another name', `const { io } = tf;\nexport const files = io;\n`],
    ['loads a model by a computed name', `export const files = (tf as any)['io'];\n`],
    ['requires by a name that is computed', `export const part = (name: string) => require(name);\n`],
    ['imports by a name that is computed', `export const part = (name: string) => import(name);\n`],
    ['hides a global behind a name of its own elsewhere', `export const f = (process: number) => process;\nexport const scale = process.env.SCALE;\n`],
    ['uses a global that nobody knows', `export const scale = (SCALE as any).x;\n`],
    ['reaches into the parts of a package, which may be the installed ones', `import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';\n`],
  ])('%s', async (_, source) => {
    expect(await judge(`${TF}${source}${LOSS}`)).toBe(false);
  });

  it('does so in a file that it imports', async () => {
    expect(await judge(`${TF}import { scale } from './scale.ts';\nexport const s = scale;\n${LOSS}`, { 'scale.ts': 'export const scale = process.env.SCALE;' })).toBe(false);
  });
});
