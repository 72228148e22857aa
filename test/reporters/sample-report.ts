import type { CheckReport, FindingReport, LossReport, Report } from '../../src/contracts/report.ts';

/** Hand-made reports: each builder gives a plain valid object, and a test changes what it is about. */

export function finding(changes: Partial<FindingReport> = {}): FindingReport {
  return {
    code: 'gradient-mismatch',
    severity: 'error',
    message:
      'The gradient is wrong in 32 of 32 coordinates of yPred. Worst at yPred[2, 1]: analytic -0.125, numeric 0.125 ± 3e-12, relative error 2.',
    why: 'The model follows the analytic gradient. When it is not the slope of the loss, training goes somewhere else, without any error.',
    fix: 'Derive the gradFunc of the tf.customGrad again: it must return dy times the derivative of the value, for each input.',
    location: {
      file: 'myloss.ts',
      line: 14,
      column: 10,
      op: 'customGrad',
      frame: {
        startLine: 12,
        lines: [
          'export default function focal(yPred: tf.Tensor, yTrue: tf.Tensor) {',
          '  const p = tf.clipByValue(yPred, 1e-7, 1 - 1e-7);',
          '  return square(tf.sub(p, yTrue)).mean();',
          '}',
        ],
      },
    },
    data: {
      input: 'yPred',
      index: [2, 1],
      point: {
        yPred: [
          [0.25, 0.5],
          [0.99999994, 1e-10],
        ],
        yTrue: [
          [1, 0],
          [0, 1],
        ],
      },
    },
    replay: 'losscheck verify myloss.ts --check gradient-match --seed 0',
    eval: "losscheck eval myloss.ts --input yPred='[[1]]'",
    allowed: null,
    fingerprint: '0123456789abcdef',
    ...changes,
  };
}

export function check(changes: Partial<CheckReport> = {}): CheckReport {
  return {
    id: 'gradient-match',
    status: 'pass',
    summary: '32 coordinates, relative error at most 3e-11, would have seen 1e-5',
    durationMs: 12.3,
    metrics: { coordinates: 32, maxRelativeError: 3e-11, smallestDetectable: 1.0000023e-5 },
    findings: [],
    ...changes,
  };
}

export function passingChecks(): CheckReport[] {
  return [
    check({ id: 'scalar-output', summary: 'one finite float32 scalar', metrics: { samples: 5 } }),
    check({ id: 'gradient-flow', summary: 'yPred gets a gradient at every sample', metrics: {} }),
    check({ id: 'edge-stability', summary: 'finite at 36 edge points', metrics: { points: 36 } }),
    check(),
    check({ id: 'term-balance', status: 'skip', summary: 'the loss returns no components', metrics: {} }),
  ];
}

function failingChecks(): CheckReport[] {
  return passingChecks().map((each) =>
    each.id === 'gradient-match'
      ? check({ status: 'fail', summary: '32 of 32 coordinates of yPred are wrong', findings: [finding()] })
      : each,
  );
}

export function loss(changes: Partial<LossReport> = {}): LossReport {
  return {
    id: 'myloss.ts#focal',
    name: 'focal',
    file: 'myloss.ts',
    export: 'focal',
    inputs: [
      { name: 'yPred', role: 'prediction', shape: [8, 4], domain: 'probability', inferred: false },
      { name: 'yTrue', role: 'target', shape: [8, 4], domain: 'one-hot', inferred: false },
    ],
    notes: [],
    verdict: 'pass',
    durationMs: 123.4,
    checks: passingChecks(),
    findings: [],
    ...changes,
  };
}

export function failingLoss(changes: Partial<LossReport> = {}): LossReport {
  return loss({ verdict: 'fail', checks: failingChecks(), ...changes });
}

export function unloadableLoss(): LossReport {
  return loss({
    id: 'broken.ts',
    name: 'broken.ts',
    file: 'broken.ts',
    export: null,
    inputs: [],
    verdict: 'error',
    checks: [],
    findings: [
      finding({
        code: 'syntax-error',
        message: 'broken.ts:3:9: expected ")" but found ";"',
        why: 'The module cannot be read, so no loss in it was checked.',
        fix: 'Close the parenthesis.',
        location: {
          file: 'broken.ts',
          line: 1,
          column: 14,
          op: null,
          frame: { startLine: 1, lines: ['export = (a, ;'] },
        },
        data: {},
        replay: 'losscheck verify broken.ts',
        eval: null,
      }),
    ],
  });
}

export function report(losses: readonly LossReport[], changes: Partial<Report> = {}): Report {
  const amount = (verdict: LossReport['verdict']) => losses.filter((each) => each.verdict === verdict).length;
  return {
    schemaVersion: 1,
    tool: { name: 'losscheck', version: '0.1.0' },
    seed: 0,
    engines: {
      reference: { backend: 'cpu', precision: 64, tfjs: '4.22.0', fallbackReason: null },
      production: {
        backend: 'cpu',
        precision: 32,
        tfjs: '4.22.0',
        fallbackReason: '@tensorflow/tfjs-node is not installed',
      },
    },
    losses: [...losses],
    summary: {
      losses: losses.length,
      passed: amount('pass'),
      failed: amount('fail'),
      inconclusive: amount('inconclusive'),
      errors: amount('error'),
    },
    exitCode: amount('error') > 0 ? 3 : amount('fail') + amount('inconclusive') > 0 ? 1 : 0,
    ...changes,
  };
}
