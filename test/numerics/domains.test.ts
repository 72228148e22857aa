import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOMAIN_NAMES, type Domain, type DomainName } from '../../src/contracts/domain.ts';
import {
  DomainError,
  domainBounds,
  edgeCombinations,
  edgesOf,
  isIntegerDomain,
  sampleDomain,
  type EdgeInput,
} from '../../src/numerics/domains.ts';
import { createRandom } from '../../src/numerics/random.ts';

const CLASSES = 3;

function rowsOf(values: Float64Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) => Array.from(values.subarray(row * width, (row + 1) * width)));
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

function isOneOf(...allowed: number[]): (values: Float64Array) => boolean {
  return (values) => values.every((value) => allowed.includes(value));
}

function everyRow(test: (row: number[]) => boolean): (values: Float64Array, width: number) => boolean {
  return (values, width) => rowsOf(values, width).every(test);
}

/** What it means to be in a domain, written apart from the sampler. */
const MEMBERSHIP: Record<DomainName, (values: Float64Array, width: number) => boolean> = {
  real: (values) => values.every(Number.isFinite),
  logit: (values) => values.every(Number.isFinite),
  probability: (values) => values.every((p) => p >= 0 && p <= 1),
  distribution: everyRow((row) => row.every((p) => p >= 0 && p <= 1) && Math.abs(sum(row) - 1) < 1e-12),
  positive: (values) => values.every((value) => value > 0),
  nonnegative: (values) => values.every((value) => value >= 0),
  binary: isOneOf(0, 1),
  sign: isOneOf(-1, 1),
  'one-hot': everyRow((row) => sum(row) === 1 && row.every((value) => value === 0 || value === 1)),
  'class-index': isOneOf(0, 1, 2),
  'unit-vector': everyRow((row) => Math.abs(Math.hypot(...row) - 1) < 1e-12),
  boxes: everyRow(([x1 = NaN, y1 = NaN, x2 = NaN, y2 = NaN]) => x1 < x2 && y1 < y2),
};

/** Domains whose samples must not stand on an edge, with the interior that is promised. */
const INTERIOR: Partial<Record<DomainName, [low: number, high: number]>> = {
  probability: [0.05, 0.95],
  positive: [0.1, 5],
  nonnegative: [0.1, 5],
};

