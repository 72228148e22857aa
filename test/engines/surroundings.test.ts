import { describe, expect, it } from 'vitest';
import { HELD } from '../../src/contracts/engine.ts';
import { createReferenceEngine } from '../../src/engines/index.ts';
import { hold } from '../../src/engines/surroundings.ts';
import { pair, probeOf } from './probe-of.ts';

function look(): readonly number[] {
  const [seconds, nanoseconds] = process.hrtime();
  return [Math.random(), Math.random(), Date.now(), new Date().getTime(), performance.now(), 1e3 * seconds + nanoseconds / 1e6, Number(process.hrtime.bigint() / 1_000_000n)];
}

function lookAt(surroundings: typeof HELD, what: () => readonly number[]): readonly number[] {
  const release = hold(surroundings);
  try {
    return what();
  } finally {
    release();
  }
}

function lookWhile(surroundings: typeof HELD): readonly number[] {
  return lookAt(surroundings, look);
}

describe('held surroundings', () => {
  it('are the same each time, and every clock shows the same time', () => {
    const seen = lookWhile(HELD);
    expect(lookWhile(HELD)).toEqual(seen);
    for (const time of seen.slice(2)) expect(time - HELD.clock).toBeLessThan(10);
  });

  it('change apart', () => {
    const seen = lookWhile(HELD);
    expect(lookWhile({ ...HELD, random: 1 }).slice(2)).toEqual(seen.slice(2));
    expect(lookWhile({ ...HELD, random: 1 })[0]).not.toBe(seen[0]);
    expect(lookWhile({ ...HELD, clock: 0 }).slice(0, 2)).toEqual(seen.slice(0, 2));
    expect(lookWhile({ ...HELD, clock: 0 })[2]).toBeLessThan(10);
  });

  it('reach a module that took the functions when it was imported', () => {
    const release = hold({ ...HELD, clock: 5 });
    const { now } = Date;
    const { random } = Math;
    const first = [random(), now()];
    release();
    expect(lookAt(HELD, () => [random(), now()])).toEqual([first[0], HELD.clock]);
    expect(lookAt({ random: 1, clock: 0 }, () => [random(), now()])).not.toEqual(first);
    expect(Math.abs(now() - Date.now())).toBeLessThan(1e5);
  });

  it('let a loop that waits come to an end', () => {
    const release = hold(HELD);
    const until = Date.now() + 50;
    while (Date.now() < until);
    release();
  });

  it('leave dates that are made of something alone, and put everything back', () => {
    const own = [Math.random, Date, performance.now, process.hrtime];
    const release = hold(HELD);
    const day = new Date(2020, 1, 29);
    expect([day instanceof Date, day.getDate(), Date.UTC(1970, 0, 1)]).toEqual([true, 29, 0]);
    release();
    expect([Math.random, Date, performance.now, process.hrtime]).toEqual(own);
    expect(Math.abs(Date.now() - HELD.clock)).toBeGreaterThan(1e6);
  });
});

describe('a trace', () => {
  const engine = createReferenceEngine();

  it('has the draws with source, phase and line', async () => {
    const probe = await probeOf(engine, `const noisy = tf.customGrad((x) => ({
  value: tf.mul(x, 1),
  gradFunc: (dy) => tf.mul(dy, Math.random()),
}));
export function f(p, t) {
  const time = Date.now();
  return tf.sum(noisy(tf.add(p, tf.randomNormal([2]))));
}`);
    const { draws } = probe.trace(pair([1, 2], [3, 5]), ['p']);
    expect(draws).toMatchObject([
      { source: 'clock', phase: 'forward', afterOperation: 0, location: { line: 7 } },
      { source: 'random', phase: 'forward', afterOperation: 0, location: { line: 8 } },
      { source: 'random', phase: 'backward', location: { line: 4 } },
    ]);
  });

  it('has what the loss keeps, and what it assigns', async () => {
    const probe = await probeOf(engine, `const v = tf.variable(tf.scalar(0), false);
export function f(p, t) {
  tf.keep(p.clone()).dispose();
  v.assign(tf.scalar(3));
  return tf.sum(tf.exp(tf.mul(p, v)));
}`);
    const { keeps, detachments } = probe.trace(pair([1, 2], [3, 5]), ['p']);
    expect(keeps).toMatchObject([{ location: { line: 4 } }]);
    expect(detachments).toMatchObject([{ fromTensorId: null, location: { line: 5 } }]);
  });
});
