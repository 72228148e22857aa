import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, Workspace } from './program.ts';
import { Watching } from './watching.ts';

/** A project with a TensorFlow.js of its own, whose derivative of the square is wrong: its losses are verified with that. */

const workspace = new Workspace();
const modules = 'node_modules/@tensorflow';

beforeAll(() => {
  workspace.write({
    'square.ts': "import * as tf from '@tensorflow/tfjs-core';\nexport const square = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mean(tf.square(tf.sub(yPred, yTrue)));\n",
    'absolute.ts': "import * as tf from '@tensorflow/tfjs-core';\nexport const absolute = (yPred: tf.Tensor, yTrue: tf.Tensor) => tf.mean(tf.abs(tf.sub(yPred, yTrue)));\n",
    'package.json': '{}',
  });
  for (const name of ['tfjs-core', 'tfjs-backend-cpu', 'tfjs-backend-wasm']) {
    const from = path.join(ROOT, modules, name);
    cpSync(from, workspace.path(`${modules}/${name}`), { recursive: true, dereference: true, filter: (file) => !/_test\.js$|\.map$|\.d\.ts$|[\\/]src[\\/]|\.(fesm|es2017|min)\.|[\\/]dist[\\/]tf-/.test(file) });
    rewrite(`${name}/package.json`, '"version": "4.22.0"', '"version": "4.21.9"');
  }
  for (const name of ['long', 'seedrandom']) symlinkSync(path.join(ROOT, 'node_modules', name), workspace.path(`node_modules/${name}`));
  rewrite('tfjs-core/dist/version.js', "'4.22.0'", "'4.21.9'");
  rewrite('tfjs-core/dist/gradients/Square_grad.js', "'float32'), 2)", "'float32'), 3)");
});
afterAll(() => workspace.remove());

function rewrite(name: string, from: string, to: string): void {
  const file = workspace.path(`${modules}/${name}`);
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${name} holds no ${from}`);
  writeFileSync(file, text.replace(from, to));
}

async function verified(argv: readonly string[]): Promise<{ code: number | null; report: { engines: Record<string, { tfjs: string; backend: string }>; losses: { verdict: string; checks: { id: string; status: string }[] }[] } }> {
  const { code, stdout } = await workspace.losscheck(['verify', ...argv, '--reporter', 'json']);
  return { code, report: JSON.parse(stdout) as Awaited<ReturnType<typeof verified>>['report'] };
}

describe('a project with its own TensorFlow.js', () => {
  it.each(['cpu', 'wasm'])('has its losses verified with it, on %s', async (backend) => {
    const { code, report } = await verified(['square.ts', '--backend', backend]);
    expect(code).toBe(1);
    expect(report.engines).toMatchObject({ reference: { tfjs: '4.21.9', backend: 'cpu' }, production: { tfjs: '4.21.9', backend } });
    expect(report.losses[0]?.checks.find(({ id }) => id === 'gradient-match')?.status).toBe('fail');
  });

  it('passes what does not need the wrong derivative', async () => {
    expect((await verified(['absolute.ts', '--backend', 'cpu'])).code).toBe(0);
  });

  it('has the built-in losses verified with it as well', async () => {
    const { code, report } = await verified(['mse', 'mae', '--backend', 'cpu']);
    expect(code).toBe(1);
    expect(report.losses.map(({ verdict }) => verdict)).toEqual(['fail', 'pass']);
  });

  it('is looked at anew when a file of it changes', async () => {
    rewrite('tfjs-core/dist/gradients/Square_grad.js', "'float32'), 3)", "'float32'), 2)");
    const { code, report } = await verified(['square.ts', '--backend', 'cpu']);
    expect([code, report.engines['reference']?.tfjs]).toEqual([0, '4.21.9']);
  });

  it('is looked at anew while losses are watched', async () => {
    const session = new Watching(workspace, ['square.ts', '--watch', '--backend', 'cpu', '--no-color']);
    try {
      expect((await session.nextRun()).state).toMatch(/^1 of 1 loss passes/);
      rewrite('tfjs-core/dist/gradients/Square_grad.js', "'float32'), 2)", "'float32'), 3)");
      workspace.write({ 'square.ts': `${readFileSync(workspace.path('square.ts'), 'utf8')}// Saved.\n` });
      expect((await session.nextRun()).state).toMatch(/^0 of 1 loss pass;/);
    } finally {
      session.kill();
    }
  });

  it('is told about by doctor, and a backend without its package with the command that gets it', async () => {
    const { stdout } = await workspace.losscheck(['doctor', '--reporter', 'json']);
    const report = JSON.parse(stdout) as { engines: { reference: { tfjs: string } }; backends: { name: string; problem: string | null; fix: string | null }[] };
    expect(report.engines.reference.tfjs).toBe('4.21.9');
    expect(report.backends.find(({ name }) => name === 'wasm')?.problem).toBeNull();
    const node = report.backends.find(({ name }) => name === 'node');
    expect(node?.problem).toBe('@tensorflow/tfjs-node is not installed');
    expect(node?.fix).toMatch(/^npm install --ignore-scripts @tensorflow\/tfjs-node@~4\.21\.9 && (node .*native-backend\.mjs$|npm rebuild)/);
  });

  it('is not told to install a package that only lacks its library', async () => {
    workspace.write({
      [`incomplete/${modules}/tfjs-node/package.json`]: '{ "name": "@tensorflow/tfjs-node", "version": "4.21.9", "main": "index.js" }',
      [`incomplete/${modules}/tfjs-node/index.js`]: "throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: here');",
    });
    symlinkSync(ROOT, workspace.path('incomplete/node_modules/losscheck'), 'junction');
    const { stdout } = await workspace.losscheckIn('incomplete', ['doctor', '--reporter', 'json']);
    const node = (JSON.parse(stdout) as { backends: { name: string; problem: string; fix: string }[] }).backends.find(({ name }) => name === 'node');
    expect(node?.problem).toContain('its native library is not there');
    expect(node?.fix).toMatch(/^(node node_modules\/losscheck\/scripts\/native-backend\.mjs|npm rebuild @tensorflow\/tfjs-node, .*)$/);
  });
});

describe('a folder that nobody may write to', () => {
  it('has losses verified with the copy that losscheck brings, and says so', async () => {
    const { stdout } = await workspace.losscheck(['verify', 'absolute.ts', '--backend', 'cpu', '--reporter', 'json'], { LOSSCHECK_CACHE: '/proc/no-such-cache' });
    const { engines } = JSON.parse(stdout) as { engines: { reference: { tfjs: string }; notes: { message: string; fix: string }[] } };
    expect(engines.reference.tfjs).toBe('4.22.0');
    expect(engines.notes).toEqual([{ message: expect.stringContaining('the cache folder cannot be written') as string, fix: expect.stringContaining('LOSSCHECK_CACHE') as string }]);
  });
});
