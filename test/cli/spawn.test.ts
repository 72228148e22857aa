import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '../../src/contracts/report.ts';

/** The built program as people run it. Needs `npm run build`. */

const BIN = join(import.meta.dirname, '../../bin/losscheck.js');

const RIGHT = `import * as tf from '@tensorflow/tfjs-core';
console.log('noise of the module');
export const losscheck = {
  inputs: { yPred: { shape: [4, 2], domain: 'real' }, yTrue: { shape: [4, 2], domain: 'real', role: 'target' } },
};
export default function squared(yPred: tf.Tensor, yTrue: tf.Tensor) {
  return tf.mean(tf.square(tf.sub(yPred, yTrue)));
}
`;
const UNREDUCED = RIGHT.replace('tf.mean(', '(');
const HANGING = `import * as tf from '@tensorflow/tfjs-core';
export default function endless(yPred: tf.Tensor, yTrue: tf.Tensor) {
  for (;;);
}
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'losscheck-spawn-'));
  const files = {
    'right.ts': RIGHT,
    'unreduced.ts': UNREDUCED,
    'broken.ts': 'export default (',
    'hanging.ts': HANGING,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface SpawnOptions {
  readonly bin?: string;
  readonly interruptAfterMs?: number;
  /** Closes the reading end at once, as `| head -0` does. */
  readonly closeStdout?: boolean;
}

function losscheck(argv: readonly string[], options: SpawnOptions = {}): Promise<Ran> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [options.bin ?? BIN, ...argv], { cwd: folder, env });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    if (options.closeStdout === true) child.stdout.destroy();
    if (options.interruptAfterMs !== undefined) setTimeout(() => child.kill('SIGINT'), options.interruptAfterMs);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('the launcher', () => {
  it('says how to build when there is no build', async () => {
    mkdirSync(join(folder, 'bare/bin'), { recursive: true });
    const bin = join(folder, 'bare/bin/losscheck.cjs');
    copyFileSync(BIN, bin);
    expect(await losscheck(['--help'], { bin })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: losscheck is not built yet; run `npm run build` first\n',
    });
  });
});

describe('the program', () => {
  it('shows help on stdout', async () => {
    const { code, stdout, stderr } = await losscheck(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Usage: losscheck');
  });

  it('answers wrong usage in one line with exit code 2', async () => {
    expect(await losscheck(['verify', 'huber', '--rtol', 'small'])).toEqual({
      code: 2,
      stdout: '',
      stderr: "error: --rtol: found 'small', expected a number above 0 and below 1; for example --rtol 1e-5\n",
    });
  });

  it('passes a right loss, without escape codes, and keeps the noise of the module off stdout', async () => {
    const { code, stdout, stderr } = await losscheck(['verify', 'right.ts']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^✓ right\.ts#default/);
    expect(stdout).toMatch(/│ gradient-match +│ ✓ pass/);
    expect(stripVTControlCharacters(stdout)).toBe(stdout);
    expect(stdout).not.toContain('noise');
    expect(stderr).toContain('noise of the module');
  });

  it('fails a wrong loss with the line to blame, and exits 1', async () => {
    const { code, stdout } = await losscheck(['verify', 'unreduced.ts']);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ not-scalar');
    expect(stdout).toMatch(/replay +losscheck verify unreduced\.ts/);
  });

  it('writes a JSON report that the schema accepts and that repeats, but for durations', async () => {
    const runs = await Promise.all([1, 2].map(() => losscheck(['verify', 'unreduced.ts', '--no-cache', '--reporter', 'json'])));
    const [first, second] = runs.map(({ stdout }) => stdout.replaceAll(/"durationMs": [\d.]+/g, ''));
    expect(reportSchema.safeParse(JSON.parse(runs[0]?.stdout ?? '')).success).toBe(true);
    expect(first).toBe(second);
  });

  it('exits 3 for a target that cannot be loaded', async () => {
    const { code, stdout } = await losscheck(['verify', 'broken.ts']);
    expect(code).toBe(3);
    expect(stdout).toContain('✗ syntax-error');
  });

  it('exits 4 for a loss that does not return', async () => {
    expect((await losscheck(['verify', 'hanging.ts', '--timeout', '1'])).code).toBe(4);
  });

  it('exits 130 on SIGINT', async () => {
    const { code, stdout, stderr } = await losscheck(['verify', 'hanging.ts'], { interruptAfterMs: 1500 });
    expect([code, stdout, stderr]).toEqual([130, '', 'interrupted\n']);
  });

  it('ends quietly when nobody reads', async () => {
    const { code, stderr } = await losscheck(['list'], { closeStdout: true });
    expect([code, stderr]).toEqual([0, '']);
  });

  it('evaluates a built-in loss at a point', async () => {
    const argv = ['eval', 'mse', '--input', 'yPred=[1,2,3]', '--input', 'yTrue=[1.5,2.5,3.5]'];
    const text = await losscheck(argv);
    expect([text.code, text.stderr]).toEqual([0, '']);
    expect(text.stdout).toMatch(/value +0\.25\n/);
    const json = await losscheck([...argv, '--reporter', 'json:point.json']);
    expect(json.stdout).toBe('');
    expect(JSON.parse(readFileSync(join(folder, 'point.json'), 'utf8'))).toMatchObject({ loss: 'mse', value: 0.25 });
  });
});
