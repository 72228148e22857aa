import { describe, expect, it } from 'vitest';
import { formatNested } from '../../src/reporters/nested.ts';
import { describeTensor, readNumbers } from '../../src/reporters/tensor.ts';

const WIDTH = 56;

describe('readNumbers', () => {
  it('reads nested arrays, typed arrays and shaped data alike', () => {
    const expected = { shape: [2, 2], values: [1, 2, 3, 4] };
    expect(
      readNumbers([
        [1, 2],
        [3, 4],
      ]),
    ).toEqual(expected);
    expect(readNumbers([Float32Array.of(1, 2), Float32Array.of(3, 4)])).toEqual(expected);
    expect(readNumbers({ shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) })).toEqual(expected);
  });

  it('reads scalars and non-finite numbers', () => {
    expect(readNumbers(3)).toEqual({ shape: [], values: [3] });
    expect(readNumbers(['NaN', 1])).toEqual({ shape: [2], values: [NaN, 1] });
  });

  it.each([[[[1], [2, 3]]], ['text'], [{ shape: [3], data: [1] }], [null], [[1, 'x']]])('refuses %j', (value) => {
    expect(readNumbers(value)).toBeNull();
  });
});

describe('describeTensor', () => {
  it('shows few values in full', () => {
    expect(
      describeTensor([
        [0.25, 1],
        [1e-10, -0],
      ]),
    ).toBe('[2,2] 0.25, 1, 1e-10, -0');
  });

  it('shows one value for a constant tensor', () => {
    expect(
      describeTensor([
        [0, 0],
        [0, 0],
      ]),
    ).toBe('[2,2] all 0');
    expect(describeTensor(['NaN', 'NaN'])).toBe('[2] all NaN');
  });

  it('tells 0 from -0', () => {
    expect(describeTensor([0, -0])).toBe('[2] 0, -0');
  });

  it('shows the beginning and the range of many values', () => {
    const values = Array.from({ length: 100 }, (_, index) => index);
    expect(describeTensor(values)).toBe('[100] 0, 1, 2, 3, 4, 5, 6, 7, … (100 values, 0 to 99)');
  });

  it('counts what is not finite among many values', () => {
    const values = [...Array.from({ length: 9 }, (_, index) => index), 'NaN', 'Infinity'];
    expect(describeTensor(values)).toContain('(11 values, 0 to Infinity, 2 not finite)');
  });

  it('falls back to JSON for what is no tensor', () => {
    expect(describeTensor({ a: 1 })).toBe('{"a":1}');
  });
});

describe('formatNested', () => {
  it('prints a short vector on one line', () => {
    expect(formatNested([1, 2.5, -0.1], 64, WIDTH)).toEqual(['[1, 2.5, -0.1]']);
  });

  it('aligns the decimal points of a matrix', () => {
    expect(
      formatNested(
        [
          [1, 2.5],
          [-10, 0.25],
        ],
        64,
        WIDTH,
      ),
    ).toEqual(['[[  1,      2.5],', ' [-10,      0.25]]']);
  });

  it('nests deeper shapes and reads back as JSON', () => {
    const value = [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ];
    const lines = formatNested(value, 64, WIDTH);
    expect(lines).toHaveLength(4);
    expect(JSON.parse(lines.join('\n'))).toEqual(value);
  });

  it('continues a long vector below, and loses no digit', () => {
    const value = Array.from({ length: 30 }, (_, index) => Math.sin(index));
    const lines = formatNested(value, 64, WIDTH);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(JSON.parse(lines.join('\n'))).toEqual(value);
  });

  it('prints empty tensors and NaN', () => {
    expect(formatNested([], 64, WIDTH)).toEqual(['[]']);
    expect(formatNested([['NaN', 1]], 64, WIDTH)).toEqual(['[[NaN,   1]]']);
  });
});
