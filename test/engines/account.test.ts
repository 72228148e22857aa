import { describe, expect, it } from 'vitest';
import type { MemoryAccount } from '../../src/contracts/engine.ts';
import { createReferenceEngine } from '../../src/engines/index.ts';
import { openIn, pair, probeOf } from './probe-of.ts';

const engine = createReferenceEngine();
const batches = [pair([1, 2], [3, 5]), pair([4, 5], [6, 7]), pair([0, 1], [1, 0]), pair([9, 8], [7, 6])];

/** The account of a function `f(p, t)` with this body; line 3 is the first of it. */
async function accountOf(body: string, before = ''): Promise<MemoryAccount> {
  const probe = await probeOf(engine, `${before}export function f(p, t) {\n${body}\n}`);
  return probe.account(batches, ['p']);
}

const line = (number: number): unknown => expect.objectContaining({ line: number });

describe('an account of memory', () => {
  it('finds nothing where nothing is kept', async () => {
    const account = await accountOf('return tf.sum(tf.square(tf.sub(p, t)));');
    expect(account).toMatchObject({ kept: [0, 0, 0, 0], leaks: { variables: 0, location: null }, untidied: 2, disposed: [], changed: [] });
  });

  it('counts what outlives a tidy, and names the line', async () => {
    const account = await accountOf('const r = tf.sub(p, t);\ntf.keep(r.clone());\nreturn tf.sum(r);');
    expect(account).toMatchObject({ kept: [1, 1, 1, 1], leaks: { variables: 0, location: line(4) }, untidied: 1 });
  });

  it('counts variables, also when their name can be given once', async () => {
    const account = await accountOf("const v = tf.variable(t, false, 'mine');\nreturn tf.sum(tf.sub(p, v));");
    expect(account).toMatchObject({ kept: [1, 1, 1, 1], leaks: { variables: 3, location: line(3) } });
  });

  it('does not take the tensors that autograd saves for leaks', async () => {
    const account = await accountOf('return tf.sum(tf.exp(tf.mul(p, tf.tanh(p))));');
    expect(account).toMatchObject({ kept: [0, 0, 0, 0], leaks: { location: null } });
  });

  it('tells a cache of the first call from a leak', async () => {
    const account = await accountOf('c ??= tf.keep(tf.ones([2]));\nreturn tf.sum(tf.mul(c, p));', 'let c; ');
    expect(account.kept).toEqual([1, 0, 0, 0]);
    expect(account.leaks.location).toBeNull();
  });

  it('names what stays, not what is let go of a call later', async () => {
    const body = 'last?.dispose();\nlast = tf.keep(p.clone());\nall.push(tf.keep(t.clone()));\nreturn tf.sum(p);';
    const account = await accountOf(body, 'let last; const all = []; ');
    expect(account.leaks.location).toEqual(line(5));
  });

  it('does not count the tensors of the result', async () => {
    const account = await accountOf('const a = tf.sum(p);\nconst b = tf.sum(t);\nreturn { total: tf.add(a, b), components: { a, b } };');
    expect(account.untidied).toBe(0);
  });

  it.each([
    ['dispose()', 'p.dispose();'],
    ['tf.dispose', 'tf.dispose([p]);'],
  ])('sees an input that is gone after %s', async (_, statement) => {
    const account = await accountOf(`const l = tf.sum(p);\n${statement}\nreturn l;`);
    expect(account.disposed).toEqual([{ input: 'p', location: line(4) }]);
  });

  it.each([
    ['dataSync', 'const d = t.dataSync();\nd[0] = 0.5;'],
    ['dataSync', 'const d = t.reshape([2, 1]).dataSync();\nd[0] = 0.5;\nt.dataSync();'],
    ['bufferSync', 'const d = t.bufferSync();\nd.set(0.5, 0);'],
  ])('sees an input that is written to through %s()', async (method, statements) => {
    const account = await accountOf(`${statements}\nreturn tf.sum(tf.sub(p, t));`);
    expect(account.changed).toEqual([{ input: 't', method, location: line(3) }]);
  });

  it('allows copies to be changed', async () => {
    const account = await accountOf('const d = t.dataSync().slice();\nd[0] = 7;\nt.arraySync()[1] = 7;\nreturn tf.sum(tf.sub(p, tf.tensor(d)));');
    expect(account.changed).toEqual([]);
  });

  it('sees a parameter that the loss assigns', async () => {
    const probe = await probeOf(engine, 'export class C {\n  w = tf.variable(tf.scalar(1));\n  call(p, t) {\n    this.w.assign(tf.mean(p));\n    return tf.sum(tf.mul(this.w, tf.sub(p, t)));\n  }\n}');
    const account = probe.account(batches, ['p', 'w']);
    expect(account).toMatchObject({ kept: [0, 0, 0, 0], disposed: [], changed: [{ input: 'w', method: 'assign', location: line(5) }] });
  });

  it('leaves out calls that throw, and the engine as it was', async () => {
    const { probe } = await openIn(engine, "export function f(p, t) {\n  if (p.dataSync()[0] > 3) throw new Error('no');\n  return tf.sum(tf.exp(tf.sub(p, t)));\n}");
    expect(probe.account(batches, ['p']).kept).toEqual([0, 0]);
    const point = batches[0] ?? {};
    expect(probe.account([point], ['p'])).toEqual(probe.account([point], ['p']));
    expect(probe.trace(point, ['p']).operations.length).toBeGreaterThan(2);
  });
});
