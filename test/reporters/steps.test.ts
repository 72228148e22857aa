import { describe, expect, it } from 'vitest';
import type { EvidenceReport, StepsReport } from '../../src/contracts/evidence.ts';
import type { LossReport } from '../../src/contracts/report.ts';
import { renderTable } from '../../src/reporters/table.ts';
import { renderSteps } from '../../src/reporters/steps.ts';
import { displayWidth } from '../../src/reporters/text.ts';
import { check, finding, loss, report } from './sample-report.ts';

const plain = { color: false, verbose: false, quiet: false, width: 80, root: '' };

function steps(changes: Partial<StepsReport> = {}): StepsReport {
  const relativeErrors = [2e-2, 1e-4, 1e-7, 1e-11, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 2];
  return {
    kind: 'steps',
    input: 'yPred',
    index: [2, 1],
    at: 'sample 0',
    analytic: 0.25,
    steps: relativeErrors.map((_, rung) => 2 ** -(4 + 3 * rung)),
    numeric: relativeErrors.map(() => 0.25),
    relativeErrors,
    chosen: 4,
    ...changes,
  };
}

function failing(evidence: readonly EvidenceReport[], data: Record<string, unknown> = {}): LossReport {
  const found = finding({ data: { ...finding().data, at: 'sample 0', ...data } });
  return loss({ verdict: 'fail', checks: [check({ status: 'fail', findings: [found], evidence })] });
}

describe('the steps of a finding', () => {
  it('falls and rises, the chosen one marked, ends in numbers', () => {
    expect(renderSteps('', steps(), 80)).toEqual(['█▆▅▃[▁]▂▄▅▇█  0.06 to 5e-10, [chosen]; relative error 1e-15 to 2']);
  });

  it('is level where no step agrees with autograd', () => {
    const relativeErrors = steps().steps.map(() => 0.5);
    expect(renderSteps('', steps({ relativeErrors }), 80).join()).toMatch(/^████\[█\]█████ .* relative error 0\.5 at each$/);
  });

  it('leaves a gap where there is no number, and says when no step was good enough', () => {
    const relativeErrors = ['NaN' as const, ...steps().relativeErrors.slice(1)];
    const [line] = renderSteps('', steps({ relativeErrors, chosen: null }), 80);
    expect(line).toMatch(/^ ▆/);
    expect(line).toContain('none good enough; relative error 1e-15 to 2');
  });

  it('thins out what does not fit, and keeps the chosen step', () => {
    const many = Array.from({ length: 33 }, (_, rung) => (rung === 7 ? 1e-16 : 1));
    const [line = ''] = renderSteps('', steps({ relativeErrors: many, steps: many.map((_, rung) => 2 ** -rung), chosen: 7 }), 80);
    expect(line).toMatch(/^█+\[▁\]█+ {2}/);
    expect(displayWidth(line)).toBeLessThanOrEqual(80);
    const [wide = ''] = renderSteps('', steps({ relativeErrors: many, steps: many.map((_, rung) => 2 ** -rung), chosen: 7 }), 120);
    expect(wide).toMatch(/^█{7}\[▁\]█{25} {2}/);
  });

  it('is shown with the finding about its coordinate alone', () => {
    expect(renderTable(report([failing([steps()])]), plain)).toContain('  steps   █▆▅▃[▁]▂▄▅▇█  0.06 to');
    expect(renderTable(report([failing([steps()], { index: [0, 0] })]), plain)).not.toContain('  steps   ');
    expect(renderTable(report([failing([steps({ at: 'edges[0]' })])]), plain)).not.toContain('  steps   ');
  });
});
