import type { CoordinatesReport, EvidenceReport, StepsReport } from '../../src/contracts/evidence.ts';
import type { LossReport } from '../../src/contracts/report.ts';
import { check, failingLoss, finding, loss, passingChecks } from './sample-report.ts';

/** Hand-made evidence, as the checks would have seen it. */

type Of<K extends EvidenceReport['kind']> = Extract<EvidenceReport, { kind: K }>;

const range = (length: number, at: (position: number) => number) => Array.from({ length }, (_, position) => at(position));

/** A squared error whose gradient has the wrong sign. */
export function slice(changes: Partial<Of<'slice'>> = {}): Of<'slice'> {
  const x = range(41, (at) => -1 + at * 0.05);
  return {
    kind: 'slice',
    input: 'yPred',
    index: [2, 1],
    at: 'sample 0',
    center: 0.25,
    x,
    loss: x.map((each) => 0.4 + (each - 0.5) ** 2 / 4),
    analytic: x.map((each) => -(each - 0.5) / 2),
    numeric: x.map((each) => (each - 0.5) / 2),
    ...changes,
  };
}

/** The V: truncation on one side, rounding on the other. */
export function steps(changes: Partial<StepsReport> = {}): StepsReport {
  const sizes = range(12, (at) => 10 ** -(at + 1));
  const errors = sizes.map((step) => step ** 2 * 3 + 2e-16 / step);
  return {
    kind: 'steps',
    input: 'yPred',
    index: [2, 1],
    at: 'sample 0',
    analytic: 0.125,
    steps: sizes,
    numeric: errors.map((error) => 0.125 * (1 + error)),
    relativeErrors: errors,
    chosen: 4,
    ...changes,
  };
}

/** One column of 32 coordinates is wrong. */
export function coordinates(changes: Partial<CoordinatesReport> = {}): CoordinatesReport {
  const positions = range(32, (at) => at);
  const isWrong = (at: number) => at % 4 === 1;
  return {
    kind: 'coordinates',
    input: 'yPred',
    at: 'sample 0',
    shape: [8, 4],
    positions,
    analytic: positions.map((at) => (isWrong(at) ? -0.125 : 0.125) * (1 + at / 32)),
    numeric: positions.map((at) => 0.125 * (1 + at / 32)),
    relativeErrors: positions.map((at) => (isWrong(at) ? 2 - at / 20 : 10 ** -(9 + (at % 5)))),
    errorBounds: positions.map(() => 3e-12),
    compared: 32,
    rtol: 1e-5,
    ...changes,
  };
}

/** A logarithm that float32 cannot follow close to 0. */
export function float32(changes: Partial<Of<'float32'>> = {}): Of<'float32'> {
  const x = range(33, (at) => (at + 1) / 34);
  const noise = (at: number) => 1 + Math.sin(at * 7) * 10 ** (-6.5 + at / 9);
  return {
    kind: 'float32',
    input: 'yPred',
    index: [0, 1],
    at: 'sample 1',
    x,
    loss64: x.map((each) => -Math.log(each)),
    loss32: x.map((each, at) => -Math.log(each) * (1 + Math.sin(at) * 6e-8)),
    gradient64: x.map((each) => -1 / each),
    gradient32: x.map((each, at) => (-1 / each) * noise(at)),
    ...changes,
  };
}

export function terms(changes: Partial<Of<'terms'>> = {}): Of<'terms'> {
  return {
    kind: 'terms',
    names: ['reconstruction', 'kl', 'smoothness'],
    values: [
      [120, 0.8, 0.02],
      [98, 1.1, 0.03],
      [143, 0.6, 0.01],
    ],
    gradientNorms: [
      [42, 0.5, 0.001],
      [37, 0.7, 0.002],
      [51, 0.4, 0.0015],
    ],
    ...changes,
  };
}

export function descent(changes: Partial<Of<'descent'>> = {}): Of<'descent'> {
  const row = (start: number, rate: number) => range(6, (step) => start * rate ** step);
  return { kind: 'descent', losses: [row(1.4, 0.8), row(0.9, 0.7), row(1.1, 0.85)], atMatch: 0.02, ...changes };
}

export const everyKind: readonly EvidenceReport[] = [slice(), steps(), coordinates(), float32(), terms(), descent()];

const source = {
  startLine: 1,
  lines: [
    `import * as tf from '@tensorflow/tfjs';`,
    '',
    'const square = tf.customGrad((x: tf.Tensor, save: (tensors: tf.Tensor[]) => void) => {',
    '  save([x]);',
    '  return {',
    '    value: tf.square(x),',
    '    gradFunc: (dy, [saved]) => tf.mul(dy, tf.mul(saved, -2)),',
    '  };',
    '});',
    '',
    '/** Squared error of clipped probabilities. */',
    'export default function focal(yPred: tf.Tensor, yTrue: tf.Tensor) {',
    '  const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);',
    '  return square(tf.sub(p, yTrue)).mean();',
    '}',
  ],
};

/** A loss that fails, with a picture of every kind. */
export function drawnLoss(changes: Partial<LossReport> = {}): LossReport {
  const wrong = check({
    status: 'fail',
    summary: '8 of 32 coordinates of yPred are wrong',
    findings: [finding()],
    evidence: [slice(), steps(), coordinates()],
  });
  return failingLoss({
    checks: [
      ...passingChecks().filter(({ id }) => id === 'scalar-output' || id === 'gradient-flow'),
      wrong,
      check({ id: 'precision', status: 'warn', summary: 'float32 keeps 3 digits of the gradient', metrics: { digits: 3.1 }, findings: [lostDigits], evidence: [float32()] }),
      check({ id: 'term-balance', summary: 'three components', metrics: {}, evidence: [terms()] }),
      check({ id: 'descent', summary: '5 steps lower the loss at 3 of 3 starts', metrics: {}, evidence: [descent()] }),
    ],
    source,
    ...changes,
  });
}

const lostDigits = finding({
  code: 'precision-loss',
  severity: 'warning',
  message: 'float32 keeps 3.1 digits of the gradient with respect to yPred at sample 1; they are lost in Sub.',
  data: { input: 'yPred', digits: 3.1, op: 'Sub', labels: ['gradient'] },
  fingerprint: 'fedcba9876543210',
});

/** Many losses of every verdict, for what a large run looks like. */
export function manyLosses(count: number): LossReport[] {
  return Array.from({ length: count }, (_, at) => {
    const id = { id: `src/losses/loss-${at}.ts#loss${at}`, name: `loss${at}`, file: `src/losses/loss-${at}.ts` };
    if (at % 10 === 3) return drawnLoss(id);
    const checks = [...passingChecks(), check({ id: 'descent', summary: 'lowers the loss', metrics: {}, evidence: [descent()] })];
    if (at % 10 !== 7) return loss({ ...id, checks });
    return loss({ ...id, checks: checks.map((each) => (each.id === 'gradient-match' ? check({ status: 'warn', findings: [lostDigits] }) : each)) });
  });
}
