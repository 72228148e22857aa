import { afterAll, describe, expect, it } from 'vitest';
import type { LossReport } from '../../src/contracts/report.ts';
import { expectCivil, findingOf, lossOf as entryOf, reportOf, words, Workspace, type Ran } from './program.ts';
import { IMPORT, lossOf, squaredError } from './sources.ts';

/** A person with an empty folder and a loss that says nothing about itself. */

const workspace = new Workspace();
afterAll(() => workspace.remove());

interface Verified {
  readonly table: Ran;
  readonly json: Ran;
  readonly loss: LossReport;
}

async function verify(file: string, source: string, id: string): Promise<Verified> {
  workspace.write({ [file]: source });
  const [table, json] = await Promise.all([
    workspace.losscheck(['verify', `./${file}`]),
    workspace.losscheck(['verify', `./${file}`, '--reporter', 'json']),
  ]);
  for (const ran of [table, json]) {
    expectCivil(ran);
    expect(ran.stderr).toBe('');
  }
  expect(table.code).toBe(json.code);
  return { table, json, loss: entryOf(reportOf(json), `${file}#${id}`) };
}

/** Name, role and domain of each input, in the order of the arguments. */
function inputsOf({ inputs }: LossReport): string[] {
  return inputs.map(({ name, role, domain, inferred }) => `${name} ${role} ${domain}${inferred ? ' inferred' : ''}`);
}

