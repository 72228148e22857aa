import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { renderNdjson } from '../../src/reporters/ndjson.ts';
import { problemsOf } from '../../src/reporters/problems.ts';
import { oddReport, typicalReport } from './every-report.ts';
import { check, loss, report } from './sample-report.ts';

const lineSchema = z.looseObject({ type: z.enum(['run', 'loss', 'check', 'problem', 'summary']) });

function linesOf(text: string) {
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n').map((line) => lineSchema.parse(JSON.parse(line)));
}

describe('renderNdjson', () => {
  it('tells a typical run', () => {
    expect(renderNdjson(typicalReport())).toMatchSnapshot();
  });

  it.each([
    ['a typical run', typicalReport()],
    ['odd texts', oddReport()],
    ['nothing', report([])],
  ])('has a line for the run, each loss, check and problem, and a last one: %s', (_name, sample) => {
    const lines = linesOf(renderNdjson(sample));
    expect(lines[0]).toMatchObject({ type: 'run', schemaVersion: 1, seed: 0, tool: { name: 'losscheck' }, engines: sample.engines });
    expect(lines.at(-1)).toEqual({ type: 'summary', ...sample.summary, exitCode: sample.exitCode });
    const amount = (type: string) => lines.filter((line) => line.type === type).length;
    const checks = sample.losses.flatMap((each) => each.checks).length;
    expect([amount('loss'), amount('check'), amount('problem')]).toEqual([sample.losses.length, checks, problemsOf(sample).length]);
  });

  it('gives every text back as it was, and NaN as a string', () => {
    const problems = linesOf(renderNdjson(oddReport())).filter(({ type }) => type === 'problem');
    expect(problems.map(({ message }) => message)).toEqual(problemsOf(oddReport()).map(({ message }) => message));
    expect(renderNdjson(report([loss({ checks: [check({ metrics: { worst: Number.NaN } })] })]))).toContain('"metrics":{"worst":"NaN"}');
  });
});