describe('sampleDomain', () => {
  it.each(DOMAIN_NAMES)('draws members of %s', (domain) => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 6 }), (seed, rows) => {
        const shape = [rows, 4];
        const values = sampleDomain(domain, shape, CLASSES, createRandom(seed));
        expect(values).toHaveLength(rows * 4);
        expect(MEMBERSHIP[domain](values, 4)).toBe(true);
        const [low, high] = INTERIOR[domain] ?? [-Infinity, Infinity];
        expect(values.every((value) => value >= low && value <= high)).toBe(true);
      }),
    );
  });

  it.each(DOMAIN_NAMES)('draws the same %s from the same seed', (domain) => {
    const draw = (seed: number): Float64Array => sampleDomain(domain, [8, 4], CLASSES, createRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('has the spread that is promised', () => {
    const deviation = (domain: Domain): number => {
      const values = sampleDomain(domain, [20000], null, createRandom('spread'));
      return Math.sqrt(sum([...values].map((value) => value * value)) / values.length);
    };
    expect(deviation('real')).toBeCloseTo(1, 1);
    expect(deviation('logit')).toBeCloseTo(2, 1);
    const boxes = rowsOf(sampleDomain('boxes', [500, 4], null, createRandom('boxes')), 4);
    const sides = boxes.flatMap(([x1 = 0, y1 = 0, x2 = 0, y2 = 0]) => [x2 - x1, y2 - y1]);
    expect(Math.min(...sides)).toBeGreaterThan(0.2 - 1e-12);
    expect(Math.max(...sides)).toBeLessThan(2 + 1e-12);
    expect(Math.max(...sides) - Math.min(...sides)).toBeGreaterThan(1.5);
  });

  it('has every class where there is room', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = createRandom(seed);
      expect(new Set(sampleDomain('binary', [2], null, random)).size).toBe(2);
      expect(new Set(sampleDomain('sign', [2], null, random)).size).toBe(2);
      expect(new Set(sampleDomain('class-index', [5], 5, random)).size).toBe(5);
      expect(new Set(sampleDomain('class-index', [2], 5, random)).size).toBe(2);
      const rows = rowsOf(sampleDomain('one-hot', [4, 4], null, random), 4);
      expect(new Set(rows.map((row) => row.indexOf(1))).size).toBe(4);
    }
  });

  it('does not always have them in the same order', () => {
    const orders = Array.from({ length: 30 }, (_, seed) => sampleDomain('binary', [2], null, createRandom(seed)).join());
    expect(new Set(orders).size).toBe(2);
  });

  it('stays strictly inside { min, max }', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (min, width) => {
        const max = min + width;
        const values = sampleDomain({ min, max }, [20], null, createRandom(`${min}`));
        expect(values.every((value) => value > min && value < max)).toBe(true);
      }),
    );
    expect(sampleDomain({ min: -1.7e308, max: 1.7e308 }, [9], null, createRandom(1)).every(Number.isFinite)).toBe(true);
  });

  it('fills a scalar', () => {
    expect(sampleDomain('real', [], null, createRandom(1))).toHaveLength(1);
    expect(sampleDomain(() => 3, [], null, createRandom(1))).toEqual(Float64Array.of(3));
  });

  it('takes flat, nested and typed arrays from a sampler', () => {
    const expected = Float64Array.of(1, 2, 3, 4);
    for (const values of [[1, 2, 3, 4], [[1, 2], [3, 4]], Float32Array.of(1, 2, 3, 4), [Float64Array.of(1, 2), [3, 4]]]) {
      expect(sampleDomain(() => values, [2, 2], null, createRandom(1))).toEqual(expected);
    }
  });

  it('gives a sampler the seeded source and the shape', () => {
    const sampler = (random: () => number, shape: readonly number[]): unknown => shape.flatMap((n) => Array.from({ length: n }, random));
    const draw = (seed: number): Float64Array => sampleDomain(sampler, [3], null, createRandom(seed));
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
  });

  const holdsItself = (): unknown => {
    const values: unknown[] = [];
    values.push(values);
    return values;
  };

  it.each([
    ['too few values', () => [1, 2, 3], /4 finite numbers for shape \[2, 2\], found 3/],
    ['NaN', () => [1, 2, NaN, 4], /found NaN at position 2/],
    ['text', () => [1, 'two', 3, 4], /found a value of type string at position 1/],
    ['nothing', () => undefined, /4 finite numbers for shape \[2, 2\], found undefined/],
    ['an array that holds itself', holdsItself, /found 1|nested too deep/],
    ['an array without end', () => Array.from({ length: 5 }, () => 1), /found more/],
    ['another shape than it was given', (_random: () => number, shape: readonly number[]) => { Reflect.set(shape, 'length', 0); return [1]; }, /4 finite numbers for shape \[2, 2\], found 1/],
  ])('refuses %s from a sampler', (_, sampler, message) => {
    const draw = (): unknown => sampleDomain(sampler, [2, 2], null, createRandom(1));
    expect(draw).toThrow(DomainError);
    expect(draw).toThrow(message);
  });
});

