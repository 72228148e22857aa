import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheKey, openCache } from '../../src/cache.ts';
import { describeFailure } from '../../src/cli/failure.ts';
import { reasonFor, showName, showValue } from '../../src/contracts/shown.ts';
import { LoadError } from '../../src/contracts/errors.ts';
import { parseConfig } from '../../src/load/config/parse.ts';
import { bundleCache } from '../../src/load/bundle-cache.ts';
import { findConfig, namedConfig } from '../../src/load/config/find.ts';
import { discoverLosses } from '../../src/load/discover.ts';
import { parseMetadata } from '../../src/load/metadata.ts';
import { stateWrites } from '../../src/load/state-writes.ts';
import { resolveTargets } from '../../src/load/targets.ts';
import { FileProblem, readJson, readText, statOf } from '../../src/load/text-file.ts';
import { readBaseline } from '../../src/run/baseline/baseline.ts';
import { loadConfig } from '../../src/run/config/load.ts';
import { isSelfContained } from '../../src/run/many/self-contained.ts';
import { drawOne } from '../../src/run/samples.ts';
import { loss, report } from '../reporters/sample-report.ts';
import { fakeServices, fakeTerminal, run } from '../cli/fakes.ts';

/** One wrong thing at a time: what is said of it, and how to mend it. */

let folder = '';

const inFolder = (name: string): string => path.join(folder, name);

