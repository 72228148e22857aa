import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verify } from '../../src/index.ts';
import type { LossReport } from '../../src/contracts/report.ts';
import { builtIns } from '../../src/run/builtins.ts';
import { expectationsOf, FIXTURES, fixturesOf } from '../fixtures/fixtures.ts';

/** Lanes are a way to compute, and nothing that anybody could see in a report. */

/** What a reader acts on: verdict, what was found, where, at which coordinate and what is said about it. */
function decisions({ id, verdict, checks }: LossReport): unknown {
  return {
    id,
    verdict,
    checks: checks.map((check) => ({
      id: check.id,
      status: check.status,
      coordinates: check.metrics['coordinates'],
      unresolved: check.metrics['unresolved'],
      findings: check.findings.map(({ code, severity, location, fix, data, replay }) => ({
        code,
        severity,
        file: location?.file,
        line: location?.line,
        op: location?.op,
        fix,
        input: data['input'],
        index: data['index'],
        at: data['at'],
        replay,
      })),
    })),
  };
}

async function withAndWithout(target: string): Promise<{ readonly together: readonly LossReport[]; readonly alone: readonly LossReport[] }> {
  const options = { targets: [target], backend: 'cpu' as const, isolate: false, check: ['gradient-match'] };
  const together = await verify(options);
  const alone = await verify({ ...options, lanes: false });
  return { together: together.losses, alone: alone.losses };
}

/** Numbers of a gradient-match that do not depend on which way they are computed, but for rounding. */
function expectSameBounds(together: readonly LossReport[], alone: readonly LossReport[]): void {
  together.forEach((loss, index) => {
    const [one] = loss.checks;
    const [other] = alone[index]?.checks ?? [];
    const seen = [one, other].map((check) => check?.metrics['smallestDetectable']);
    if (typeof seen[0] !== 'number' || typeof seen[1] !== 'number') expect(seen[0]).toEqual(seen[1]);
    else expect(Math.abs(seen[0] - seen[1])).toBeLessThanOrEqual(1e-3 * Math.max(seen[0], seen[1]));
  });
}

const faulty = fixturesOf('bad')
  .filter((file) => expectationsOf(file).some(({ check }) => check === 'gradient-match'))
  .map((file) => join(FIXTURES, file));

describe('gradient-match with and without lanes', () => {
  it('has faulty losses to look at', () => {
    expect(faulty.length).toBeGreaterThan(15);
  });

  it.each([...builtIns().ids, ...faulty])('%s: the same decisions and bounds', async (target) => {
    const { together, alone } = await withAndWithout(target);
    expect(together.map(decisions)).toEqual(alone.map(decisions));
    expectSameBounds(together, alone);
  });
});