describe('shapes that do not fit', () => {
  it.each<[Domain, number[], number | null, RegExp]>([
    ['one-hot', [8, 1], null, /'one-hot' needs at least 2 entries on the last axis, found 1 in shape \[8, 1\]/],
    ['one-hot', [], null, /'one-hot' needs a shape with at least one axis, found \[\]/],
    ['distribution', [8, 1], null, /'distribution' needs at least 2 entries/],
    ['boxes', [8, 3], null, /'boxes' needs 4 numbers \(x1, y1, x2, y2\) on the last axis, found 3 in shape \[8, 3\]/],
    ['class-index', [8], null, /'class-index' needs 'classes', a whole number of at least 2, found null/],
    ['class-index', [8], 1, /found 1/],
    [{ min: 1, max: 1 }, [8], null, /needs finite numbers with min below max, found \{ min: 1, max: 1 \}/],
    [{ min: 0, max: Infinity }, [8], null, /found \{ min: 0, max: Infinity \}/],
  ])('%j of shape %j', (domain, shape, classes, message) => {
    for (const attempt of [() => sampleDomain(domain, shape, classes, createRandom(1)), () => edgesOf(domain, shape, classes)]) {
      expect(attempt).toThrow(DomainError);
      expect(attempt).toThrow(message);
    }
  });
});

function edgeTable(domain: Domain, shape: readonly number[], classes: number | null = null): Record<string, number[]> {
  return Object.fromEntries(edgesOf(domain, shape, classes).map(({ name, values }) => [name, [...values]]));
}

describe('edgesOf', () => {
  it('real', () => {
    expect(edgeTable('real', [4])).toEqual({
      'all 0': [0, 0, 0, 0],
      'all 0.5': [0.5, 0.5, 0.5, 0.5],
      'all 1': [1, 1, 1, 1],
      '[1, -1]': [1, -1, 1, -1],
      'all 1e-10': [1e-10, 1e-10, 1e-10, 1e-10],
      'all 1e10': [1e10, 1e10, 1e10, 1e10],
      'all -1e10': [-1e10, -1e10, -1e10, -1e10],
      '[0, 1e-10, 1e10]': [0, 1e-10, 1e10, 0],
      '[0, 0, 1e10]': [0, 0, 1e10, 0],
    });
  });

  it('logit', () => {
    expect(edgeTable('logit', [3])).toEqual({
      'all 0': [0, 0, 0],
      'all 1': [1, 1, 1],
      'all 1e-10': [1e-10, 1e-10, 1e-10],
      'all 1e3': [1e3, 1e3, 1e3],
      'all -1e3': [-1e3, -1e3, -1e3],
      '[1e3, -1e3]': [1e3, -1e3, 1e3],
      '[-1e3, 0, 1e3]': [-1e3, 0, 1e3],
    });
  });

  it('probability', () => {
    const table = edgeTable('probability', [2]);
    const below = Math.fround(1 - 6e-8);
    expect(table).toEqual({
      'all 0': [0, 0],
      'all 1': [1, 1],
      '[0, 1]': [0, 1],
      'all 1e-10': [1e-10, 1e-10],
      'all 0.5': [0.5, 0.5],
      'all 1-6e-8': [below, below],
    });
    expect(below).toBeLessThan(1);
  });

  it('distribution', () => {
    expect(edgeTable('distribution', [2, 3])).toEqual({
      'a vertex': [1, 0, 0, 1, 0, 0],
      'rotating vertices': [1, 0, 0, 0, 1, 0],
      uniform: [1 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3],
      'one near 1, the others 1e-10': [1 - 2e-10, 1e-10, 1e-10, 1 - 2e-10, 1e-10, 1e-10],
    });
  });

  it('positive and nonnegative', () => {
    const positive = {
      'all 1e-10': [1e-10, 1e-10, 1e-10],
      'all 1': [1, 1, 1],
      'all 1e10': [1e10, 1e10, 1e10],
      '[1e-10, 1, 1e10]': [1e-10, 1, 1e10],
    };
    expect(edgeTable('positive', [3])).toEqual(positive);
    expect(edgeTable('nonnegative', [3])).toEqual({ 'all 0': [0, 0, 0], ...positive });
  });

  it('binary, sign, one-hot, class-index', () => {
    expect(edgeTable('binary', [3])).toEqual({ 'all 0': [0, 0, 0], 'all 1': [1, 1, 1], '[0, 1]': [0, 1, 0] });
    expect(edgeTable('sign', [3])).toEqual({ 'all -1': [-1, -1, -1], 'all 1': [1, 1, 1], '[-1, 1]': [-1, 1, -1] });
    expect(edgeTable('one-hot', [2, 2])).toEqual({
      'all first class': [1, 0, 1, 0],
      'all last class': [0, 1, 0, 1],
      'rotating classes': [1, 0, 0, 1],
    });
    expect(edgeTable('class-index', [4], 3)).toEqual({
      'all first class': [0, 0, 0, 0],
      'all last class': [2, 2, 2, 2],
      'rotating classes': [0, 1, 2, 0],
    });
  });

  it('unit-vector', () => {
    expect(edgeTable('unit-vector', [2, 2])).toEqual({
      'all e1': [1, 0, 1, 0],
      'all -e1': [-1, 0, -1, 0],
      'rotating axes': [1, 0, 0, 1],
    });
  });

  it('boxes', () => {
    expect(edgeTable('boxes', [1, 4])).toEqual({
      'unit boxes': [0, 0, 1, 1],
      'side 1e-6': [0, 0, 1e-6, 1e-6],
      'side 1e4': [0, 0, 1e4, 1e4],
      thin: [0, 0, 1, 1e-6],
      touching: [1, 0, 2, 1],
      'far apart': [1e4, 1e4, 10001, 10001],
      'negative coordinates': [-2, -2, -1, -1],
    });
    expect(edgeTable('boxes', [2, 4])['touching']).toEqual([1, 0, 2, 1, 0, 0, 1, 1]);
  });

  it('{ min, max }', () => {
    expect(edgeTable({ min: -2, max: 4 }, [2])).toEqual({
      'all -2': [-2, -2],
      'all 4': [4, 4],
      'all 1': [1, 1],
      '[-2, 4]': [-2, 4],
    });
  });

  it('has none for a sampler', () => {
    expect(edgesOf(() => [1], [1], null)).toEqual([]);
  });

  it.each(DOMAIN_NAMES)('stays in the closure of %s', (domain) => {
    const { lower, upper } = domainBounds(domain);
    for (const { values } of edgesOf(domain, [3, 4], CLASSES)) {
      expect(values).toHaveLength(12);
      expect(values.every((value) => value >= lower && value <= upper)).toBe(true);
      expect(MEMBERSHIP[domain](values, 4)).toBe(true);
    }
  });
});