function put(name: string, content: string | Buffer): string {
  mkdirSync(path.dirname(inFolder(name)), { recursive: true });
  writeFileSync(inFolder(name), content);
  return inFolder(name);
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-bad-')));
  put('package.json', '{}');
  put('ok.ts', 'export default (a, b) => a;\n');
  symlinkSync('loop.ts', inFolder('loop.ts'));
  symlinkSync('nowhere.ts', inFolder('broken.ts'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function utf16(text: string, isBigEndian: boolean): Buffer {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
}

async function failureOf(work: () => unknown): Promise<{ exitCode: number; text: string }> {
  try {
    await work();
  } catch (error) {
    return describeFailure(error, false);
  }
  throw new Error('nothing was refused');
}

describe('a text file', () => {
  it.each([
    ['in UTF-8 with a mark', '\ufeff{"a": "é"}'],
    ['with the line ends of Windows', '{\r\n"a": "é"\r\n}'],
    ['in UTF-16, little end first', utf16('{"a": "é"}', false)],
    ['in UTF-16, big end first', utf16('{"a": "é"}', true)],
  ])('%s is read', (name, content) => {
    expect(readJson(put(`read/${name}.json`, content))).toEqual({ a: 'é' });
  });

  it.each([
    ['in UTF-16 without a mark', Buffer.from('{}', 'utf16le'), /^is no text in UTF-8$/, /Save the file as UTF-8/],
    ['in Latin-1', Buffer.from([0x22, 0xe9, 0x22]), /^is no text in UTF-8$/, /Save the file as UTF-8/],
    ['that is cut off', '{"a": [1, 2', /^is no JSON: /, /no comments/],
    ['that is empty', '', /^is no JSON: /, /no comments/],
    ['with brackets without end', '['.repeat(100_000), /^is nested more than 100 levels deep$/, /brackets too many/],
    ['with objects without end', '{"a":'.repeat(100_000), /^is nested more than 100 levels deep$/, /brackets too many/],
  ])('%s is refused', (name, content, problem, fix) => {
    const file = put(`refused/${name}.json`, content);
    const refused = caught(() => readJson(file));
    expect(refused).toBeInstanceOf(FileProblem);
    expect(refused).toMatchObject({ message: expect.stringMatching(problem) as string, fix: expect.stringMatching(fix) as string });
  });

  it('takes brackets within texts for what they are', () => {
    const text = `["\\"${'['.repeat(500)}"]`;
    expect(readJson(put('brackets.json', text))).toEqual([`"${'['.repeat(500)}`]);
  });

  it.each([
    ['a folder', '.', /is a folder \(EISDIR\)/],
    ['a loop of links', 'loop.ts', /cannot be read \(ELOOP\)/],
    ['below a file', 'ok.ts/x', /cannot be read \(ENOTDIR\)/],
    ['of an endless name', 'x'.repeat(300), /cannot be read \(ENAMETOOLONG\)/],
  ])('that is %s is refused', (_, name, problem) => {
    expect(() => readText(inFolder(name))).toThrow(problem);
  });

  it.skipIf(process.platform === 'win32')('that never ends is not read to its end', () => {
    expect(() => readText('/dev/zero')).toThrow(/is larger than 256 MB/);
  });

  it.each(['loop.ts', 'ok.ts/x', 'x'.repeat(300), 'nul\0', 'broken.ts'])('%j is not there', (name) => {
    expect(statOf(inFolder(name))).toBeNull();
  });
});

describe('a value in a message', () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  it.each([
    [undefined, 'nothing'],
    [NaN, 'NaN'],
    [-0, '-0'],
    [1n, '1n'],
    [Symbol('x'), 'Symbol(x)'],
    [() => 1, 'a function'],
    [new Map(), 'a Map'],
    [new Float32Array(2), 'a Float32Array'],
    [{ min: NaN, max: Infinity }, '{"min":NaN,"max":Infinity}'],
    [{ get a() { throw new Error('no'); } }, 'a value that cannot be read'],
    [Reflect.construct(Array, [4_000_000_000]), /^\[undefined,undefined,.*…$/],
    [cyclic, /^\[\[\[.*…$/],
    ['\ud800', '"\\ud800"'],
    ['x'.repeat(1000), /^"x{59}…$/],
    ['\u001b[31m', '"\\u001b[31m"'],
  ])('%# is shown', (value, shown) => {
    if (typeof shown === 'string') expect(showValue(value)).toBe(shown);
    else expect(showValue(value)).toMatch(shown);
  });

  it('that is a name is on one line, with what cannot be seen as its number', () => {
    expect(showName('a\nb\u0007\u202e')).toBe('a b\\u0007\\u202e');
  });

  it.each([
    [new Error('why'), 'why'],
    ['why', 'why'],
    [null, 'null'],
    [Proxy.revocable({}, {}), '{"proxy":{},"revoke":a function}'],
  ])('that was thrown gives a reason', (thrown, reason) => {
    expect(reasonFor(thrown)).toBe(reason);
  });

  it('that was thrown and cannot be looked at is said to be so', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(reasonFor(proxy)).toBe('a value that cannot be read');
  });
});

describe('a config', () => {
  it.each([
    ['a getter that throws', { get strict() { throw new Error('boom'); } }, 'c.ts: strict: cannot be read: boom; accepted: a plain value'],
    ['an array without end', { targets: Reflect.construct(Array, [4_000_000_000]) as unknown }, /^c\.ts: targets: holds more values than the 1000000 that are read/],
    ['a Map', new Map(), 'c.ts: found a Map; accepted: plain objects and arrays'],
    ['a name that nothing can have', JSON.parse('{"severity": {"__proto__": "off"}}'), 'c.ts: severity.__proto__: nothing can have this name; accepted: another one'],
    ['a glob that nobody compiles', { overrides: [{ files: '*'.repeat(70_000) }] }, /^c\.ts: overrides\[0\]\.files: found "\*+…; accepted: a glob/],
    ['a number', 5, 'c.ts: found 5, expected an object'],
  ])('with %s is refused', async (_, value, said) => {
    const { exitCode, text } = await failureOf(() => parseConfig(value, 'c.ts'));
    const [line = ''] = text.replace(/^error: /, '').split('\n');
    expect(exitCode).toBe(2);
    if (typeof said === 'string') expect(line).toBe(said);
    else expect(line).toMatch(said);
  });

  it('shows how to mend JSON in JSON', async () => {
    expect((await failureOf(() => parseConfig([], 'losscheck.config.json'))).text).toContain('{ "targets": ["src/losses"] }');
  });

  it('with a thousand problems lists the first', async () => {
    const value = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 1]));
    const { text } = await failureOf(() => parseConfig({ targets: Array.from({ length: 1000 }, () => 1), ...value }, 'c.ts'));
    expect(text.split('\n').length).toBeLessThan(60);
    expect(text).toMatch(/and \d+ more/);
  });

  it('that is a folder, or a link to nowhere, is not passed over', async () => {
    mkdirSync(inFolder('folder/losscheck.config.json'), { recursive: true });
    put('folder/package.json', '{}');
    put('link/package.json', '{}');
    symlinkSync('gone.ts', inFolder('link/losscheck.config.ts'));
    expect(await failureOf(() => findConfig(inFolder('folder')))).toMatchObject({ exitCode: 2, text: expect.stringContaining('the config cannot be read (EISDIR)') as string });
    expect(await failureOf(() => findConfig(inFolder('link')))).toMatchObject({ exitCode: 2, text: expect.stringContaining('losscheck.config.ts is a link that leads nowhere') as string });
  });

  it.each(['loop.ts', 'ok.ts/x.json', `${'x'.repeat(300)}.json`])('named as %j is not there', async (name) => {
    expect(await failureOf(() => namedConfig(name, folder))).toMatchObject({ exitCode: 2, text: expect.stringContaining('--config: there is no file') as string });
  });
});

describe('metadata', () => {
  it.each([
    [{ inputs: { yPred: { shape: new Proxy([8], { get() { throw new Error('p'); } }) } } }, 'losscheck.inputs.yPred.shape: cannot be read: p; accepted: plain data'],
    [{ edges: [{ yPred: Reflect.construct(Array, [4_000_000_000]) as unknown }] }, 'losscheck.edges[0].yPred: holds more values than the 1000000 that are read; accepted: fewer'],
    [{ inputs: { yTrue: { classes: 1e9 } } }, 'losscheck.inputs.yTrue.classes: found 1000000000; accepted: at most 1000000'],
    [{ inputs: { yTrue: { classes: 1.5 } } }, 'losscheck.inputs.yTrue.classes: found 1.5; accepted: a whole number of at least 2'],
    [{ edges: [{ yPred: { dataSync() {}, shape: [2] } }] }, 'losscheck.edges[0].yPred: found a tensor; accepted: plain objects and arrays'],
    [{ name: '' }, 'losscheck.name: found ""; accepted: a text'],
  ])('%# is refused with its place', async (value, said) => {
    const { exitCode, text } = await failureOf(() => parseMetadata(value, 'losscheck'));
    expect([exitCode, text.split('\n')[0]]).toEqual([2, `error: ${said}`]);
  });

  it('that holds itself is refused', async () => {
    const edge: unknown[] = [];
    edge.push(edge);
    expect((await failureOf(() => parseMetadata({ edges: [{ yPred: edge }] }, 'losscheck'))).text).toContain('losscheck.edges[0].yPred[0]: holds itself');
  });

  it('leaves the arguments of a constructor as they are', () => {
    const argument = new Map([['a', 1]]);
    expect(parseMetadata({ args: [argument] }, 'losscheck').args?.[0]).toBe(argument);
  });

  it.each([
    ['throws', () => { throw new Error('s'); }, /the sampler of s: threw s$/],
    ['throws null', () => { throw null; }, /the sampler of s: threw null$/],
    ['gives too few', () => [1], /must return 2 finite numbers for shape \[2\], found 1/],
    ['gives a promise', async () => [1, 2], /found a value of type object/],
  ])('with a sampler that %s is refused', (_, domain, said) => {
    const input = { name: 's', role: 'target', shape: [2], domain, classes: null, inferred: false } as const;
    const refused = caught(() => drawOne(input, Math.random));
    expect(refused).toBeInstanceOf(LoadError);
    expect(refused).toMatchObject({ code: 'invalid-metadata', message: expect.stringMatching(said) as string });
  });
});

describe('an export', () => {
  const loss = (yPred: unknown, yTrue: unknown): unknown => [yPred, yTrue];

  it('that throws when it is looked at is an error beside the losses', () => {
    const { losses, errors } = discoverLosses({ loss, odd: new Proxy({}, { has() { throw new Error('trap'); } }) }, 'a.ts');
    expect(losses.map(({ exportName }) => exportName)).toEqual(['loss']);
    expect(errors).toMatchObject([{ exportName: 'odd', error: { code: 'no-loss', message: 'looking at the export "odd" throws: trap' } }]);
  });

  it('that no command line can name is refused, and another name of it taken', () => {
    expect(discoverLosses({ '': loss }, 'a.ts').errors).toMatchObject([{ error: { message: 'a loss is exported as "", which no command line can name' } }]);
    expect(discoverLosses({ 'a\n': loss, named: loss }, 'a.ts').losses.map(({ id }) => id)).toEqual(['a.ts#named']);
  });

  it('that is an array of itself, or without end, is looked through', () => {
    const itself: unknown[] = [loss];
    itself.push(itself);
    const { losses } = discoverLosses({ itself, endless: Reflect.construct(Array, [4_000_000_000]) as unknown }, 'a.ts');
    expect(losses.map(({ exportName }) => exportName)).toEqual(['itself[0]']);
  });
});

describe('a target', () => {
  it.each(['loop.ts', 'loop.ts#x', 'ok.ts/below.ts', `${'x'.repeat(300)}.ts`, 'x'.repeat(5000), '*'.repeat(70_000), 'a\0b', 'broken.ts'])('%# that leads nowhere is an entry of the report', async (target) => {
    const { errors } = await resolveTargets([target], folder, ['mse']);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.error.message.length).toBeLessThan(500);
  });

  it.each(['', ' '])('%j is wrong usage', async (target) => {
    expect(await failureOf(() => resolveTargets([target], folder, ['mse']))).toMatchObject({ exitCode: 2, text: expect.stringContaining('found an empty target') as string });
  });
});

describe('a baseline', () => {
  it('of a hundred thousand wrong entries is refused', async () => {
    const file = put('many.json', JSON.stringify({ version: 1, findings: Array.from({ length: 200_000 }, () => 1) }));
    expect((await failureOf(() => readBaseline(file, folder))).exitCode).toBe(2);
  });

  it('in UTF-16 is read', () => {
    expect(readBaseline(put('utf16.json', utf16('{"version": 1, "findings": []}', false)), folder)).toEqual([]);
  });
});

describe('a cache entry that is whole and says something else', () => {
  it('of a bundle is made anew', () => {
    const file = inFolder('ok.ts');
    const cache = openCache(folder);
    for (const contents of ['no JSON', '{}', '{"witnesses": 1}']) {
      const reading = bundleCache({ read: () => Buffer.from(contents), write: cache.write }, file, []);
      expect(reading?.read()).toBeNull();
    }
  });

  it('of a config is read anew', async () => {
    put('kept/package.json', '{}');
    put('kept/losscheck.config.mjs', 'export default { seed: 3 };\n');
    mkdirSync(inFolder('kept/node_modules'));
    const read = async (): Promise<number | undefined> => (await loadConfig({ cwd: inFolder('kept'), cache: true, isolate: false }))?.facts.seed;
    const first = await loadConfig({ cwd: inFolder('kept'), isolate: false });
    expect(first?.facts.seed).toBe(3);
    const code = await codeOf(inFolder('kept'));
    openCache(inFolder('kept')).write('result', cacheKey('config', 'losscheck.config.mjs', code), 'no JSON');
    expect(await read()).toBe(3);
  });
});

async function codeOf(cwd: string): Promise<string> {
  const { fileRequest } = await import('../../src/run/bundle.ts');
  return (await fileRequest(path.join(cwd, 'losscheck.config.mjs'), 'losscheck.config.mjs', null, true, { cwd, backend: null })).bundle.code;
}

describe('code that is nested deeper than a parser follows', () => {
  const code = `const x = ${'1+'.repeat(100_000)}1;`;
  it('is not known to be self-contained, and nothing is said of its state', () => {
    expect([isSelfContained(code), stateWrites(code)]).toEqual([false, []]);
  });
});

describe('a command line', () => {
  it.each([
    [['verify', 'huber', '--config', 'a.json', '--no-config'], '--config and --no-config exclude each other; leave one out'],
    [['verify', 'huber', '--baseline=a.json', '--no-baseline'], '--baseline and --no-baseline exclude each other; leave one out'],
    [['verify', 'huber', '--param', '__proto__=1'], "--param: found '__proto__=1', expected name=value; for example --param delta=0.5"],
    [['verify', 'huber', '--param', `delta=${'['.repeat(50_000)}`], /^--param: found 'delta=\[+…', expected name=JSON or name=word/],
    [['verify', 'huber', '--seed', '\u001b[31m7'], "--seed: found '\\u001b[31m7', expected a whole number from 0 to 4294967295; for example --seed 7"],
    [['verify', 'huber', '--input', 'a=real[1000000000]'], /^--input: found 'a=\[1000000000\]', expected a shape of at most 6 whole numbers of at least 1, 4000000 elements in all/],
    [['verify', 'huber', '--allow-env', 'A=1'], "--allow-env: found 'A=1', expected a name; for example --allow-env DATA_DIR"],
    [['verify', 'huber', '--samples', '1001'], /^--samples: found '1001', expected a whole number from 1 to 1000/],
    [['verify', 'huber', '--check', 'x'.repeat(20_000)], /^--check: unknown check 'x{60}…'/],
    [['eval', 'huber', '--input', `a=${'['.repeat(5000)}1${']'.repeat(5000)}`], /is not nested more than 100 levels deep; for example/],
    [['eval', 'huber', '--inputs', ''], "--inputs: found '', expected a JSON file; for example --inputs point.json"],
    [['baseline', 'x'], "baseline: unknown command 'x'"],
    [['explain', 'x'.repeat(20_000)], /^explain: found 'x{60}…'/],
  ])('%# is refused on one line', async (argv, said) => {
    const ran = await run(argv, fakeTerminal(), fakeServices());
    const [line = ''] = ran.stderr.replace(/^error: /, '').split('\n');
    expect(ran.exitCode).toBe(2);
    if (typeof said === 'string') expect(line).toBe(said);
    else expect(line).toMatch(said);
  });
});

describe('an evaluation of many numbers', () => {
  it('is laid out', async () => {
    const { EVALUATION_REPORTERS } = await import('../../src/reporters/index.ts');
    const render = await EVALUATION_REPORTERS.table();
    const { engines } = report([loss()]);
    const gradient = Array.from({ length: 200_000 }, (_, index) => index);
    const text = render({ schemaVersion: 1, loss: 'mse', value: 1, components: {}, gradients: { yPred: gradient }, engine: engines.reference }, { color: false, quiet: false, verbose: true, width: 80, root: '' });
    expect(text).toContain('199999');
  });
});

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
