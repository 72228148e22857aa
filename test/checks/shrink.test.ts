import { describe, expect, it } from 'vitest';
import type { FindingReport } from '../../src/contracts/report.ts';
import { evaluate, verify } from '../../src/run/index.ts';

/** What is shown is a small example, and `eval` at that point shows the same. */

const BAD = 'fixtures/losses/bad';

async function findingOf(file: string, code: string): Promise<FindingReport> {
  const { losses } = await verify({ targets: [`${BAD}/${file}`], isolate: false, backend: 'cpu' });
  const found = losses.flatMap(({ checks }) => checks.flatMap(({ findings }) => findings)).find((one) => one.code === code);
  if (found === undefined) throw new Error(`${file} shows no ${code}`);
  return found;
}

function pointOf({ data }: FindingReport): Record<string, unknown> {
  return { ...(data['point'] as Record<string, unknown>) };
}

/** The entry of nested arrays at an index. */
function at(nested: unknown, index: readonly number[]): unknown {
  return index.reduce<unknown>((part, position) => (Array.isArray(part) ? part[position] : part), nested);
}

describe('the smallest example of a failure', () => {
  it.each([
    ['custom-grad-sign.ts', 1],
    ['custom-grad-missing-factor.js', 2],
    ['custom-grad-transposed.ts', 8],
    ['soft-labels-cross-entropy.ts', 2],
  ])('%s: few numbers, and eval gives the wrong gradient there', async (file, rows) => {
    const found = await findingOf(file, 'gradient-mismatch');
    const point = pointOf(found);
    const { input, index, analytic } = found.data as { input: string; index: number[]; analytic: number };
    expect((point[input] as unknown[]).length).toBeLessThanOrEqual(rows);
    const { gradients } = await evaluate({ target: `${BAD}/${file}`, inputs: point, isolate: false });
    expect(at(gradients[input], index)).toBeCloseTo(analytic, 12);
  });

  it('keeps the rows that a position-dependent fault needs', async () => {
    const found = await findingOf('custom-grad-one-coordinate.ts', 'gradient-mismatch');
    expect(found.data['index']).toEqual([3]);
    expect(found.data['relativeError']).toBeCloseTo(1e-3, 5);
  });

  it('shows an edge with its own numbers, in one row, on the engine that broke', async () => {
    const found = await findingOf('epsilon-too-small.ts', 'infinity-at-edge');
    expect(pointOf(found)).toEqual({ probability: [1], labels: [0] });
    expect(found.eval).toBe(`losscheck eval ${BAD}/epsilon-too-small.ts#bce --precision 32 --backend cpu --input 'probability=[1]' --input 'labels=[0]'`);
    const { value } = await evaluate({ target: `${BAD}/epsilon-too-small.ts`, inputs: pointOf(found), precision: 32, isolate: false, backend: 'cpu' });
    expect(value).toBe(Infinity);
  });

  it('leaves a finding without a point without an eval line', async () => {
    const found = await findingOf('missing-mean.ts', 'not-scalar');
    expect(found.eval).toBeNull();
  });
});