function input(name: string, domain: Domain, shape: readonly number[] = [3]): EdgeInput {
  return { name, domain, shape, classes: null };
}

function hasTriple(combinations: ReturnType<typeof edgeCombinations>, prediction: string, target: string): boolean {
  return combinations.some(
    ({ values }) => values[prediction]?.join() === [0, 1e-10, 1e10].join() && values[target]?.join() === [0, 0, 1e10].join(),
  );
}

describe('edgeCombinations', () => {
  it('is the full product up to the limit', () => {
    const combinations = edgeCombinations([input('p', 'probability'), input('t', 'binary')]);
    expect(combinations).toHaveLength(6 * 3);
    expect(new Set(combinations.map(({ label }) => label)).size).toBe(18);
    expect(combinations[0]).toEqual({
      label: 'p all 0; t all 0',
      values: { p: Float64Array.of(0, 0, 0), t: Float64Array.of(0, 0, 0) },
    });
  });

  it('holds the triple of the documents for two reals', () => {
    expect(hasTriple(edgeCombinations([input('p', 'real'), input('t', 'real')]), 'p', 't')).toBe(true);
    expect(hasTriple(edgeCombinations([input('t', 'real'), input('p', 'real')]), 'p', 't')).toBe(true);
    expect(hasTriple(edgeCombinations([input('p', 'nonnegative'), input('t', 'nonnegative')]), 'p', 't')).toBe(true);
    expect(hasTriple(edgeCombinations([input('p', 'positive'), input('t', 'real')]), 'p', 't')).toBe(false);
  });

  it('beyond the limit meets every edge of every input alone, and the triple', () => {
    const inputs = [input('a', 'real'), input('b', 'real'), input('c', 'real')];
    const combinations = edgeCombinations(inputs);
    expect(combinations.length).toBeLessThanOrEqual(120);
    expect(combinations.length).toBeGreaterThan(60);
    expect(new Set(combinations.map(({ label }) => label)).size).toBe(combinations.length);
    for (const [p, t] of [['a', 'b'], ['b', 'a'], ['a', 'c'], ['c', 'b']] as const) expect(hasTriple(combinations, p, t)).toBe(true);
    for (const { name } of inputs) {
      const others = inputs.filter((other) => other.name !== name);
      for (const edge of edgesOf('real', [3], null)) {
        const alone = combinations.some(
          ({ values }) =>
            values[name]?.join() === edge.values.join() && others.every((other) => values[other.name]?.every((v) => v === 0.5)),
        );
        expect([name, edge.name, alone]).toEqual([name, edge.name, true]);
      }
    }
    const extreme = combinations.filter(({ values }) => Object.values(values).every((v) => v.every((x) => x !== 0.5)));
    expect(extreme.length).toBeGreaterThan(9);
  });

  it('keeps to a limit of its caller', () => {
    expect(edgeCombinations([input('p', 'real'), input('t', 'real')], 81)).toHaveLength(81);
    expect(edgeCombinations([input('p', 'real'), input('t', 'real')], 40).length).toBeLessThanOrEqual(40);
  });

  it('leaves out what has no edges', () => {
    const sampler = input('s', () => [1, 2, 3]);
    expect(edgeCombinations([sampler])).toEqual([]);
    expect(edgeCombinations([])).toEqual([]);
    const combinations = edgeCombinations([input('p', 'binary'), sampler]);
    expect(combinations.map(({ values }) => Object.keys(values))).toEqual([['p'], ['p'], ['p']]);
  });

  it('takes inputs of different shapes', () => {
    const [first] = edgeCombinations([input('p', 'distribution', [2, 3]), { name: 't', domain: 'class-index', shape: [2], classes: 3 }]);
    expect(first).toEqual({
      label: 'p a vertex; t all first class',
      values: { p: Float64Array.of(1, 0, 0, 1, 0, 0), t: Float64Array.of(0, 0) },
    });
  });
});