describe('a loss without metadata', () => {
  it('passes, and the report says what was inferred and why', async () => {
    const { table, loss } = await verify('myloss.ts', IMPORT + squaredError(), 'default');
    expect(table.code).toBe(0);
    expect(loss.verdict).toBe('pass');
    expect(inputsOf(loss)).toEqual(['yPred prediction real inferred', 'yTrue target real inferred']);
    expect(loss.inputs.map(({ shape }) => shape)).toEqual([
      [8, 4],
      [8, 4],
    ]);
    expect(loss.notes.join('\n')).toMatch(/yPred.*domain real, because /);
    for (const note of loss.notes) expect(words(table.stdout)).toContain(words(note));
    expect(table.stdout).toMatch(/yPred +prediction +\[8,4\] +real \(inferred\)/);
  });

  it('that needs probabilities is taken to need them; without a clip it fails at their edges', async () => {
    const source = `${IMPORT}
export function bce(yPred: tf.Tensor, yTrue: tf.Tensor) {
  const positive = tf.mul(yTrue, tf.log(yPred));
  const negative = tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, yPred)));
  return tf.neg(tf.mean(tf.add(positive, negative)));
}
`;
    const { table, loss } = await verify('bce.ts', source, 'bce');
    expect(table.code).toBe(1);
    expect(inputsOf(loss)).toEqual(['yPred prediction probability inferred', 'yTrue target binary inferred']);
    expect(loss.notes.join('\n')).toMatch(/yPred.*domain probability, because /);
    expect(loss.checks.filter(({ status }) => status === 'fail').map(({ id }) => id)).toEqual(['edge-stability']);
    expect(findingOf(loss, 'nan-at-edge').location).toMatchObject({ file: 'bce.ts', line: 4, op: 'Log' });
    expect(findingOf(loss, 'infinity-at-edge').location).toMatchObject({ file: 'bce.ts', line: 5, op: 'Log' });
    expect(words(table.stdout)).toContain('tf.clipByValue(p, 1e-7, 1 - 1e-7)');
  });

  it('passes with the clip that the fix shows', async () => {
    const source = `${IMPORT}
export function bce(yPred: tf.Tensor, yTrue: tf.Tensor) {
  const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);
  const positive = tf.mul(yTrue, tf.log(p));
  const negative = tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p)));
  return tf.neg(tf.mean(tf.add(positive, negative)));
}
`;
    const { table, loss } = await verify('clipped.ts', source, 'bce');
    expect(inputsOf(loss)[0]).toMatch(/^yPred prediction probability/);
    expect([table.code, loss.verdict]).toEqual([0, 'pass']);
  });

  it.each([
    ['yTrue', 'yPred'],
    ['labels', 'logits'],
    ['target', 'input'],
  ])('in the order of Keras and tf.losses (%s, %s) is recognised', async (target, prediction) => {
    const source = `${IMPORT}
export function weighted(${target}: tf.Tensor, ${prediction}: tf.Tensor) {
  return tf.mean(tf.mul(tf.add(1, tf.clipByValue(${target}, 0, 1)), tf.abs(tf.sub(${prediction}, ${target}))));
}
`;
    const { table, loss } = await verify(`keras-${target}.ts`, source, 'weighted');
    expect([table.code, loss.verdict]).toEqual([0, 'pass']);
    expect(loss.inputs.map(({ name, role }) => [name, role])).toEqual([
      [target, 'target'],
      [prediction, 'prediction'],
    ]);
    expect(loss.notes.join('\n')).toMatch(new RegExp(`order.*${target}.*${prediction}.*Keras`));
  });

  it('with logits and one-hot labels is taken for what it is', async () => {
    const body = 'return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), -1)));';
    const source = `${IMPORT}\nexport function ce(labels: tf.Tensor, logits: tf.Tensor) {\n  ${body}\n}\n`;
    const { table, loss } = await verify('ce.ts', source, 'ce');
    expect(table.code).toBe(0);
    expect(inputsOf(loss)[1]).toMatch(/^logits prediction logit/);
  });

  it('with class indices gets class indices', async () => {
    const source = `${IMPORT}
export function sparse(labels: tf.Tensor, logits: tf.Tensor) {
  const oneHot = tf.oneHot(labels as tf.Tensor1D, 4);
  return tf.neg(tf.mean(tf.sum(tf.mul(oneHot, tf.logSoftmax(logits)), -1)));
}
`;
    const { table, loss } = await verify('sparse.ts', source, 'sparse');
    expect([table.code, loss.verdict]).toEqual([0, 'pass']);
    expect(inputsOf(loss)[0]).toBe('labels target class-index inferred');
  });

  it('for which nothing fits says what to declare', async () => {
    const body = `if (yPred.shape[0] !== 17) throw new Error('17 rows, please');\n  return tf.mean(tf.square(tf.sub(yPred, yTrue)));`;
    const { table, loss } = await verify('picky.ts', IMPORT + lossOf('default', body), 'default');
    expect([table.code, loss.verdict]).toEqual([3, 'error']);
    const finding = findingOf(loss, 'inputs-not-inferred');
    expect(`${finding.message} ${finding.fix}`).toContain('17 rows, please');
    expect(finding.fix).toMatch(/export const losscheck = \{.*inputs/s);
    expect(finding.location).toMatchObject({ file: 'picky.ts' });

    const declared = `${IMPORT}${lossOf('default', body)}export const losscheck = { inputs: { yPred: { shape: [17, 2], domain: 'real' }, yTrue: { shape: [17, 2], domain: 'real' } } };\n`;
    const mended = await verify('picky-declared.ts', declared, 'default');
    expect([mended.table.code, mended.loss.verdict]).toEqual([0, 'pass']);
  });
});

/** The document's `HuberLoss`, line by line, in TensorFlow.js. */
const HUBER = `${IMPORT}
export class HuberLoss {
  delta: number;

  constructor(delta = 1.0) {
    this.delta = delta;
  }

  forward(yPred: tf.Tensor, yTrue: tf.Tensor) {
    const absError = tf.abs(tf.sub(yPred, yTrue));
    const loss = tf.where(tf.less(absError, this.delta), tf.mul(0.5, tf.pow(absError, 2)), tf.mul(this.delta, tf.sub(absError, 0.5 * this.delta)));
    return tf.mean(loss);
  }
}
`;

describe(`the documents' HuberLoss`, () => {
  it('ported word for word cannot be trained on, and the report says why and where', async () => {
    const { table, loss } = await verify('huber.ts', HUBER, 'HuberLoss');
    expect([table.code, loss.verdict]).toEqual([1, 'fail']);
    expect(inputsOf(loss)).toEqual(['yPred prediction real inferred', 'yTrue target real inferred']);
    const finding = findingOf(loss, 'no-gradient-function');
    const line = HUBER.split('\n').findIndex((text) => text.includes('tf.less')) + 1;
    expect(finding.location).toMatchObject({ file: 'huber.ts', line, op: 'Less' });
    expect(finding.message).toContain('gradient function not found for Less');
    expect(finding.fix).toContain('tf.minimum(r, delta)');
    expect(table.stdout).toContain(`huber.ts:${line}:`);
    expect(table.stdout).toMatch(new RegExp(`^ {2}> +${line} \\|.*tf\\.less`, 'm'));
  });

  it.each([
    {
      name: 'tf.minimum',
      body: 'const r = tf.abs(tf.sub(yPred, yTrue));\n    const q = tf.minimum(r, this.delta);\n    return tf.mean(tf.add(tf.mul(0.5, tf.square(q)), tf.mul(this.delta, tf.sub(r, q))));',
    },
    {
      name: 'tf.where with tf.greaterEqual, branches swapped',
      body: 'const r = tf.abs(tf.sub(yPred, yTrue));\n    const linear = tf.mul(this.delta, tf.sub(r, 0.5 * this.delta));\n    return tf.mean(tf.where(tf.greaterEqual(r, this.delta), linear, tf.mul(0.5, tf.square(r))));',
    },
  ])('passes in a form that the fix shows: $name', async ({ name, body }) => {
    const start = HUBER.indexOf('    const absError');
    const end = HUBER.indexOf('    return tf.mean(loss);');
    const source = HUBER.slice(0, start) + `    ${body}` + HUBER.slice(end + '    return tf.mean(loss);'.length);
    const { table, loss } = await verify(`huber-${name.slice(3, 6)}.ts`, source, 'HuberLoss');
    expect([table.code, loss.verdict]).toEqual([0, 'pass']);
  });
});
