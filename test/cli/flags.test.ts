import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/contracts/errors.ts';
import { domainSchema, inputMetadataSchema } from '../../src/contracts/metadata.ts';
import { addInput } from '../../src/cli/flags/inputs.ts';
import { addParam } from '../../src/cli/flags/params.ts';
import { addPoint, parsePointFile } from '../../src/cli/flags/points.ts';
import { chooseReporters, reporterFlag } from '../../src/cli/flags/reporters.ts';
import { REPORTER_NAMES } from '../../src/reporters/names.ts';
import {
  parseChoice,
  parseRtol,
  parseSamples,
  parseSeed,
  parseSwitch,
  parseTimeout,
} from '../../src/cli/flags/scalars.ts';

/** The message of the usage error that `parse` throws; fails when it throws none or another. */
function complaint(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const addReporter = reporterFlag(REPORTER_NAMES);

describe('plain values', () => {
  it.each([
    [parseSeed, '0', 0],
    [parseSeed, '4294967295', 4294967295],
    [parseSamples, '12', 12],
    [parseRtol, '1e-5', 1e-5],
    [parseRtol, '.5', 0.5],
    [parseTimeout, '0.5', 0.5],
    [parseSwitch('--isolate'), 'on', true],
    [parseSwitch('--isolate'), 'off', false],
    [parseChoice('--backend', ['auto', 'cpu']), 'cpu', 'cpu'],
  ])('%o reads %s', (parse, text, value) => {
    expect(parse(text)).toBe(value);
  });

  it.each([
    [parseSeed, ['-1', '1.5', '4294967296', '', 'abc', '0x10', ' 1']],
    [parseSamples, ['0', '-3', '2.5', '', 'many']],
    [parseRtol, ['0', '1', '-1e-5', 'NaN', '', 'small']],
    [parseTimeout, ['0', '-1', 'Infinity', '1s', '']],
    [parseSwitch('--isolate'), ['yes', 'On', '']],
  ])('%o refuses what it does not mean', (parse, texts) => {
    for (const text of texts) expect(complaint(() => parse(text))).toContain(`found '${text}'`);
  });

  it('names flag, value, what is accepted and an example in one line', () => {
    expect(complaint(() => parseSeed('x'))).toBe(
      "--seed: found 'x', expected a whole number from 0 to 4294967295; for example --seed 7",
    );
  });

  it('suggests the nearest word', () => {
    expect(complaint(() => parseChoice('--backend', ['auto', 'node', 'wasm', 'cpu'])('wsam'))).toBe(
      "--backend: found 'wsam', expected auto, node, wasm or cpu (did you mean wasm?); for example --backend auto",
    );
  });
});

describe('--input of verify', () => {
  it.each([
    ['yPred=probability[8,4]', { domain: 'probability', shape: [8, 4] }],
    ['x=0:1[8]', { domain: { min: 0, max: 1 }, shape: [8] }],
    ['x=-1e-3:2.5', { domain: { min: -1e-3, max: 2.5 } }],
    ['x=[2, 3]', { shape: [2, 3] }],
    ['x=real[]', { domain: 'real', shape: [] }],
    ['y=class-index:10[8]', { domain: 'class-index', classes: 10, shape: [8] }],
    ['y = one-hot [8,4]', { domain: 'one-hot', shape: [8, 4] }],
  ])('%s', (text, expected) => {
    const declaration = Object.values(addInput(text))[0];
    expect(declaration).toEqual(expected);
    expect(inputMetadataSchema.safeParse(declaration).success).toBe(true);
  });

  it('collects several', () => {
    expect(addInput('b=[1]', addInput('a=real'))).toEqual({ a: { domain: 'real' }, b: { shape: [1] } });
  });

  it.each([
    ['yPred', "found 'yPred', expected name=value"],
    ['=real', "found '=real'"],
    ['x=', 'expected name=domain[shape]'],
    ['x=real[8', 'expected name=domain[shape]'],
    ['x=real[8]]', 'expected name=domain[shape]'],
    ['x=propability[8]', 'did you mean probability?'],
    ['x=1:0[8]', 'min below max'],
    ['x=0:inf', 'a range min:max of two numbers'],
    ['x=0:1:2', "unknown domain '0:1:2'"],
    ['x=real[8,0]', 'whole numbers of at least 1'],
    ['x=real[8,,4]', 'whole numbers of at least 1'],
    ['x=real[1,1,1,1,1,1,1]', 'at most 6'],
    ['y=class-index:1[8]', 'at least 2 classes'],
  ])('refuses %s', (text, message) => {
    const said = complaint(() => addInput(text));
    expect(said).toContain(message);
    expect(said).toMatch(/^--input[^\n]*(for example|did you mean)[^\n]*$/);
  });

  it('refuses the same input twice', () => {
    expect(complaint(() => addInput('a=[1]', addInput('a=real')))).toBe(
      "--input: 'a' is given twice; keep one of them",
    );
  });

  it('lists domains that the metadata accepts', () => {
    const [, listed = ''] = /expected one of (.*) or min:max/.exec(complaint(() => addInput('x=zzzzzzzzzzzz'))) ?? [];
    const names = listed.split(', ');
    expect(names).toHaveLength(12);
    for (const name of names) expect(domainSchema.safeParse(name).success).toBe(true);
  });
});

describe('--param', () => {
  it.each([
    ['gamma=2', { gamma: 2 }],
    ['reduction=sum', { reduction: 'sum' }],
    ['weights=[0.2, 0.8]', { weights: [0.2, 0.8] }],
    ['name="a=b"', { name: 'a=b' }],
    ['on=true', { on: true }],
    ['expr=a=b', { expr: 'a=b' }],
  ])('%s', (text, expected) => {
    expect(addParam(text)).toEqual(expected);
  });

  it.each(['weights=[0.2', 'o={a:1}', 'empty=', 'bare', '__proto__=1'])('refuses %s', (text) => {
    expect(complaint(() => addParam(text))).toContain('for example --param delta=0.5');
  });
});

describe('--input of eval', () => {
  it.each([
    ['a=1', 1],
    ['a=[1, 2.5, -3e-4]', [1, 2.5, -3e-4]],
    [
      'a=[[1,2],[3,4]]',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['a=[NaN, -Infinity, "Infinity"]', [NaN, -Infinity, Infinity]],
    ['a=[]', []],
  ])('%s', (text, expected) => {
    expect(addPoint(text)).toEqual({ a: expected });
  });

  it.each([
    ['a', 'expected name=value'],
    ['a=[1,', 'expected name=JSON'],
    ['a=abc', 'expected name=JSON'],
    ['a=["x"]', 'found \'"x"\''],
    ['a={"b":1}', 'expected a number or nested arrays'],
    ['a=[true]', "found 'true'"],
    ['a=[null]', "found 'null'"],
    ['a=[[1,2],[3]]', 'rows of different lengths ([2] and [1])'],
    ['a=[1,[2]]', 'rows of different lengths (a number and [1])'],
  ])('refuses %s', (text, message) => {
    expect(complaint(() => addPoint(text))).toContain(message);
  });
});

describe('--inputs of eval', () => {
  it('reads an object of inputs', () => {
    expect(parsePointFile('{"a": [1, "NaN"], "b": 2}', 'p.json')).toEqual({ a: [1, NaN], b: 2 });
  });

  it.each([
    ['[1, 2]', "--inputs p.json: found '[1, 2]', expected an object"],
    ['nothing', '--inputs p.json: found no valid JSON: Unexpected token'],
    ['null', 'expected an object'],
    ['{"a": "x"}', '--inputs p.json, field a: found'],
  ])('refuses %s', (json, message) => {
    expect(complaint(() => parsePointFile(json, 'p.json'))).toContain(message);
  });
});

describe('--reporter', () => {
  it('reads a name with and without a path', () => {
    expect(addReporter('json:out/a.json', addReporter('table'))).toEqual([
      { name: 'table', path: null },
      { name: 'json', path: 'out/a.json' },
    ]);
    expect(addReporter('json:C:\\r.json')).toEqual([{ name: 'json', path: 'C:\\r.json' }]);
  });

  it('refuses unknown names and empty paths', () => {
    expect(complaint(() => addReporter('jsn'))).toContain('did you mean json?');
    expect(complaint(() => addReporter('json:'))).toContain('expected a path after the colon');
  });

  it('is the table on stdout unless said', () => {
    expect(chooseReporters(undefined, '/x')).toEqual([{ name: 'table', path: null }]);
  });

  it('refuses two reporters for one place, however it is written', () => {
    const two = (a: string, b: string) => () => chooseReporters(addReporter(b, addReporter(a)), '/x');
    expect(complaint(two('table', 'json'))).toContain('only one reporter can write to stdout');
    expect(complaint(two('table:a', 'json:./a'))).toContain("two reporters write to './a'");
    expect(two('table', 'json:a')()).toHaveLength(2);
  });
});