describe('domainBounds and isIntegerDomain', () => {
  it.each<[Domain, number, number]>([
    ['real', -Infinity, Infinity],
    ['logit', -Infinity, Infinity],
    ['unit-vector', -Infinity, Infinity],
    ['boxes', -Infinity, Infinity],
    [() => 1, -Infinity, Infinity],
    ['probability', 0, 1],
    ['distribution', 0, 1],
    ['binary', 0, 1],
    ['one-hot', 0, 1],
    ['sign', -1, 1],
    ['positive', 5e-324, Infinity],
    ['nonnegative', 0, Infinity],
    ['class-index', 0, Infinity],
    [{ min: -3, max: 2 }, -3, 2],
  ])('%s', (domain, lower, upper) => {
    expect(domainBounds(domain)).toEqual({ lower, upper });
  });

  it('holds every sample', () => {
    for (const domain of DOMAIN_NAMES) {
      const { lower, upper } = domainBounds(domain);
      const values = sampleDomain(domain, [16, 4], CLASSES, createRandom(domain));
      expect(values.every((value) => value >= lower && value <= upper)).toBe(true);
    }
  });

  it('only class-index is int32', () => {
    expect(DOMAIN_NAMES.filter(isIntegerDomain)).toEqual(['class-index']);
    expect(isIntegerDomain({ min: 0, max: 3 })).toBe(false);
  });
});
