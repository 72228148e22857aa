import { describe, expect, it } from 'vitest';
import type { EvaluationReport } from '../../src/contracts/report.ts';
import { renderEvaluation } from '../../src/reporters/evaluation.ts';
import { report } from './sample-report.ts';

const plain = { color: false, verbose: false, quiet: false, width: 80, root: '' };

function evaluation(changes: Partial<EvaluationReport> = {}): EvaluationReport {
  return {
    schemaVersion: 1,
    loss: 'combined',
    value: 0.325,
    components: { mse: 0.25, l1: 0.5 },
    gradients: { yPred: [-0.25, 0.5], yTrue: null },
    engine: report([]).engines.reference,
    ...changes,
  };
}

describe('renderEvaluation', () => {
  it('shows value, components, gradients and the engine', () => {
    expect(renderEvaluation(evaluation(), plain)).toBe(
      [
        'combined',
        '  value           0.325',
        '  component mse   0.25',
        '  component l1    0.5',
        '  gradient yPred  [-0.25, 0.5]',
        '  gradient yTrue  none',
        '  float64 on cpu, tfjs 4.22.0',
        '',
      ].join('\n'),
    );
  });

  it('shows every digit of a double, and the shortest form of a float32', () => {
    const value = 1 - 16.3 / 17.4;
    expect(renderEvaluation(evaluation({ value }), plain)).toContain(`value           ${value}\n`);
    const { production } = report([]).engines;
    const text = renderEvaluation(evaluation({ value: Math.fround(0.1), engine: production }), plain);
    expect(text).toContain('value           0.1\n');
    expect(text).toContain('float32 on cpu, tfjs 4.22.0; @tensorflow/tfjs-node is not installed');
  });

  it('shows a value that is no scalar, and NaN', () => {
    expect(renderEvaluation(evaluation({ value: [1, 2] }), plain)).toContain('value           [1, 2]');
    expect(renderEvaluation(evaluation({ value: 'NaN' }), plain)).toContain('value           NaN');
  });
});
