import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { VerifyOptions } from '../../src/contracts/options.ts';
import { pruneBaseline, updateBaseline, verify } from '../../src/run/index.ts';

/** A gate for a project that has findings already. */

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-baseline-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILE = 'losscheck-baseline.json';
const HEAD = `import * as tf from '@tensorflow/tfjs';\n`;
const LOG = `export const log = (yPred: tf.Tensor, yTrue: tf.Tensor) =>\n  tf.neg(tf.mean(tf.mul(yTrue, tf.log(yPred))));\n`;
const ROOT = `export const root = (yPred: tf.Tensor, yTrue: tf.Tensor) =>\n  tf.mean(tf.sqrt(tf.sub(yPred, tf.minimum(yPred, yTrue))));\n`;
const MENDED = LOG.replace('tf.log(yPred)', 'tf.log(tf.add(yPred, 1e-7))');

function write(text: string, name = 'src/losses.ts'): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}

const OPTIONS: VerifyOptions = { targets: ['src'], cwd: folder, isolate: false, backend: 'cpu', check: ['edge-stability'], input: { yPred: { domain: 'probability' } } };

async function update(options: VerifyOptions = OPTIONS) {
  const change = await updateBaseline(options);
  if (change.text !== null) writeFileSync(change.file, change.text);
  return change;
}

const gate = (options: VerifyOptions = {}) => verify({ ...OPTIONS, baseline: FILE, ...options });

beforeEach(() => {
  rmSync(path.join(folder, 'src'), { recursive: true, force: true });
  for (const name of [FILE, 'losscheck.config.json']) rmSync(path.join(folder, name), { force: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "project" }');
  write(HEAD + LOG);
});

describe('a baseline', () => {
  it('accepts what there was, which stays visible', async () => {
    expect((await gate({ baseline: false })).exitCode).toBe(1);
    const change = await update();
    expect(change.added.map(({ loss, check, code }) => [loss, check, code])).toEqual([['src/losses.ts#log', 'edge-stability', 'nan-at-edge']]);
    const report = await gate();
    expect(report).toMatchObject({ exitCode: 0, baseline: { file: FILE, known: 1, stale: [] } });
    expect(report.losses[0]?.checks[0]?.findings[0]).toMatchObject({ known: true, allowed: `known: in the baseline ${FILE}` });
  });

  it('knows a finding again after lines moved and with another seed', async () => {
    await update();
    write(`${HEAD}\n// A comment.\n\n${LOG}`);
    expect(await gate({ seed: 5 })).toMatchObject({ exitCode: 0, baseline: { known: 1, stale: [] } });
  });

  it('does not let a mended finding make up for a new one', async () => {
    await update();
    write(HEAD + MENDED + ROOT);
    const report = await gate();
    expect(report.exitCode).toBe(1);
    expect(report.baseline).toMatchObject({ known: 0, stale: [{ loss: 'src/losses.ts#log', code: 'nan-at-edge' }] });
  });

  it('tells what is stale only where it was looked for', async () => {
    await update();
    write(HEAD + MENDED);
    expect((await gate({ check: ['scalar-output'] })).baseline?.stale).toEqual([]);
    expect((await gate()).baseline?.stale).toHaveLength(1);
    rmSync(path.join(folder, 'src/losses.ts'));
    write(HEAD + MENDED, 'src/other.ts');
    expect((await gate()).baseline?.stale).toHaveLength(1);
  });

  it('update keeps entries of other files, and prune takes only what is gone', async () => {
    write(HEAD + ROOT, 'src/root.ts');
    await update();
    write(HEAD + MENDED);
    const again = await update({ ...OPTIONS, targets: ['src/root.ts'] });
    expect([again.added, again.removed, again.kept, again.text]).toEqual([[], [], 2, null]);
    const pruned = await pruneBaseline(OPTIONS);
    expect([pruned.added, pruned.removed.map(({ loss }) => loss), pruned.kept]).toEqual([[], ['src/losses.ts#log'], 1]);
  });

  it('lets go of an export that was renamed, where the whole file was looked at', async () => {
    await update();
    write(HEAD + LOG.replace('const log', 'const logarithm'));
    expect((await pruneBaseline({ ...OPTIONS, targets: ['src/losses.ts#logarithm'] })).removed).toEqual([]);
    expect((await pruneBaseline(OPTIONS)).removed.map(({ loss }) => loss)).toEqual(['src/losses.ts#log']);
    write('export const broken = (');
    expect((await pruneBaseline(OPTIONS)).removed).toEqual([]);
  });

  it('that is not there cannot be pruned', async () => {
    await expect(pruneBaseline(OPTIONS)).rejects.toThrow(/there is no file losscheck-baseline\.json/);
  });

  it('is the same from a folder below the config', async () => {
    writeFileSync(path.join(folder, 'losscheck.config.json'), JSON.stringify({ baseline: FILE, targets: ['src'] }));
    const { targets: _, ...options } = OPTIONS;
    await update(options);
    const below = { ...options, cwd: path.join(folder, 'src') };
    expect(await verify(below)).toMatchObject({ exitCode: 0, baseline: { file: `../${FILE}`, known: 1 } });
  });

  it('holds an inconclusive check too', async () => {
    write(readFileSync(path.resolve(import.meta.dirname, '../../fixtures/losses/bad/drowned-term.ts'), 'utf8'));
    const options = { ...OPTIONS, check: ['gradient-match'], input: {} };
    const before = await verify(options);
    expect(before.losses[0]?.verdict).toBe('inconclusive');
    await update(options);
    expect(await verify({ ...options, baseline: FILE })).toMatchObject({ exitCode: 0, losses: [{ verdict: 'pass', checks: [{ status: 'inconclusive', undecided: { known: true } }] }] });
  });

  it.each([
    ['{', /is no JSON/],
    ['{"version": 2, "findings": []}', /version: found 2/],
    ['{"version": 1, "findings": [{"loss": "a", "check": "b", "code": "c", "fingerprint": "xyz"}]}', /findings\[0\]\.fingerprint: found "xyz"; accepted: 16 hexadecimal digits/],
  ])('that is none is refused: %s', async (text, complaint) => {
    writeFileSync(path.join(folder, FILE), text);
    await expect(gate()).rejects.toThrow(complaint);
  });

  it('that is not there is refused with the command that writes it', async () => {
    await expect(gate()).rejects.toThrow(/there is no file losscheck-baseline\.json/);
  });
});
