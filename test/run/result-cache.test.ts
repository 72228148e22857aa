import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cache } from '../../src/cache.ts';
import type { LossReport } from '../../src/contracts/report.ts';
import { ownTensorflow } from '../../src/load/tensorflow/copy.ts';
import type { FileTarget } from '../../src/load/targets.ts';
import type { ModuleRequest } from '../../src/run/messages.ts';
import { toRunOptions, type RunOptions } from '../../src/run/options.ts';
import { createResultCache, type ResultCache } from '../../src/run/many/result-cache.ts';
import { newTally, type Tally } from '../../src/run/tally.ts';
import { finding, loss, report } from '../reporters/sample-report.ts';

let folder = '';
let target: FileTarget;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'losscheck-results-')));
  target = { file: path.join(folder, 'a.ts'), displayPath: 'a.ts', exportName: null, explicit: true };
  writeFileSync(target.file, 'export const a = 1;');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

interface Memory extends Cache {
  readonly entries: Map<string, Buffer>;
}

function memory(): Memory {
  const entries = new Map<string, Buffer>();
  return {
    entries,
    read: (kind, key) => entries.get(`${kind} ${key}`) ?? null,
    write: (kind, key, contents) => void entries.set(`${kind} ${key}`, Buffer.from(contents)),
  };
}

function moduleOf(changes: Partial<ModuleRequest> = {}, bundle: Partial<ModuleRequest['bundle']> = {}): ModuleRequest {
  return {
    bundle: { entry: target.file, code: "'use strict'; __losscheck_exports({});", map: '{"sources":[]}', sources: [target.file], ...bundle },
    fileId: 'a.ts',
    exportNames: null,
    explicit: true,
    builtIn: false,
    project: folder,
    tensorflow: ownTensorflow(),
    ...changes,
  };
}

const native = { backend: 'tensorflow', precision: 32, tfjs: '4.22.0', fallbackReason: null } as const;

function tallyOf(losses: readonly LossReport[] = [loss()]): Tally {
  return { ...newTally(losses), engines: { ...report([]).engines, production: native }, found: new Set(losses.map(({ id }) => id)), parameters: new Set(['delta']), inputs: new Set(['yPred']) };
}

const options = (changes: Partial<RunOptions> = {}): RunOptions => ({ ...toRunOptions({ targets: ['a.ts'], cwd: folder }), ...changes });
const open = (cache: Cache, changes: Partial<RunOptions> = {}): ResultCache => createResultCache(cache, options(changes));

describe('a verdict that was reached before', () => {
  it('comes back as it was, numbers that JSON cannot write included, and says so', () => {
    const cache = memory();
    const odd = loss({ checks: [], findings: [finding({ data: { worst: NaN, zero: -0, point: new Float64Array([1, Infinity]) } })] });
    open(cache).write(target, moduleOf(), tallyOf([odd]));
    expect(open(cache).read(moduleOf())).toEqual({ ...tallyOf([odd]), losses: [{ ...odd, cached: true }] });
  });

  it('is expected of a file that is as it was then', () => {
    const cache = memory();
    expect(open(cache).expects(target)).toBe(false);
    open(cache).write(target, moduleOf(), tallyOf());
    expect(open(cache).expects(target)).toBe(true);
    writeFileSync(target.file, 'export const a = 2;');
    expect(open(cache).expects(target)).toBe(false);
    rmSync(target.file);
    expect(open(cache).expects(target)).toBe(false);
  });

  it.each(['no entry', ''])('is reached anew when the entry is %j', (damaged) => {
    const cache = memory();
    open(cache).write(target, moduleOf(), tallyOf());
    for (const key of cache.entries.keys()) cache.entries.set(key, Buffer.from(damaged));
    expect(open(cache).read(moduleOf())).toBeNull();
  });

  it('is reached anew when the entry has another form', () => {
    const cache = memory();
    open(cache).write(target, moduleOf(), tallyOf([{ ...loss(), verdict: 'maybe' } as unknown as LossReport]));
    expect(cache.entries.size).toBe(2);
    expect(open(cache).read(moduleOf())).toBeNull();
  });
});

