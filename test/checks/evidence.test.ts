import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EvidenceReport } from '../../src/contracts/evidence.ts';
import { reportSchema, type CheckReport, type FindingReport, type LossReport } from '../../src/contracts/report.ts';
import { formatDomain } from '../../src/contracts/domain.ts';
import { verify } from '../../src/run/index.ts';
import type { VerifyOptions } from '../../src/contracts/options.ts';

/** What the checks keep for pictures: numbers that are right, and that change nothing else. */

const BAD = 'fixtures/losses/bad';
const folder = mkdtempSync(join(tmpdir(), 'losscheck-evidence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function lossOf(target: string, options: Partial<VerifyOptions> = {}): Promise<LossReport> {
  const report = await verify({ targets: [target], isolate: false, backend: 'cpu', details: true, ...options });
  expect(reportSchema.safeParse(JSON.parse(JSON.stringify(report))).error).toBeUndefined();
  const [loss] = report.losses;
  if (loss === undefined) throw new Error(`${target} holds no loss`);
  return loss;
}

function checkOf({ checks }: LossReport, id: string): CheckReport {
  const check = checks.find((one) => one.id === id);
  if (check === undefined) throw new Error(`${id} did not run`);
  return check;
}

type Kind = EvidenceReport['kind'];

function all<K extends Kind>(loss: LossReport, kind: K): Extract<EvidenceReport, { kind: K }>[] {
  return loss.checks.flatMap(({ evidence = [] }) => evidence.filter((one): one is Extract<EvidenceReport, { kind: K }> => one.kind === kind));
}

function only<K extends Kind>(loss: LossReport, kind: K): Extract<EvidenceReport, { kind: K }> {
  const [one, ...others] = all(loss, kind);
  if (one === undefined || others.length > 0) throw new Error(`${others.length + 1} of ${kind}`);
  return one;
}

function findingOf(loss: LossReport, code: string): FindingReport {
  const found = loss.checks.flatMap(({ findings }) => findings).find((one) => one.code === code);
  if (found === undefined) throw new Error(`${loss.id} shows no ${code}`);
  return found;
}

const numbers = (values: readonly (number | string)[]): number[] => values.map(Number);

describe('steps', () => {
  it('of a right gradient fall to rounding and rise again; the chosen one is as good as they come', async () => {
    const { steps, relativeErrors, chosen, analytic, numeric } = only(await lossOf('log-cosh', { check: ['gradient-match'] }), 'steps');
    const errors = numbers(relativeErrors);
    const least = errors.indexOf(Math.min(...errors));
    expect(steps).toEqual(steps.map((_, rung) => Number(steps[0]) / 2 ** rung));
    expect(least).toBeGreaterThan(0);
    expect(least).toBeLessThan(errors.length - 1);
    expect(errors[0]).toBeGreaterThan(1e-8);
    expect(errors.at(-1)).toBeGreaterThan(1e3 * (errors[chosen ?? -1] ?? NaN));
    expect(errors[chosen ?? -1]).toBeLessThan(1e-10);
    errors.forEach((error, rung) => {
      const [a, n] = [Number(analytic), Number(numeric[rung])];
      expect(error).toBeCloseTo(Math.abs(a - n) / Math.max(Math.abs(a), Math.abs(n)), 14);
    });
  });

  it('of a parabola are exact from the first pair on, where the ladder ends', async () => {
    const { relativeErrors, chosen } = only(await lossOf('mse', { check: ['gradient-match'] }), 'steps');
    expect(chosen).toBe(1);
    expect(Math.max(...numbers(relativeErrors).slice(0, 3))).toBeLessThan(1e-12);
    expect(Number(relativeErrors.at(-1))).toBeGreaterThan(1e-9);
  });

  it.each([
    ['custom-grad-sign.ts', 'gradient-mismatch'],
    ['custom-grad-missing-factor.js', 'gradient-mismatch'],
    ['custom-grad-one-coordinate.ts', 'gradient-mismatch'],
  ])('%s: they are there without details, at the coordinate of the finding, and never get better', async (file, code) => {
    const loss = await lossOf(`${BAD}/${file}`, { details: false });
    const { data } = findingOf(loss, code);
    const { input, index, at, analytic, relativeErrors, chosen, numeric } = only(loss, 'steps');
    expect({ input, index, at, analytic }).toEqual({ input: data['input'], index: data['index'], at: data['at'], analytic: data['analytic'] });
    expect(Number(numeric[chosen ?? -1])).toBeCloseTo(Number(data['numeric']), 10);
    const wrong = Number(data['relativeError']);
    expect(Math.min(...numbers(relativeErrors).slice(2, 20)) / wrong).toBeCloseTo(1, 4);
    expect(loss.checks.flatMap(({ evidence = [] }) => evidence)).toHaveLength(1);
  });

  it('of what passes are kept with details alone', async () => {
    const loss = await lossOf('huber', { details: false });
    expect(loss.checks.filter(({ evidence }) => evidence !== undefined)).toEqual([]);
  });

  it('choose none at a kink', async () => {
    const loss = await lossOf(kinked(), { check: ['gradient-match'] });
    expect(findingOf(loss, 'invalid-subgradient').data['input']).toBe('yPred');
    expect(only(loss, 'steps').chosen).toBeNull();
  });
});

describe('coordinates', () => {
  it('mark exactly the planted one', async () => {
    const { positions, shape, relativeErrors, wrong, compared } = only(await lossOf(`${BAD}/custom-grad-one-coordinate.ts`), 'coordinates');
    expect({ positions, shape, wrong, compared }).toEqual({ positions: [0, 1, 2, 3, 4, 5, 6, 7], shape: [8], wrong: [3], compared: 8 });
    expect(relativeErrors[3]).toBeCloseTo(1e-3, 5);
    expect(Math.max(...numbers(relativeErrors).filter((_, position) => position !== 3))).toBeLessThan(1e-9);
  });

  it('of a large input are thinned out to the worst', async () => {
    const shape = { shape: [1024, 8] };
    const { positions, relativeErrors, compared, analytic } = only(await lossOf('mse', { check: ['gradient-match'], input: { yPred: shape, yTrue: shape } }), 'coordinates');
    expect(compared).toBe(8192);
    expect(positions).toHaveLength(4096);
    expect(new Set(positions).size).toBe(4096);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect([relativeErrors, analytic].map(({ length }) => length)).toEqual([4096, 4096]);
  });

  it('show a kink with a valid subgradient as right', async () => {
    const loss = await lossOf(kinked({ slope: 'tf.sign(d)' }), { check: ['gradient-match'] });
    expect(checkOf(loss, 'gradient-match').status).toBe('pass');
    expect(only(loss, 'coordinates').wrong).toEqual([]);
  });
});

describe('slice', () => {
  it('holds loss and slope of a mean of squares along one coordinate', async () => {
    const loss = await lossOf('mse', { check: ['gradient-match'] });
    const { x, center, loss: values, analytic, numeric, index, input } = only(loss, 'slice');
    const { index: ladder, analytic: slope } = only(loss, 'steps');
    expect({ input, index }).toEqual({ input: 'yPred', index: ladder });
    expect(x).toHaveLength(41);
    const at = x.indexOf(center);
    expect(analytic[at]).toBeCloseTo(Number(slope), 14);
    const size = loss.inputs[0]?.shape.reduce((product, dimension) => product * dimension, 1) ?? NaN;
    numbers(x).forEach((there, row) => {
      const step = there - Number(center);
      // Of mean((p - t)^2) the slope is 2 (p - t) / n, and the value grows by slope·step + step^2 / n.
      expect(Number(analytic[row])).toBeCloseTo(Number(slope) + (2 * step) / size, 12);
      expect(Number(values[row])).toBeCloseTo(Number(values[at]) + Number(slope) * step + step ** 2 / size, 12);
      expect(Number(numeric[row])).toBeCloseTo(Number(analytic[row]), 9);
    });
  });

  it('stays inside the domain', async () => {
    const loss = await lossOf('focal', { check: ['gradient-match'] });
    expect(formatDomain('probability')).toBe(loss.inputs[0]?.domain);
    const { x, loss: values } = only(loss, 'slice');
    expect(Math.min(...numbers(x))).toBeGreaterThan(0);
    expect(Math.max(...numbers(x))).toBeLessThan(1);
    expect(numbers(values).every(Number.isFinite)).toBe(true);
  });

  it('shows the wrong slope beside the right one', async () => {
    const { analytic, numeric } = only(await lossOf(`${BAD}/custom-grad-sign.ts`), 'slice');
    const telling = numbers(numeric).flatMap((slope, row) => (Math.abs(slope) > 1e-6 ? [Number(analytic[row]) / slope] : []));
    expect(telling.length).toBeGreaterThan(30);
    for (const ratio of telling) expect(ratio).toBeCloseTo(-1, 6);
  });
});

describe('float32', () => {
  it('lies beside float64 where digits are kept', async () => {
    const { x, loss64, loss32, gradient64, gradient32 } = only(await lossOf('mse', { check: ['precision'] }), 'float32');
    expect(numbers(x)).toEqual(numbers(x).map(Math.fround));
    expect(numbers(loss32)).not.toEqual(numbers(loss64));
    numbers(loss64).forEach((value, row) => expect(Math.abs(Number(loss32[row]) / value - 1)).toBeLessThan(1e-6));
    const largest = Math.max(...numbers(gradient64).map(Math.abs));
    numbers(gradient64).forEach((value, row) => expect(Math.abs(Number(gradient32[row]) - value)).toBeLessThan(1e-6 * largest));
  });

  it('is taken where the finding was, and shows what is lost', async () => {
    const loss = await lossOf(`${BAD}/potential-offset.js`, { check: ['precision'] });
    const { data } = findingOf(loss, 'lost-value-digits');
    const { at, loss64, loss32 } = only(loss, 'float32');
    expect(at).toBe(data['at']);
    expect(Math.max(...numbers(loss64).map((value, row) => Math.abs(Number(loss32[row]) / value - 1)))).toBeGreaterThan(1e-4);
  });
});

describe('terms and descent', () => {
  it('keep each component and its gradient at each sample', async () => {
    const loss = await lossOf(`${BAD}/heavy-penalty.js`, { check: ['term-balance'] });
    const { names, values, gradientNorms } = only(loss, 'terms');
    const { largest, smallest, ratio } = findingOf(loss, 'dominant-term').data;
    expect(names).toEqual(expect.arrayContaining([largest, smallest]));
    expect([values, gradientNorms].map((rows) => rows.map(({ length }) => length))).toEqual([[names.length, names.length, names.length], [names.length, names.length, names.length]]);
    const [one, other] = [names.indexOf(String(largest)), names.indexOf(String(smallest))];
    for (const row of values) expect(Math.abs(Number(row[one]) / Number(row[other]))).toBeGreaterThanOrEqual(Number(ratio) * (1 - 1e-12));
  });

  it('keep the way down and the loss at a match', async () => {
    const { losses, atMatch } = only(await lossOf('mse', { check: ['descent'] }), 'descent');
    expect(losses).toHaveLength(3);
    for (const way of losses.map(numbers)) {
      expect(way.length).toBeGreaterThan(1);
      expect(way).toEqual(way.toSorted((a, b) => b - a));
    }
    expect(atMatch).toBe(0);
  });
});

describe('details', () => {
  it.each(['huber', 'vae-elbo', `${BAD}/custom-grad-transposed.ts`, `${BAD}/great-circle.ts`])('change nothing else: %s', async (target) => {
    const [without, with_] = [await lossOf(target, { details: false }), await lossOf(target)];
    const rest = (loss: LossReport): unknown =>
      JSON.parse(JSON.stringify(loss, (key, value: unknown) => (['evidence', 'durationMs', 'source'].includes(key) ? undefined : value)));
    expect(rest(with_)).toEqual(rest(without));
    expect(checkOf(with_, 'gradient-match').evidence?.length).toBeGreaterThan(1);
  });

  it('are the same at every run', async () => {
    const evidence = async (): Promise<unknown> => (await lossOf('focal-with-logits')).checks.map((check) => check.evidence);
    expect(await evidence()).toEqual(await evidence());
  });
});

/** |p - t| with a gradient of its own, compared where p = t: `slope` of d = p - t. */
function kinked({ slope = 'tf.add(tf.sign(d), tf.mul(tf.cast(tf.equal(d, 0), "float32"), 3))' } = {}): string {
  const file = join(folder, `kinked-${slope.length}.ts`);
  writeFileSync(
    file,
    `import * as tf from '@tensorflow/tfjs';
const distance = tf.customGrad((x: tf.Tensor, save: tf.GradSaveFunc) => {
  save([x]);
  return { value: tf.sum(tf.abs(x)), gradFunc: (dy: tf.Tensor, [d]: tf.Tensor[]) => tf.mul(dy, ${slope}) };
});
export const losscheck = {
  inputs: { yPred: { shape: [4], domain: 'real' }, yTrue: { shape: [4], domain: 'real', role: 'target' } },
  edges: [{ yPred: [1, 2, 3, 4], yTrue: [1, 2, 3, 5] }],
};
export function loss(yPred: tf.Tensor, yTrue: tf.Tensor) {
  return distance(tf.sub(yPred, yTrue));
}
`,
  );
  return file;
}
