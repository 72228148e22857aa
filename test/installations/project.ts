import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { run, type Ran } from '../e2e/program.ts';
import { reportSchema, type Report } from '../../src/contracts/report.ts';

const LOSSCHECK = inject('losscheck');

/** A project with packages from the registry. None of their install scripts runs, as under npm 12. */
export class Project {
  readonly folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-installation-')));

  constructor(packages: readonly string[], files: Readonly<Record<string, string>> = {}) {
    writeFileSync(path.join(this.folder, 'package.json'), '{ "private": true }');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(this.folder, name)), { recursive: true });
      writeFileSync(path.join(this.folder, name), text);
    }
    if (packages.length > 0) execFileSync('npm', ['install', '--silent', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], { cwd: this.folder });
  }

  /** As docs/backends.md has it done. */
  addNativeBackend(): string {
    return execFileSync(process.execPath, [path.join(LOSSCHECK, 'scripts', 'native-backend.mjs')], { cwd: this.folder, encoding: 'utf8' });
  }

  /** @param node the program that runs losscheck */
  losscheck(argv: readonly string[], node = process.execPath): Promise<Ran> {
    return run(node, [path.join(LOSSCHECK, 'bin', 'losscheck.js'), ...argv], { cwd: this.folder });
  }

  async verify(argv: readonly string[], node = process.execPath): Promise<{ readonly code: number | null; readonly stderr: string; readonly report: Report }> {
    const { code, stdout, stderr } = await this.losscheck(['verify', ...argv, '--reporter', 'json', '--no-cache'], node);
    return { code, stderr, report: reportSchema.parse(JSON.parse(stdout)) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Losses of a report that are not what they should be, with the codes of their findings. */
export function notPassed({ losses }: Report): readonly string[] {
  return losses
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ id, verdict, findings, checks }) => `${id} ${verdict}: ${[...findings, ...checks.flatMap((check) => check.findings)].map(({ code }) => code).join(', ')}`);
}

/** As a person writes it. */
export const LOSS = `import * as tf from '@tensorflow/tfjs-node';

export const meanSquare = (yPred: tf.Tensor, yTrue: tf.Tensor): tf.Tensor => tf.mean(tf.square(tf.sub(yPred, yTrue)));
`;

/** The square has a wrong gradient: it must be found on each of them. */
export const WRONG = `import * as tf from '@tensorflow/tfjs-node';

const square = tf.customGrad((...args) => {
  const [x, save] = args as [tf.Tensor, tf.GradSaver];
  save([x]);
  return { value: tf.square(x), gradFunc: (dy, [saved]) => tf.mul(dy as tf.Tensor, tf.mul(saved as tf.Tensor, 3)) };
});

export const wrong = (yPred: tf.Tensor, yTrue: tf.Tensor): tf.Tensor => tf.mean(square(tf.sub(yPred, yTrue)));
`;