describe('every part of the key matters', () => {
  const modules: [string, () => ModuleRequest][] = [
    ['the code', () => moduleOf({}, { code: "'use strict'; __losscheck_exports({ a: 1 });" })],
    ['the source map, whose lines the report quotes', () => moduleOf({}, { map: '{"sources":["a.ts"]}' })],
    ['the path of the file', () => moduleOf({}, { entry: path.join(folder, 'b.ts') })],
    ['the files that went in', () => moduleOf({}, { sources: [target.file, path.join(folder, 'c.ts')] })],
    ['how the report names the file', () => moduleOf({ fileId: 'losses/a.ts' })],
    ['the export asked for', () => moduleOf({ exportNames: ['a'] })],
    ['whether a person named the file', () => moduleOf({ explicit: false })],
    ['where packages are looked for', () => moduleOf({ project: tmpdir() })],
  ];
  it.each(modules)('%s', (_, other) => {
    const cache = memory();
    open(cache).write(target, moduleOf(), tallyOf());
    expect(open(cache).read(moduleOf())).not.toBeNull();
    expect(open(cache).read(other())).toBeNull();
  });

  const others: { [Name in keyof RunOptions]: RunOptions[Name] } = {
    check: ['memory'],
    against: 'huber',
    skip: ['memory'],
    input: { yPred: { domain: 'probability' } },
    param: { delta: 2 },
    seed: 1,
    samples: 4,
    rtol: 1e-6,
    backend: 'cpu',
    timeout: 30,
    maxMemory: 512,
    allowRead: ['/data'],
    allowEnv: ['DATA_DIR'],
    strict: true,
    lanes: false,
    details: true,
    baseline: { file: 'baseline.json', fingerprints: ['0123456789abcdef'] },
    cwd: tmpdir(),
    config: { file: '/a/losscheck.config.json', shown: 'losscheck.config.json', directory: '/a', named: null, value: { samples: 5 }, bundle: null },
    withoutConfig: true,
  };
  it('every option is tried below', () => {
    expect(Object.keys(others).toSorted()).toEqual(Object.keys(options()).toSorted());
  });

  it.each(Object.entries(others))('the option %s', (name, value) => {
    const cache = memory();
    open(cache).write(target, moduleOf(), tallyOf());
    expect(open(cache, { [name]: value }).read(moduleOf())).toBeNull();
    expect(open(cache, { [name]: value }).expects(target)).toBe(false);
  });

  it.each(['TF_ENABLE_ONEDNN_OPTS', 'OMP_NUM_THREADS', 'LC_ALL', 'TZ', 'NODE_OPTIONS'])('the variable %s of the environment', (name) => {
    const cache = memory();
    open(cache).write(target, moduleOf(), tallyOf());
    vi.stubEnv(name, '1');
    expect(open(cache).read(moduleOf())).toBeNull();
  });

  it('the tfjs-node that is installed, and its version', () => {
    const cache = memory();
    open(cache).write(target, moduleOf(), tallyOf());
    const newer = withNative('4.22.0');
    expect(open(cache).read(newer)).toBeNull();
    open(cache).write(target, newer, tallyOf());
    expect(open(cache).read(newer)).not.toBeNull();
    expect(open(cache).read(withNative('4.21.0'))).toBeNull();
  });

  it('the native library, which may be built anew', () => {
    const cache = memory();
    const module = withNative('4.22.0');
    open(cache).write(target, module, tallyOf());
    expect(open(cache).read(module)).not.toBeNull();
    writeFileSync(path.join(folder, 'tfjs-node/lib/napi-v8/tfjs_binding.node'), 'another');
    expect(open(cache).read(module)).toBeNull();
  });
});

function withNative(version: string): ModuleRequest {
  const root = path.join(folder, 'tfjs-node');
  mkdirSync(path.join(root, 'lib/napi-v8'), { recursive: true });
  writeFileSync(path.join(root, 'lib/napi-v8/tfjs_binding.node'), 'one');
  return moduleOf({ tensorflow: { ...ownTensorflow(), native: { name: '@tensorflow/tfjs-node', version, root } } });
}

function kept(tally: Tally, module = moduleOf()): number {
  const cache = memory();
  open(cache).write(target, module, tally);
  return cache.entries.size;
}

describe('not remembered', () => {
  it.each(['timeout', 'crashed', 'out-of-memory', 'import-threw'])('a loss that ended with %s, nor others of its module', (code) => {
    const ended = loss({ id: 'a.ts#b', verdict: 'error', checks: [], findings: [finding({ code })] });
    expect(kept(tallyOf([loss(), ended]))).toBe(0);
    expect(kept(tallyOf([loss()]))).toBe(2);
  });

  it('a module that was never opened', () => {
    expect(kept({ ...tallyOf(), engines: null })).toBe(0);
  });

  it('a module that can see something else than itself', () => {
    expect(kept(tallyOf(), moduleOf({}, { code: "'use strict'; __losscheck_exports({ a: process.env.A });" }))).toBe(0);
  });

  it('a run on another engine than the one that is installed, which may load the next time', () => {
    const tally = tallyOf();
    tally.engines = { ...report([]).engines, production: { ...native, backend: 'cpu', fallbackReason: 'it does not load' } };
    expect(kept(tally, withNative('4.22.0'))).toBe(0);
  });

  it('a run on all backends of which one did not start, which may do so the next time', () => {
    const tally = tallyOf();
    const all = { ...report([]).engines, others: [], unavailable: [{ backend: 'wasm' as const, reason: 'it does not start' }] };
    tally.engines = { ...all, production: native };
    expect(kept(tally)).toBe(0);
    tally.engines = { ...all, production: native, unavailable: [] };
    expect(kept(tally)).toBeGreaterThan(0);
  });
});

describe('remembered', () => {
  it.each(['fail', 'inconclusive'] as const)('a loss that is judged %s', (verdict) => {
    expect(kept(tallyOf([loss({ verdict })]))).toBe(2);
  });

  it('that a file holds no loss', () => {
    expect(kept(tallyOf([loss({ verdict: 'error', checks: [], findings: [finding({ code: 'no-loss' })] })]))).toBe(2);
  });
});
