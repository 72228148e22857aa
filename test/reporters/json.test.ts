import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { reportSchema } from '../../src/contracts/report.ts';
import { renderJson, toJson } from '../../src/reporters/json.ts';
import { reportJsonSchema } from '../../src/reporters/schema.ts';
import { check, failingLoss, finding, loss, report, unloadableLoss } from './sample-report.ts';

describe('toJson', () => {
  it('indents by two spaces and ends with a newline', () => {
    expect(toJson({ a: ['x'] })).toBe('{\n  "a": [\n    "x"\n  ]\n}\n');
  });

  it('puts the numbers of an array on one line, and nothing else', () => {
    const value = { 'a,b[': [1, -2.5e-7, NaN], c: [[1, 2], [3]], d: ['NaN text', 1], e: [1, 'x'], f: [], g: [{ h: [0] }] };
    const text = toJson(value);
    expect(text).toContain('  "a,b[": [1, -2.5e-7, "NaN"],\n');
    expect(text).toContain('  "c": [\n    [1, 2],\n    [3]\n  ],\n');
    expect(text).toContain('  "d": [\n    "NaN text",\n    1\n  ],\n');
    expect(text).toContain('  "e": [\n    1,\n    "x"\n  ],\n');
    expect(JSON.parse(text)).toEqual({ ...value, 'a,b[': [1, -2.5e-7, 'NaN'] });
  });

  it('writes numbers that JSON lacks as strings, at any depth', () => {
    const value = { a: NaN, b: [Infinity, { c: -Infinity }], d: Float32Array.of(1, NaN) };
    expect(JSON.parse(toJson(value))).toEqual({ a: 'NaN', b: ['Infinity', { c: '-Infinity' }], d: [1, 'NaN'] });
  });
});

describe('renderJson', () => {
  it('gives the report back', () => {
    const sample = report([loss(), failingLoss(), unloadableLoss()]);
    const parsed: unknown = JSON.parse(renderJson(sample));
    expect(parsed).toEqual(sample);
    expect(reportSchema.safeParse(parsed).success).toBe(true);
  });
});

describe('reportJsonSchema', () => {
  const validate = new Ajv2020().compile(reportJsonSchema());

  it('accepts what the reporter writes, NaN included', () => {
    const checks = [check({ metrics: { worst: NaN }, findings: [finding({ data: { analytic: NaN } })] })];
    const text = renderJson(report([failingLoss({ checks }), unloadableLoss()]));
    validate(JSON.parse(text));
    expect(validate.errors).toBeNull();
  });

  it('refuses another version and a missing field', () => {
    const sample = report([loss()]);
    expect(validate({ ...sample, schemaVersion: 2 })).toBe(false);
    expect(validate({ ...sample, exitCode: undefined })).toBe(false);
  });

  it('accepts fields that a later minor version adds', () => {
    expect(validate({ ...report([loss()]), more: 1 })).toBe(true);
  });
});
