import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';

/** The numbers that an example prints, in the order of its lines. */
function numbersOf(name: string): readonly number[] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [path.join(packageRoot(), 'examples', name)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} exited ${status}\n${stderr}`);
  const lines = stdout.split('\n').filter((line) => /^(positives|focal loss|recall|total|losses|variances|weights) /.test(line));
  return lines.flatMap((line) => (line.match(/-?\d+(\.\d+)?(e-?\d+)?/g) ?? []).map(Number));
}

test('focal loss finds the rare positives', () => {
  const [share = 1, , first = 0, last = 1, recall = 0, precision = 0] = numbersOf('rare-positives.mjs');
  expect(share).toBeLessThan(0.1);
  expect(last).toBeLessThan(first / 4);
  expect(recall).toBeGreaterThan(0.9);
  expect(precision).toBeGreaterThan(0.6);
});

test('learned variances end at the losses of their tasks', () => {
  const [start = 0, end = 1, exact = 0, noisy = 0, ofExact = 0, ofNoisy = 0, , , strong = 0, weak = 1] = numbersOf('learned-weights.mjs');
  expect(end).toBeLessThan(start);
  expect(ofExact / exact).toBeCloseTo(1, 1);
  expect(ofNoisy / noisy).toBeCloseTo(1, 1);
  expect(strong).toBeGreaterThan(100 * weak);
});
